//! Invented people and offices, and the documents about them.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use balsts_documents::{
    Document,
    calculation::{self, Calculation, CalculationForm},
    contract::{self, Contract},
    decision::{self, DecisionAct, Notice, RevocationAct},
    guarantee_letter::{self, GuaranteeLetter},
    parties::{Issuer, Official, Person, Provider, Representative},
    plan::{self, Plan, PlanSums},
    workbook::{self, MonthActual, Signed, TeamMember, Workbook},
};
use balsts_domain::{
    adults::{AdultFacts, LivingArrangement, NamedNeed, Need},
    applications::{ApplicationRefusal, Outcome},
    budgets::{self, CriterionEvidence, DocumentKind, Register, SeenDocument},
    calendar::Delivery,
    children::{ChildFacts, Criteria, NamedCriterion, RespiteForm},
    eligibility::{Disability, DisabilityGroup, EligibilityFacts},
    identifier::Identifier,
    ledger::{Balance, LineBalance},
    money::{Money, Volume},
    month::Month,
    parameters::{
        Parameters,
        catalogue::{Impairment, MethodologyId, Target},
        tariffs::PriceKind,
    },
    plans::{
        FundingSource, Goal, GoalAuthor, GoalTerm, Intensity, IntensityPeriod, MonthVolume, PlanContent, PlanLine,
        amounts::{Amounts, Ceiling},
        status::{PlanDocument, PlanParty, PlanStatus, SigningMethod},
        times::WeeklyTime,
    },
    text::{Argument, Language, Message},
};
use chrono::NaiveDate;
use fluent_templates::{Loader, fluent_bundle::FluentValue, langid, static_loader};
use uuid::Uuid;

