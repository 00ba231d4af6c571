//! Who may receive a budget: the criteria of all three methodologies, each with its outcome and legal basis.
//!
//! A failed criterion is a refusal; missing data is not: it is "cannot be decided", with what is missing.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    age,
    parameters::catalogue::{Impairment, MethodologyId, names},
    text::{Message, Text},
};

names! {
    /// What the disability commission (VDEĀVK) has determined.
    DisabilityGroup {
        /// Group I: very severe.
        I = "I",
        /// Group II: severe.
        II = "II",
        /// Group III: moderate.
        III = "III",
        /// A child with a disability.
        Child = "child",
        /// No disability is determined.
        None = "none",
    }
}

names! {
    /// A criterion of eligibility.
    Criterion {
        /// A functional impairment.
        FunctionalImpairment = "functional_impairment",
        /// A disability in force.
        Disability = "disability",
        /// Severe or very severe disability in force.
        SevereDisability = "severe_disability",
        /// A disorder of mental nature (GRT).
        MentalDisorder = "mental_disorder",
        /// Lives in the community.
        LivesInCommunity = "lives_in_community",
        /// Assessed in the deinstitutionalisation project.
        AssessedInDiProject = "assessed_in_di_project",
        /// Age.
        Age = "age",
    }
}

/// A disability as the commission determined it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disability {
    /// Its group.
    pub group: DisabilityGroup,
    /// Last day in force; `None` for life.
    pub valid_until: Option<NaiveDate>,
}

/// What is known of the person. What is not known is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EligibilityFacts {
    /// Birth date.
    pub birth_date: Option<NaiveDate>,
    /// Disability.
    pub disability: Option<Disability>,
    /// Functional impairments; an empty list says that there are none.
    pub impairment_types: Option<Vec<Impairment>>,
    /// Disorder of mental nature.
    pub mental_disorder: Option<bool>,
    /// Lives in the community, not in a long-term care institution.
    pub lives_in_community: Option<bool>,
    /// Assessed in the deinstitutionalisation project.
    pub assessed_in_di_project: Option<bool>,
    /// First day of the pilot.
    pub pilot_start: Option<NaiveDate>,
    /// Last day of the pilot.
    pub pilot_end: Option<NaiveDate>,
}

/// One criterion's outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriterionOutcome {
    /// The criterion.
    pub criterion: Criterion,
    /// Whether it is met; `None` where data is missing.
    pub met: Option<bool>,
    /// Legal basis.
    pub legal_basis: Text,
    /// Why.
    pub explanation: Message,
}

/// Whether a person may receive a budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eligibility {
    /// `Some(false)` as soon as a criterion fails, `None` while data is missing.
    pub eligible: Option<bool>,
    /// Every criterion of the methodology.
    pub criteria: Vec<CriterionOutcome>,
    /// Names of the facts that are missing.
    pub missing: Vec<&'static str>,
}

/// Checks every criterion of a methodology on the day of the decision.
#[must_use]
pub fn check(methodology: MethodologyId, date: NaiveDate, facts: &EligibilityFacts) -> Eligibility {
    let mut check = Check { facts, criteria: Vec::new(), missing: Vec::new() };
    match methodology {
        MethodologyId::Children2023 => {
            let basis = ("S2, 1. posms; S3, veidlapa, 4. zemsvītras piezīme", "S2, stage 1; S3, form, footnote 4");
            check.impairment(basis);
            check.disability(date, basis);
            check.under_18("birth_date", Some(date), basis);
        }
        MethodologyId::Adults2023 => {
            let basis =
                ("S2, 1. posms: invaliditāte, GRT, dzīve sabiedrībā", "S2, stage 1: disability, GRT, community");
            check.severe_disability(date, basis);
            check.fact(Criterion::MentalDisorder, "mental_disorder", facts.mental_disorder, basis);
            check.fact(Criterion::LivesInCommunity, "lives_in_community", facts.lives_in_community, basis);
            check.adult(date, ("S2, 1. posms: vecums", "S2, stage 1: age"));
        }
        MethodologyId::ChildrenPilot2018 => {
            let basis = ("S0 §2.1, §2.2", "S0 §2.1, §2.2");
            check.impairment(basis);
            match facts.pilot_start {
                Some(start) => check.disability(start, basis),
                None => check.unknown(Criterion::Disability, &["pilot_start"], basis),
            }
            check.fact(Criterion::AssessedInDiProject, "assessed_in_di_project", facts.assessed_in_di_project, basis);
            check.under_18("pilot_end", facts.pilot_end, basis);
        }
    }
    let Check { criteria, missing, .. } = check;
    let eligible = if criteria.iter().any(|outcome| outcome.met == Some(false)) {
        Some(false)
    } else if criteria.iter().all(|outcome| outcome.met == Some(true)) {
        Some(true)
    } else {
        None
    };
    Eligibility { eligible, criteria, missing }
}

