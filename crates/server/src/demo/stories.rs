//! Invented people and what happened to each: from a seed and the day of the present, the same ones every time.

use balsts_app::{
    Applicant, Contact, Grounds, NewApplication, NewBudget, NewCalculation, NewCase, NewDecision, NewRevocation,
    NewSignature,
};
use balsts_domain::{
    adults::{AdultFacts, LivingArrangement, NamedNeed, Need},
    applications::Outcome,
    budgets::{CalculationForm, CriterionEvidence, DocumentKind, Party, Register, SeenDocument},
    calculation::CalculationFacts,
    calendar::Delivery,
    children::{ChildFacts, Criteria, HearingServices, NamedCriterion, RespiteForm, Severity},
    eligibility::{Disability, DisabilityGroup, EligibilityFacts},
    parameters::catalogue::{Impairment, MethodologyId},
    personal_code::{NotAPersonalCode, PersonalCode},
};
use chrono::{Days, NaiveDate, NaiveTime};
use fastrand::Rng;

use super::services;

/// Subject of who registers, completes and calculates.
const WORKER: &str = "demo-social-worker";

const GIVEN_NAMES: [&str; 12] = [
    "Demo Anna",
    "Demo Jānis",
    "Demo Līga",
    "Demo Pēteris",
    "Demo Zane",
    "Demo Andris",
    "Demo Ilze",
    "Demo Mārtiņš",
    "Demo Kristīne",
    "Demo Edgars",
    "Demo Elīna",
    "Demo Rihards",
];
/// Words for "sample", "example", "invented": surnames that nobody has.
const FAMILY_NAMES: [&str; 6] =
    ["Demo-Paraugs", "Demo-Piemērs", "Demo-Izdoms", "Demo-Mēģinājums", "Demo-Skice", "Demo-Uzmetums"];

/// What became of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Received, and a register not yet asked.
    Incomplete,
    /// Everything is known, and there is time to decide.
    Complete,
    /// The last day to decide is past.
    Overdue,
    /// Of the pilot: waits for the ministry's selection.
    Pilot,
    /// A criterion fails.
    Refused,
    /// Granted, nothing calculated yet.
    Granted,
    /// Calculated and not signed.
    Calculated,
    /// The worker has signed.
    SignedByWorker,
    /// Both have signed.
    SignedByBoth,
    /// Calculated again after both had signed.
    CalculatedAgain,
    /// Both have signed, and services are received, invoiced and paid.
    InService,
    /// Taken back before the act.
    Withdrawn,
    /// Granted and calculated, and ended by another act.
    Revoked,
    /// Granted and calculated, and handed over to another municipality.
    HandedOver,
    /// Granted and calculated, and offered to another municipality, which has not answered yet.
    Offered,
}

/// How a case ended in the municipality.
pub(super) enum End {
    Withdrawn(NaiveDate),
    Revoked(NewRevocation),
    HandedOver,
    Offered,
}

impl Fate {
    pub(super) const ALL: [Self; 15] = [
        Self::Incomplete,
        Self::Complete,
        Self::Overdue,
        Self::Pilot,
        Self::Refused,
        Self::Granted,
        Self::Calculated,
        Self::SignedByWorker,
        Self::SignedByBoth,
        Self::CalculatedAgain,
        Self::InService,
        Self::Withdrawn,
        Self::Revoked,
        Self::HandedOver,
        Self::Offered,
    ];

    /// As in a caseload of some years: most are decided.
    fn drawn(random: &mut Rng) -> Self {
        match random.u8(0..100) {
            0..4 => Self::Incomplete,
            4..12 => Self::Complete,
            12..20 => Self::Overdue,
            20..30 => Self::Refused,
            30..65 => Self::Granted,
            65..72 => Self::Calculated,
            72..80 => Self::SignedByWorker,
            _ => Self::SignedByBoth,
        }
    }

    const fn is_decided(self) -> bool {
        !matches!(self, Self::Incomplete | Self::Complete | Self::Overdue | Self::Pilot | Self::Withdrawn)
    }

