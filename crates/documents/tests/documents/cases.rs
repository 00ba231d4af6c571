//! Invented people and offices, and the documents about them.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use balsts_documents::{
    Document,
    calculation::{self, Calculation, CalculationForm},
    decision::{self, DecisionAct, Notice, RevocationAct},
    parties::{Issuer, Official, Person, Representative},
};
use balsts_domain::{
    adults::{AdultFacts, LivingArrangement, NamedNeed, Need},
    applications::{ApplicationRefusal, Outcome},
    budgets::{self, CriterionEvidence, DocumentKind, Register, SeenDocument},
    calendar::Delivery,
    children::{ChildFacts, Criteria, NamedCriterion, RespiteForm},
    eligibility::{Disability, DisabilityGroup, EligibilityFacts},
    money::Money,
    parameters::{
        Parameters,
        catalogue::{Impairment, MethodologyId},
    },
    text::{Argument, Language, Message},
};
use chrono::NaiveDate;
use fluent_templates::{Loader, fluent_bundle::FluentValue, langid, static_loader};

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
        personal_code: Some("320000-00000".parse().unwrap()),
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