struct Check<'a> {
    facts: &'a EligibilityFacts,
    criteria: Vec<CriterionOutcome>,
    missing: Vec<&'static str>,
}

type Basis = (&'static str, &'static str);

impl Check<'_> {
    fn push(&mut self, criterion: Criterion, met: Option<bool>, explanation: Message, (lv, en): Basis) {
        let legal_basis = Text { lv: lv.to_owned(), en: en.to_owned() };
        self.criteria.push(CriterionOutcome { criterion, met, legal_basis, explanation });
    }

    fn unknown(&mut self, criterion: Criterion, fields: &[&'static str], basis: Basis) {
        for field in fields {
            if !self.missing.contains(field) {
                self.missing.push(field);
            }
        }
        self.push(criterion, None, Message::new("eligibility-missing").with("fields", fields.join(", ")), basis);
    }

    fn outcome(&mut self, criterion: Criterion, met: bool, basis: Basis) {
        let outcome = if met { "met" } else { "not-met" };
        let key = format!("eligibility-{}-{outcome}", criterion.as_str().replace('_', "-"));
        self.push(criterion, Some(met), Message::new(key), basis);
    }

    fn fact(&mut self, criterion: Criterion, field: &'static str, fact: Option<bool>, basis: Basis) {
        match fact {
            Some(met) => self.outcome(criterion, met, basis),
            None => self.unknown(criterion, &[field], basis),
        }
    }

    fn impairment(&mut self, basis: Basis) {
        let impaired = self.facts.impairment_types.as_ref().map(|types| !types.is_empty());
        self.fact(Criterion::FunctionalImpairment, "impairment_types", impaired, basis);
    }

    fn disability(&mut self, on: NaiveDate, basis: Basis) {
        let Some(disability) = self.facts.disability else {
            return self.unknown(Criterion::Disability, &["disability"], basis);
        };
        if disability.group == DisabilityGroup::None {
            let message = Message::new("eligibility-disability-none");
            return self.push(Criterion::Disability, Some(false), message, basis);
        }
        self.in_force(Criterion::Disability, disability, on, basis);
    }

    fn in_force(&mut self, criterion: Criterion, disability: Disability, on: NaiveDate, basis: Basis) {
        match disability.valid_until {
            Some(until) if until < on => {
                let message = Message::new("eligibility-disability-ended").with("until", until).with("date", on);
                self.push(criterion, Some(false), message, basis);
            }
            _ => self.outcome(criterion, true, basis),
        }
    }

    fn severe_disability(&mut self, date: NaiveDate, basis: Basis) {
        match self.facts.disability {
            None => self.unknown(Criterion::SevereDisability, &["disability"], basis),
            Some(disability) => match disability.group {
                DisabilityGroup::I | DisabilityGroup::II => {
                    self.in_force(Criterion::SevereDisability, disability, date, basis);
                }
                _ => self.outcome(Criterion::SevereDisability, false, basis),
            },
        }
    }

    /// Under 18 on a day: the day of turning 18 no longer qualifies.
    fn under_18(&mut self, day_field: &'static str, day: Option<NaiveDate>, basis: Basis) {
        let missing: Vec<&'static str> =
            [self.facts.birth_date.is_none().then_some("birth_date"), day.is_none().then_some(day_field)]
                .into_iter()
                .flatten()
                .collect();
        let (Some(birth_date), Some(day)) = (self.facts.birth_date, day) else {
            return self.unknown(Criterion::Age, &missing, basis);
        };
        match age::completed_years(birth_date, day) {
            Some(years) => {
                let key = if years < 18 { "eligibility-age-under-18" } else { "eligibility-age-not-under-18" };
                let message = Message::new(key).with_number("years", years).with("date", day);
                self.push(Criterion::Age, Some(years < 18), message, basis);
            }
            None => self.push(
                Criterion::Age,
                Some(false),
                Message::new("eligibility-age-not-born").with("date", day),
                basis,
            ),
        }
    }

    fn adult(&mut self, date: NaiveDate, basis: Basis) {
        let Some(birth_date) = self.facts.birth_date else {
            return self.unknown(Criterion::Age, &["birth_date"], basis);
        };
        let years = age::completed_years(birth_date, date).unwrap_or_default();
        let key = if years >= 18 { "eligibility-age-adult" } else { "eligibility-age-not-adult" };
        let message = Message::new(key).with_number("years", years).with("date", date);
        self.push(Criterion::Age, Some(years >= 18), message, basis);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn child() -> EligibilityFacts {
        EligibilityFacts {
            birth_date: Some(day("2013-01-01")),
            disability: Some(Disability { group: DisabilityGroup::Child, valid_until: Some(day("2023-03-01")) }),
            impairment_types: Some(vec![Impairment::Movement]),
            assessed_in_di_project: Some(true),
            pilot_start: Some(day("2018-09-01")),
            pilot_end: Some(day("2019-08-31")),
            ..EligibilityFacts::default()
        }
    }

    fn adult() -> EligibilityFacts {
        EligibilityFacts {
            birth_date: Some(day("1990-01-01")),
            disability: Some(Disability { group: DisabilityGroup::II, valid_until: None }),
            mental_disorder: Some(true),
            lives_in_community: Some(true),
            ..EligibilityFacts::default()
        }
    }

    fn failed(eligibility: &Eligibility) -> Vec<&str> {
        let failed = eligibility.criteria.iter().filter(|outcome| outcome.met == Some(false));
        failed.map(|outcome| outcome.criterion.as_str()).collect()
    }

    #[test]
    fn a_child_is_eligible_to_the_last_day_of_the_disability_and_the_day_before_18() {
        let on = |date| check(MethodologyId::Children2023, day(date), &child());
        assert_eq!(on("2023-03-01").eligible, Some(true));
        assert_eq!(failed(&on("2023-03-02")), ["disability"]);
        let lifelong = EligibilityFacts {
            disability: Some(Disability { group: DisabilityGroup::Child, valid_until: None }),
            ..child()
        };
        assert_eq!(check(MethodologyId::Children2023, day("2030-12-31"), &lifelong).eligible, Some(true));
        assert_eq!(failed(&check(MethodologyId::Children2023, day("2031-01-01"), &lifelong)), ["age"]);
    }

    #[test]
    fn a_refusal_lists_every_failed_criterion() {
        let facts = EligibilityFacts {
            birth_date: Some(day("2000-01-01")),
            disability: Some(Disability { group: DisabilityGroup::None, valid_until: None }),
            impairment_types: Some(vec![]),
            ..EligibilityFacts::default()
        };
        let refused = check(MethodologyId::Children2023, day("2023-03-01"), &facts);
        assert_eq!(refused.eligible, Some(false));
        assert_eq!(failed(&refused), ["functional_impairment", "disability", "age"]);
        assert!(refused.missing.is_empty());
    }

    #[test]
    fn missing_data_is_not_a_refusal() {
        for methodology in MethodologyId::ALL {
            let unknown = check(*methodology, day("2023-03-01"), &EligibilityFacts::default());
            assert_eq!(unknown.eligible, None);
            assert!(failed(&unknown).is_empty());
            assert!(
                unknown.missing.contains(&"birth_date") && unknown.missing.contains(&"disability")
                    || *methodology == MethodologyId::ChildrenPilot2018
            );
        }
        let pilot = check(MethodologyId::ChildrenPilot2018, day("2018-09-01"), &EligibilityFacts::default());
        assert_eq!(
            pilot.missing,
            ["impairment_types", "pilot_start", "assessed_in_di_project", "birth_date", "pilot_end"]
        );
    }

    #[test]
    fn an_adult_needs_all_four() {
        let on = |facts: &EligibilityFacts| check(MethodologyId::Adults2023, day("2023-05-02"), facts);
        assert_eq!(on(&adult()).eligible, Some(true));
        let third = Disability { group: DisabilityGroup::III, valid_until: None };
        for (facts, criterion) in [
            (EligibilityFacts { disability: Some(third), ..adult() }, "severe_disability"),
            (EligibilityFacts { mental_disorder: Some(false), ..adult() }, "mental_disorder"),
            (EligibilityFacts { lives_in_community: Some(false), ..adult() }, "lives_in_community"),
            (EligibilityFacts { birth_date: Some(day("2005-05-03")), ..adult() }, "age"),
        ] {
            assert_eq!(failed(&on(&facts)), [criterion]);
        }
        assert_eq!(on(&EligibilityFacts { birth_date: Some(day("2005-05-02")), ..adult() }).eligible, Some(true));
    }

    #[test]
    fn the_pilot_asks_for_the_disability_at_its_start_and_the_age_at_its_end() {
        let on = |facts: &EligibilityFacts| check(MethodologyId::ChildrenPilot2018, day("2018-06-01"), facts);
        assert_eq!(on(&child()).eligible, Some(true));
        let lapses_inside = Disability { group: DisabilityGroup::Child, valid_until: Some(day("2018-12-31")) };
        assert_eq!(on(&EligibilityFacts { disability: Some(lapses_inside), ..child() }).eligible, Some(true));
        let turns_18 = EligibilityFacts { birth_date: Some(day("2001-08-31")), ..child() };
        assert_eq!(failed(&on(&turns_18)), ["age"]);
    }
}