    const fn is_calculated(self) -> bool {
        self.is_decided() && !matches!(self, Self::Refused | Self::Granted)
    }
}

/// A case, and how it came about.
pub(super) struct Story {
    pub(super) case: NewCase,
    /// The evidence was completed after the registration.
    pub(super) in_two_steps: bool,
    /// The calculation that followed.
    pub(super) again: Option<NewCalculation>,
    /// Whether services followed.
    pub(super) in_service: bool,
    /// How it ended.
    pub(super) end: Option<End>,
}

/// Tells stories without end.
pub(super) struct Stories {
    random: Rng,
    today: NaiveDate,
    /// How many were told: the number of a person's code.
    told: u32,
}

impl Stories {
    pub(super) fn new(seed: u64, today: NaiveDate) -> Self {
        Self { random: Rng::with_seed(seed), today, told: 0 }
    }

    /// A story of any kind but the pilot's.
    pub(super) fn any(&mut self) -> Result<Story, NotAPersonalCode> {
        let fate = Fate::drawn(&mut self.random);
        let child = self.chance(60);
        self.of(fate, child)
    }

    /// The story of a child or an adult with a certain fate.
    pub(super) fn of(&mut self, fate: Fate, child: bool) -> Result<Story, NotAPersonalCode> {
        let child = child || matches!(fate, Fate::Pilot | Fate::InService);
        let days_ago = match fate {
            // Ten working days are two weeks at least.
            Fate::Incomplete | Fate::Complete => self.random.u64(0..7),
            Fate::Overdue => self.random.u64(30..90),
            _ => self.random.u64(40..700),
        };
        let in_service = fate == Fate::InService;
        // All signatures are a month and a half later, before the first of the months of services.
        let [first, ..] = services::months(self.today);
        let received = if in_service { first - Days::new(50) } else { self.today - Days::new(days_ago) };
        let facts = if child { self.child(received, in_service) } else { self.adult(received) };
        let mut evidence = evidence(&facts, &mut self.random, self.today);
        match fate {
            Fate::Incomplete => evidence.disability = None,
            Fate::Refused if child => evidence.impairment_types = Some(Vec::new()),
            Fate::Refused => evidence.lives_in_community = Some(false),
            _ => {}
        }
        let methodology = if fate == Fate::Pilot { MethodologyId::ChildrenPilot2018 } else { facts.methodology() };
        let decided = received + Days::new(self.random.u64(3..11));
        let decision = fate.is_decided().then(|| NewDecision {
            outcome: if fate == Fate::Refused { Outcome::Refuse } else { Outcome::Grant },
            number: None,
            decided_on: decided,
            delivery: Delivery::ALL.first().copied().filter(|_| self.chance(70)).unwrap_or(Delivery::RegisteredLetter),
            prepared_by: WORKER.to_owned(),
        });
        let calculated = decided + Days::new(self.random.u64(2..10));
        let again = (fate == Fate::CalculatedAgain)
            .then(|| calculation(&facts, calculated + Days::new(10), Some("Demonstrācija: mainījās vajadzības")));
        let application = self.application(methodology, received, child, evidence)?;
        let budget = fate.is_calculated().then(|| NewBudget {
            calculation: calculation(&facts, calculated, None),
            signatures: signatures(fate, calculated, &application.applicant),
        });
        let case = NewCase { application, decision, budget };
        let ended = calculated + Days::new(10);
        let end = match fate {
            Fate::Withdrawn => Some(End::Withdrawn(received + Days::new(5))),
            Fate::Revoked => Some(End::Revoked(NewRevocation {
                number: None,
                decided_on: ended,
                effective_from: ended + Days::new(1),
                delivery: Delivery::EAddress,
                grounds: Grounds {
                    reason: "Demonstrācija: persona pārcēlās uz institūciju".to_owned(),
                    legal_basis: vec!["Demonstrācija".to_owned()],
                },
                prepared_by: WORKER.to_owned(),
            })),
            Fate::HandedOver => Some(End::HandedOver),
            Fate::Offered => Some(End::Offered),
            _ => None,
        };
        Ok(Story { case, in_two_steps: fate.is_decided() && self.chance(50), again, in_service, end })
    }