static_loader! {
    static LOCALES = {
        locales: "../api/locales",
        fallback_language: "lv",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

pub static PARAMETERS: LazyLock<Parameters> = LazyLock::new(|| Parameters::embedded().unwrap());

/// Renders a message with the service's own message files.
pub fn render(message: &Message) -> String {
    let value = |argument: &Argument| match argument {
        Argument::Text(text) => FluentValue::from(text.to_string()),
        Argument::Localised(text) => FluentValue::from(text.in_language(Language::Lv).to_owned()),
        Argument::Number(number) => FluentValue::from(*number),
        Argument::Decimal(decimal) => FluentValue::from(decimal.to_string().parse::<f64>().unwrap()),
        Argument::Message(part) => FluentValue::from(render(part)),
    };
    let arguments: HashMap<_, _> =
        message.arguments.iter().map(|(name, argument)| (Cow::Borrowed(*name), value(argument))).collect();
    LOCALES.try_lookup_with_args(&langid!("lv"), &message.key, &arguments).expect("a message has its text")
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn issuer() -> Issuer {
    Issuer {
        municipality: "Paraugnovada pašvaldība".to_owned(),
        office: "Sociālais dienests".to_owned(),
        registration_number: Some("90000000000".to_owned()),
        address: "Ābeļu iela 1, Paraugciems, Paraugnovads, LV-0000".to_owned(),
        contact: Some("tālr. 60000000, socialais.dienests@example.lv".to_owned()),
        place: "Paraugciemā".to_owned(),
    }
}

pub fn person() -> Person {
    Person {
        given_name: "Demo".to_owned(),
        family_name: "Ķēniņš-Žagariņš".to_owned(),
        identifier: "320000-00000".parse().ok().map(Identifier::Code),
        address: Some("Ūdensrožu iela 2, Paraugciems".to_owned()),
    }
}

pub fn parent() -> Representative {
    Representative {
        given_name: "Demo".to_owned(),
        family_name: "Ģirtāne-Ņukša".to_owned(),
        personal_code: Some("320000-00001".parse().unwrap()),
        relation: "parent".to_owned(),
    }
}

pub fn worker() -> Official {
    Official { name: "Demo Darbiniece".to_owned(), position: "sociālā darbiniece".to_owned() }
}

pub fn head() -> Official {
    Official { name: "Demo Vadītājs".to_owned(), position: "Sociālā dienesta vadītājs".to_owned() }
}

pub fn notice() -> Notice {
    Notice {
        delivery: Delivery::EAddress,
        notified_on: day("2023-03-14"),
        appeal_until: day("2023-04-14"),
        appeal_authority: "Paraugnovada dome".to_owned(),
        appeal_address: "Sociālais dienests, Ābeļu iela 1, Paraugciems, Paraugnovads, LV-0000".to_owned(),
    }
}

pub fn child_eligibility() -> EligibilityFacts {
    EligibilityFacts {
        birth_date: Some(day("2013-01-01")),
        disability: Some(Disability { group: DisabilityGroup::Child, valid_until: Some(day("2028-01-31")) }),
        impairment_types: Some(vec![Impairment::Movement, Impairment::Mental]),
        ..EligibilityFacts::default()
    }
}

pub fn adult_eligibility() -> EligibilityFacts {
    EligibilityFacts {
        birth_date: Some(day("1990-05-02")),
        disability: Some(Disability { group: DisabilityGroup::II, valid_until: None }),
        mental_disorder: Some(true),
        lives_in_community: Some(true),
        ..EligibilityFacts::default()
    }
}

pub fn pilot_eligibility() -> EligibilityFacts {
    EligibilityFacts {
        assessed_in_di_project: Some(true),
        pilot_start: Some(day("2018-09-01")),
        pilot_end: Some(day("2019-08-31")),
        ..child_eligibility()
    }
}

/// The decision on an application of 1 March 2023, taken on 10 March.
pub fn decide(
    methodology: MethodologyId,
    facts: &EligibilityFacts,
    outcome: Outcome,
    representative: Option<&Representative>,
    person: &Person,
) -> Result<Document, Vec<ApplicationRefusal>> {
    let decided_on = if methodology == MethodologyId::ChildrenPilot2018 { "2018-03-09" } else { "2023-03-10" };
    let received = if methodology == MethodologyId::ChildrenPilot2018 { "2018-03-01" } else { "2023-03-01" };
    let act = DecisionAct {
        issuer: &issuer(),
        number: "4-12/37",
        decided_on: day(decided_on),
        person,
        representative,
        received_at: day(received).and_hms_opt(9, 15, 0).unwrap(),
        methodology,
        facts,
        outcome,
        notice: &notice(),
        prepared_by: &worker(),
        signed_by: &head(),
    };
    decision::decision(&act, &PARAMETERS, &render)
}

pub fn revoke(reason: &str, representative: Option<&Representative>) -> Document {
    decision::revocation(&RevocationAct {
        issuer: &issuer(),
        number: "4-12/58",
        decided_on: day("2023-06-20"),
        person: &person(),
        representative,
        grant_number: "4-12/37",
        granted_on: day("2023-03-10"),
        reason,
        legal_basis: &["Administratīvā procesa likuma 85. panta otrās daļas 3. punkts".to_owned()],
        effective_from: day("2023-07-01"),
        notice: &notice(),
        prepared_by: &worker(),
        signed_by: &head(),
    })
}

pub fn child_facts(birth_date: &str, special_care: bool) -> ChildFacts {
    ChildFacts {
        date: day("2023-03-01"),
        birth_date: day(birth_date),
        special_care: Some(special_care),
        severity: None,
        autism_spectrum: false,
        transport_allowance: false,
        special_care_benefit: false,
        criteria: Criteria::new(),
    }
}

/// A child of five years with special care need and no criteria: the base basket of 21,838.32 a year.
pub fn heavy_child() -> ChildFacts {
    child_facts("2018-01-01", true)
}

/// A child of ten years with special care need and three criteria.
pub fn child_with_criteria() -> ChildFacts {
    ChildFacts {
        transport_allowance: true,
        criteria: [
            NamedCriterion::ParentalEmployment,
            NamedCriterion::Respite { form: RespiteForm::Institution },
            NamedCriterion::Mobility { amount: None },
        ]
        .into_iter()
        .collect(),
        ..child_facts("2013-01-01", true)
    }
}

pub fn adult_facts() -> AdultFacts {
    AdultFacts {
        date: day("2023-05-02"),
        care_level: Some(4),
        living_arrangement: Some(LivingArrangement::GroupHome),
        needs: [
            NamedNeed { need: Need::NaturalSupport, amount: None, reason: None },
            NamedNeed { need: Need::Mobility, amount: Some(Money::parse("37.50").unwrap()), reason: None },
        ]
        .into_iter()
        .collect(),
    }
}

/// The signed form of a child's calculation.
pub fn child_form(facts: &ChildFacts, representative: Option<&Representative>, person: &Person) -> Document {
    let budget = PARAMETERS.children.calculate(facts).unwrap();
    let impairments = [Impairment::Movement];
    form(Calculation::Child { facts, budget: &budget, impairments: &impairments }, representative, person)
}

/// The signed form of an adult's calculation.
pub fn adult_form(facts: &AdultFacts, representative: Option<&Representative>) -> Document {
    let budget = PARAMETERS.adults.calculate(facts).unwrap();
    form(Calculation::Adult { facts, budget: &budget }, representative, &person())
}

fn form(calculation: Calculation<'_>, representative: Option<&Representative>, person: &Person) -> Document {
    let form = CalculationForm {
        issuer: &issuer(),
        number: Some("4-13/5"),
        person,
        representative,
        calculation,
        form: &budgets::CalculationForm {
            registers: vec![Register::SpecialCareOpinion],
            documents: vec![SeenDocument {
                kind: DocumentKind::GpExtract,
                title: Some("Nr. A-123".to_owned()),
                date: Some(day("2023-02-27")),
            }],
            evidence: vec![CriterionEvidence {
                criterion: "respite".to_owned(),
                source: "Mājas vizīte 28.02.2023.".to_owned(),
            }],
            reason: None,
        },
        prepared_by: &worker(),
    };
    calculation::calculation(&form, &PARAMETERS, &render)
}

fn euros(text: &str) -> Money {
    Money::parse(text).unwrap()
}

fn volume(text: &str) -> Volume {
    Volume::parse(text).unwrap()
}

fn line(number: u32, service: &str, of: &str, price: &str) -> PlanLine {
    PlanLine {
        number,
        service: service.to_owned(),
        recipient: Target::Child,
        goal: Some(1),
        volume: volume(of),
        needed_volume: None,
        minimum_volume: None,
        intensity: None,
        schedule: Vec::new(),
        times: Vec::new(),
        offer: None,
        unit_price: euros(price),
        price_kind: Some(PriceKind::Market),
        funding: FundingSource::IndividualBudget,
        priority: Some(number),
        expert_rank: None,
        parent_rank: None,
        self_prepaid: false,
        free_support: false,
        provider_is_relative: false,
        includes: Vec::new(),
        reason: None,
    }
}

/// The offer of the provider that gives home care.
pub const OFFER: Uuid = Uuid::from_u128(7);

fn by_month(volumes: &[&str]) -> Vec<MonthVolume> {
    let months = Month::of(day("2023-04-01")).to(Month::of(day("2024-03-31")));
    months.zip(volumes).map(|(month, of)| MonthVolume { month, volume: volume(of) }).collect()
}

/// A plan of a year with every kind of line.
pub fn content() -> PlanContent {
    let care = PlanLine {
        offer: Some(OFFER),
        intensity: Some(Intensity { volume: volume("10"), per: IntensityPeriod::Week }),
        schedule: by_month(&["44", "42.5", "40", "0", "40", "40", "40", "40", "40", "40", "40", "40"]),
        times: vec![WeeklyTime { weekday: 1, from: "09:00".parse().unwrap(), to: "12:00".parse().unwrap() }],
        ..line(2, "home_care", "446.5", "12.00")
    };
    let psychologist = PlanLine {
        recipient: Target::Parent,
        schedule: by_month(&["1", "1", "1"]),
        ..line(1, "psychologist_parent", "3", "45.00")
    };
    let assistant = PlanLine { funding: FundingSource::State, ..line(3, "assistant", "480", "5.02") };
    let transport = PlanLine {
        self_prepaid: true,
        reason: Some("=HYPERLINK(\"http://example.lv\")".to_owned()),
        ..line(4, "transport_compensation", "600", "1.00")
    };
    let grandmother = PlanLine {
        free_support: true,
        provider_is_relative: true,
        priority: None,
        funding: FundingSource::Other,
        ..line(5, "respite_home_non_medical", "4", "0.00")
    };
    PlanContent {
        from: day("2023-04-01"),
        to: day("2024-03-31"),
        goals: vec![
            Goal {
                number: 1,
                term: GoalTerm::Short,
                area: 2,
                author: GoalAuthor::Parent,
                text: "Bērns pats ēd ar karoti.".to_owned(),
                measure: Some("Ēd ar karoti katru dienu.".to_owned()),
            },
            Goal {
                number: 2,
                term: GoalTerm::Long,
                area: 1,
                author: GoalAuthor::Team,
                text: "Bērns apmeklē skolu.".to_owned(),
                measure: None,
            },
        ],
        lines: vec![care, psychologist, assistant, transport, grandmother],
        notes: Some("Vasarā aprūpe notiek pie vecmāmiņas.".to_owned()),
        area_ranks: None,
    }
}

pub fn provider() -> Provider {
    Provider {
        name: "SIA “Izdomāta aprūpe”".to_owned(),
        registration_number: Some("40000000001".to_owned()),
        register_number: Some("1234".to_owned()),
    }
}

/// What a plan is shown with, so that a test changes what it is about.
pub struct PlanCase {
    pub person: Person,
    pub representative: Option<Representative>,
    pub methodology: MethodologyId,
    pub content: PlanContent,
    pub provider: Provider,
    pub can_be_signed: bool,
}

impl Default for PlanCase {
    fn default() -> Self {
        Self {
            person: person(),
            representative: Some(parent()),
            methodology: MethodologyId::Children2023,
            content: content(),
            provider: provider(),
            can_be_signed: true,
        }
    }
}

impl PlanCase {
    pub fn with<T>(&self, show: impl FnOnce(&Plan<'_>) -> T) -> T {
        let indicative = euros("21838.32");
        let state_services = ["assistant".to_owned()].into_iter().collect();
        let ceiling = Ceiling { indicative, of_which_state: euros("4819.20"), state_services, ..Ceiling::default() };
        let amounts = Amounts::of(&self.content, &ceiling);
        show(&Plan {
            issuer: &issuer(),
            person: &self.person,
            representative: self.representative.as_ref(),
            methodology: self.methodology,
            version: 2,
            content: &self.content,
            sums: PlanSums { indicative, agreed: amounts.agreed, payable: amounts.payable },
            providers: &BTreeMap::from([(OFFER, self.provider.clone())]),
            can_be_signed: self.can_be_signed,
            worker: &worker(),
        })
    }

    pub fn plan(&self) -> Document {
        self.with(|of| plan::plan(of, &PARAMETERS, &render))
    }

    pub fn contract(&self) -> Document {
        let content_hash = self.content.hash();
        self.with(|plan| contract::contract(&Contract { plan, content_hash: &content_hash, head: &head() }))
    }

    pub fn letter(&self, prices: &[(NaiveDate, Money)], payment: Option<&str>) -> Document {
        let care = self.content.line(2).unwrap();
        let letter = GuaranteeLetter {
            issuer: &issuer(),
            number: Some("G-7"),
            date: day("2023-03-24"),
            provider: &self.provider,
            person: &self.person,
            representative: self.representative.as_ref(),
            methodology: self.methodology,
            service: &care.service,
            recipient: care.recipient,
            volume: volume("440"),
            intensity: care.intensity,
            from: day("2023-04-01"),
            to: day("2024-03-31"),
            prices,
            total: euros("5280.00"),
            payment,
            other: None,
            signed_by: &head(),
        };
        guarantee_letter::guarantee_letter(&letter, &PARAMETERS, &render)
    }

    pub fn one_price(&self) -> Document {
        self.letter(&[(day("2023-04-01"), euros("12.00"))], Some("15 dienu laikā pēc rēķina saņemšanas."))
    }

    /// The workbook of an order that is partly delivered and paid.
    pub fn workbook(&self) -> Vec<u8> {
        let mut balance = Balance::below(2_183_832);
        balance.lines.insert(
            2,
            LineBalance {
                counted: true,
                planned: 535_800,
                committed: 528_000,
                delivered: 60_000,
                invoiced: 60_000,
                paid: 30_000,
                planned_volume: 446_500,
                committed_volume: 440_000,
                delivered_volume: 50_000,
            },
        );
        let month = |month: &str, delivered_volume, delivered, paid| MonthActual {
            line: 2,
            month: day(month),
            delivered_volume,
            delivered,
            paid,
        };
        let signed = |document, party, name: &str| Signed {
            document,
            party,
            name: name.to_owned(),
            on: day("2023-03-20"),
            method: SigningMethod::Paper,
            hash: vec![0xab; 32],
        };
        let team = [
            TeamMember { name: worker().name, role: worker().position, on: Some(day("2023-03-01")) },
            TeamMember { name: "Demo Ergoterapeite".to_owned(), role: "ergoterapeite".to_owned(), on: None },
        ];
        self.with(|plan| {
            let workbook = Workbook {
                plan,
                id: Uuid::from_u128(4),
                status: PlanStatus::InForce,
                birth_date: Some(day("2013-01-01")),
                contacts: &["+371 20000000".to_owned()],
                team: &team,
                balance: Some(&balance),
                months: &[
                    month("2023-04-01", 42_000, 50_400, 0),
                    month("2023-05-01", 8_000, 9_600, 30_000),
                    month("2024-04-01", 0, 0, 0),
                ],
                signatures: &[
                    signed(PlanDocument::Plan, PlanParty::Worker, "Demo Darbiniece"),
                    signed(PlanDocument::Plan, PlanParty::Recipient, "Demo Ģirtāne-Ņukša"),
                ],
                content_hash: &self.content.hash(),
                methodology: "Bērnu individuālā budžeta metodika, 2023, 1. versija",
            };
            workbook::workbook(&workbook, &PARAMETERS).unwrap()
        })
    }
}
