//! Synthetic children: every age, both weights, some criteria each, from a seed.

use balsts_domain::children::{ChildFacts, Criteria, HearingServices, NamedCriterion, RespiteForm, Severity};
use chrono::{Days, NaiveDate};

/// SplitMix64: a stream of well-mixed numbers from a seed.
#[derive(Debug, Clone)]
pub struct Numbers(u64);

impl Numbers {
    /// The stream of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound.
    pub const fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// True so many times of a hundred.
    pub const fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// The day of the calculation.
///
/// # Panics
/// Never: the date exists.
#[must_use]
pub fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2023, 3, 1).expect("a real date")
}

/// A child that the rules accept: 0-17 years, with the criteria that its age and limitation allow, each as likely as in a
/// real caseload, about three on average.
pub fn child(numbers: &mut Numbers) -> ChildFacts {
    let days = numbers.below(6_570);
    let months = days / 31;
    let heavy = numbers.percent(60);
    let special_care = Some(heavy);
    let severity = if heavy {
        [Severity::Severe, Severity::VerySevere][usize::from(numbers.percent(50))]
    } else {
        Severity::Moderate
    };
    let mut criteria = Criteria::new();
    let mut name = |wanted: bool, criterion: NamedCriterion| {
        if wanted {
            criteria.push(criterion);
        }
    };
    name(months >= 20 && numbers.percent(60), NamedCriterion::ParentalEmployment);
    name(numbers.percent(15), NamedCriterion::UpbringingSupport);
    name(heavy && months >= 20 && numbers.percent(5), NamedCriterion::PalliativeCare);
    name(numbers.percent(40), NamedCriterion::ParentPsychology);
    let form = RespiteForm::ALL[usize::try_from(numbers.below(3)).expect("below three")];
    name(heavy && numbers.percent(40), NamedCriterion::Respite { form });
    name(months >= 37 && numbers.percent(30), NamedCriterion::ChildPsychology);
    name(numbers.percent(60), NamedCriterion::SpecialistSupport);
    name(numbers.percent(5), NamedCriterion::VisionSupport { guide_dog: false });
    name(numbers.percent(5), NamedCriterion::HearingSupport { services: HearingServices::all() });
    name(numbers.percent(50), NamedCriterion::Mobility { amount: None });
    ChildFacts {
        date: date(),
        birth_date: date() - Days::new(days),
        special_care,
        severity: Some(severity),
        autism_spectrum: numbers.percent(20),
        transport_allowance: numbers.percent(30),
        special_care_benefit: heavy && numbers.percent(10),
        criteria,
    }
}

/// The child as a request of `POST /v1/budget-calculations`.
#[must_use]
pub fn request(child: &ChildFacts) -> serde_json::Value {
    let criteria: Vec<_> = child
        .criteria
        .iter()
        .map(|named| {
            let mut member = serde_json::json!({ "criterion": named.criterion().as_str() });
            if let NamedCriterion::Respite { form } = named {
                member["form"] = form.as_str().into();
            }
            member
        })
        .collect();
    serde_json::json!({
        "methodology": "children-2023",
        "date": child.date,
        "birth_date": child.birth_date,
        "special_care": child.special_care,
        "severity": child.severity,
        "autism_spectrum": child.autism_spectrum,
        "transport_allowance": child.transport_allowance,
        "special_care_benefit": if child.special_care_benefit { "included" } else { "excluded" },
        "criteria": criteria,
    })
}