    fn chance(&mut self, percent: u8) -> bool {
        self.random.u8(0..100) < percent
    }

    fn one_of<T: Copy>(&mut self, all: &[T], otherwise: T) -> T {
        self.random.choice(all).copied().unwrap_or(otherwise)
    }

    fn application(
        &mut self,
        methodology: MethodologyId,
        received: NaiveDate,
        child: bool,
        evidence: EligibilityFacts,
    ) -> Result<NewApplication, NotAPersonalCode> {
        let given_name = self.one_of(&GIVEN_NAMES, "Demo");
        let family_name = self.one_of(&FAMILY_NAMES, "Demo");
        let personal_code = self.next_code()?;
        let (of_applicant, relation) =
            if child { (self.one_of(&GIVEN_NAMES, "Demo"), "parent") } else { (given_name, "the adult itself") };
        let minute = NaiveTime::from_hms_opt(self.random.u32(8..17), self.random.u32(0..60), 0).unwrap_or_default();
        let number = self.told;
        Ok(NewApplication {
            methodology,
            received_at: received.and_time(minute),
            identifier: personal_code.into(),
            given_name: given_name.to_owned(),
            family_name: family_name.to_owned(),
            contact: Contact {
                address: Some(format!("Demo iela {}, Demo pilsēta", number % 200)),
                phone: None,
                email: Some(format!("demo{number}@example.invalid")),
                language: Some("lv".to_owned()),
            },
            applicant: Applicant {
                given_name: of_applicant.to_owned(),
                family_name: family_name.to_owned(),
                personal_code: (!child).then(|| personal_code.reveal()),
                relation: relation.to_owned(),
            },
            evidence,
            circumstances: None,
        })
    }

    /// Codes of the new form, whose digits mean nothing; each is told once.
    fn next_code(&mut self) -> Result<PersonalCode, NotAPersonalCode> {
        self.told += 1;
        format!("32{:04}-{:05}", self.told / 100_000 % 10_000, self.told % 100_000).parse()
    }

    /// A child that the rules accept at its age, with about three criteria; in service one with specialists.
    fn child(&mut self, received: NaiveDate, in_service: bool) -> CalculationFacts {
        let days = if in_service { self.random.u64(1_500..5_000) } else { self.random.u64(60..6_200) };
        let months = days / 31;
        let heavy = self.chance(60);
        let severity = if heavy {
            self.one_of(&[Severity::Severe, Severity::VerySevere], Severity::Severe)
        } else {
            Severity::Moderate
        };
        let form = self.one_of(RespiteForm::ALL, RespiteForm::Institution);
        let named = [
            (months >= 20 && self.chance(60), NamedCriterion::ParentalEmployment),
            (self.chance(15), NamedCriterion::UpbringingSupport),
            (heavy && months >= 20 && self.chance(5), NamedCriterion::PalliativeCare),
            (self.chance(40), NamedCriterion::ParentPsychology),
            (heavy && self.chance(40), NamedCriterion::Respite { form }),
            (months >= 37 && self.chance(30), NamedCriterion::ChildPsychology),
            (self.chance(60) || in_service, NamedCriterion::SpecialistSupport),
            (self.chance(5), NamedCriterion::VisionSupport { guide_dog: false }),
            (self.chance(5), NamedCriterion::HearingSupport { services: HearingServices::all() }),
            (self.chance(50), NamedCriterion::Mobility { amount: None }),
        ];
        let criteria: Criteria = named.into_iter().filter(|(wanted, _)| *wanted).map(|(_, named)| named).collect();
        CalculationFacts::Child(ChildFacts {
            date: received,
            birth_date: received - Days::new(days),
            special_care: Some(heavy),
            severity: Some(severity),
            autism_spectrum: self.chance(20),
            transport_allowance: self.chance(30),
            special_care_benefit: heavy && self.chance(10),
            criteria,
        })
    }

    fn adult(&mut self, received: NaiveDate) -> CalculationFacts {
        let arrangement = self.one_of(LivingArrangement::ALL, LivingArrangement::LivesAlone);
        let care_level = Some(self.random.u8(1..=4));
        let needs = Need::ALL.iter().filter(|_| self.random.bool()).copied();
        CalculationFacts::Adult(AdultFacts {
            date: received,
            care_level,
            living_arrangement: Some(arrangement),
            needs: needs.map(|need| NamedNeed { need, amount: None, reason: None }).collect(),
        })
    }
}

/// Everything that the criteria ask for, so that each is met.
fn evidence(facts: &CalculationFacts, random: &mut Rng, today: NaiveDate) -> EligibilityFacts {
    let valid_until = random.bool().then(|| today + Days::new(400));
    match facts {
        CalculationFacts::Child(child) => EligibilityFacts {
            birth_date: Some(child.birth_date),
            disability: Some(Disability { group: DisabilityGroup::Child, valid_until }),
            impairment_types: Some(random.choice(Impairment::ALL).copied().into_iter().collect()),
            assessed_in_di_project: Some(true),
            ..EligibilityFacts::default()
        },
        CalculationFacts::Adult(adult) => EligibilityFacts {
            birth_date: Some(adult.date - Days::new(random.u64(7_000..25_000))),
            disability: Some(Disability {
                group: if random.bool() { DisabilityGroup::I } else { DisabilityGroup::II },
                valid_until,
            }),
            mental_disorder: Some(true),
            lives_in_community: Some(true),
            ..EligibilityFacts::default()
        },
        CalculationFacts::Pilot(child) => {
            EligibilityFacts { birth_date: Some(child.birth_date), ..EligibilityFacts::default() }
        }
    }
}

/// A calculation on a day, with the form that it needs.
fn calculation(facts: &CalculationFacts, on: NaiveDate, reason: Option<&str>) -> NewCalculation {
    let facts = facts.clone().on(on);
    let source = |criterion: &str| CriterionEvidence {
        criterion: criterion.to_owned(),
        source: "Demonstrācija: sociālā darbinieka novērtējums".to_owned(),
    };
    let form = CalculationForm {
        registers: Register::ALL.to_vec(),
        documents: vec![SeenDocument {
            kind: DocumentKind::GpExtract,
            title: Some("Demo izraksts".to_owned()),
            date: Some(on),
        }],
        evidence: facts.identified().map(source).collect(),
        reason: reason.map(ToOwned::to_owned),
    };
    NewCalculation { facts, form }
}

fn signatures(fate: Fate, calculated: NaiveDate, applicant: &Applicant) -> Vec<NewSignature> {
    let signature = |party, signer, days| NewSignature { party, signed_on: calculated + Days::new(days), signer };
    let worker = signature(Party::Worker, None, 0);
    let recipient = signature(Party::Recipient, Some(format!("{} {}", applicant.given_name, applicant.family_name)), 5);
    match fate {
        Fate::SignedByWorker => vec![worker],
        Fate::SignedByBoth
        | Fate::CalculatedAgain
        | Fate::InService
        | Fate::Revoked
        | Fate::HandedOver
        | Fate::Offered => {
            vec![worker, recipient]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn day() -> NaiveDate {
        "2026-11-26".parse().unwrap()
    }

    #[test]
    fn a_seed_and_a_day_tell_the_same_stories_and_another_seed_others() {
        let told = |seed| {
            let mut stories = Stories::new(seed, day());
            (0..50).map(|_| format!("{:?}", stories.any().unwrap().case)).collect::<Vec<_>>()
        };
        assert_eq!(told(1), told(1));
        assert_ne!(told(1), told(2));
    }

    #[test]
    fn people_are_marked_as_invented_and_each_has_a_code_of_its_own() {
        let mut stories = Stories::new(1, day());
        let mut codes = BTreeSet::new();
        for _ in 0..1000 {
            let new = stories.any().unwrap().case.application;
            for name in [&new.given_name, &new.family_name, &new.applicant.given_name, &new.applicant.family_name] {
                assert!(name.starts_with("Demo"), "{name}");
            }
            assert!(codes.insert(new.identifier));
        }
    }
}
