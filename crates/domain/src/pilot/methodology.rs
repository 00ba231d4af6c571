//! The pilot methodology's figures as dated data.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    provisional::ProvisionalParameters,
    ranking::RankingWeights,
    selection::{AgeGroup, AgeGroupTarget, ImpairmentQuota, SelectionParameters},
};
use crate::{
    figures::{Figure, Figures},
    lines::Decision,
    money::Money,
    parameters::{
        Faults, Known, Period,
        catalogue::Impairment,
        documents::{Source, SourceEntry},
        period_on,
    },
    text::Text,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MethodologyFile {
    id: String,
    title: Text,
    pub(crate) versions: Vec<VersionFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionFile {
    pub(crate) version: String,
    pub(crate) valid_from: NaiveDate,
    pub(crate) valid_to: Option<NaiveDate>,
    pub(crate) months: u32,
    source: SourceEntry,
    decisions: Vec<Decision>,
    provisional: ProvisionalFile,
    priorities: PrioritiesFile,
    selection: SelectionFile,
    limits: PilotLimits,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvisionalFile {
    full_percent: u32,
    reduced_percent: u32,
    full_until_age: u32,
    adult_age: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PrioritiesFile {
    expert_percent: u8,
    parent_percent: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SelectionFile {
    per_municipality: u32,
    minimum_per_region: u32,
    adult_age: u32,
    age_groups: Vec<AgeGroupFile>,
    impairments: Vec<QuotaFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AgeGroupFile {
    from: u32,
    to: u32,
    target: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotaFile {
    impairment: Impairment,
    percent: u32,
}

/// Limits of the pilot's plans (S0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PilotLimits {
    /// Transport, percent of the budget; more with a reason.
    pub transport_percent: u32,
    /// Price of a group session before the client's transport, EUR.
    pub group_session: Money,
    /// Indirect costs, percent of the social worker's pay.
    pub indirect_cost_percent: u32,
}

/// The pilot methodology (`children-pilot-2018`): every version, through time.
#[derive(Debug, Clone)]
pub struct PilotMethodology {
    /// Title.
    pub title: Text,
    /// Rules in order of time.
    pub periods: Vec<PilotRules>,
}

/// The figures of one version.
#[derive(Debug, Clone)]
pub struct PilotRules {
    /// Version of the methodology.
    pub version: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_to: Option<NaiveDate>,
    /// Length of the budget period.
    pub months: u32,
    /// Where the methodology stands.
    pub source: Source,
    /// The methodology's decisions.
    pub decisions: Vec<Arc<Decision>>,
    /// Provisional budget.
    pub provisional: ProvisionalParameters,
    /// Weights of the two rankings.
    pub weights: RankingWeights,
    /// Limits of plans.
    pub limits: PilotLimits,
    selection: SelectionParameters,
}

impl Period for PilotRules {
    fn valid_from(&self) -> NaiveDate {
        self.valid_from
    }

    fn valid_to(&self) -> Option<NaiveDate> {
        self.valid_to
    }
}

impl PilotMethodology {
    /// The rules in force on a day.
    #[must_use]
    pub fn rules_on(&self, date: NaiveDate) -> Option<&PilotRules> {
        period_on(&self.periods, date)
    }

    pub(crate) fn compile(file: MethodologyFile, known: Known<'_>, faults: &mut Faults) -> Self {
        let mut versions = file.versions;
        versions.sort_by_key(|version| version.valid_from);
        let starts: Vec<NaiveDate> = versions.iter().map(|version| version.valid_from).collect();
        let mut periods = Vec::new();
        for (index, version) in versions.into_iter().enumerate() {
            let next = starts.get(index + 1).and_then(|next| next.pred_opt());
            let at = format!("{} version {}", file.id, version.version);
            match known.documents.resolve(&version.source) {
                Some(source) => periods.push(PilotRules::new(version, source, next)),
                None => faults.add(&at, "no such document"),
            }
        }
        if periods.is_empty() {
            faults.add(&file.id, "no usable version");
        }
        Self { title: file.title, periods }
    }
}

impl PilotRules {
    fn new(file: VersionFile, source: Source, next: Option<NaiveDate>) -> Self {
        let selection = file.selection;
        Self {
            version: file.version,
            valid_from: file.valid_from,
            valid_to: [file.valid_to, next].into_iter().flatten().min(),
            months: file.months,
            source,
            decisions: file.decisions.into_iter().map(Arc::new).collect(),
            provisional: ProvisionalParameters {
                full_percent: file.provisional.full_percent,
                reduced_percent: file.provisional.reduced_percent,
                full_until_age: file.provisional.full_until_age,
                adult_age: file.provisional.adult_age,
            },
            weights: RankingWeights {
                expert_percent: file.priorities.expert_percent,
                parent_percent: file.priorities.parent_percent,
            },
            limits: file.limits,
            selection: SelectionParameters {
                per_municipality: selection.per_municipality,
                age_groups: selection
                    .age_groups
                    .into_iter()
                    .map(|g| AgeGroupTarget { group: AgeGroup { from: g.from, to: g.to }, target: g.target })
                    .collect(),
                impairments: selection
                    .impairments
                    .into_iter()
                    .map(|quota| ImpairmentQuota { impairment: quota.impairment, percent: quota.percent })
                    .collect(),
                minimum_per_region: selection.minimum_per_region,
                reference_date: file.valid_from,
                adult_age: selection.adult_age,
                pilot_end: None,
                closing: None,
                move_unfilled_places: false,
            },
        }
    }

    /// The parameters of a selection whose ages count on a day.
    #[must_use]
    pub fn selection(&self, reference_date: NaiveDate) -> SelectionParameters {
        SelectionParameters { reference_date, ..self.selection.clone() }
    }
}

impl Figures for PilotRules {
    fn figures(&self) -> Vec<Figure> {
        let figure = |key: &str, (lv, en): (&str, &str), value: String, unit: &str| Figure {
            key: key.to_owned(),
            name: Text { lv: lv.to_owned(), en: en.to_owned() },
            value,
            unit: unit.to_owned(),
            source: self.source.clone(),
            valid_from: self.valid_from,
        };
        let number = |key: &str, name: (&str, &str), value: u32, unit: &str| figure(key, name, value.to_string(), unit);
        let mut figures = vec![
            number("months", ("Budžeta perioda ilgums", "Length of the budget period"), self.months, "month"),
            number("provisional/full_percent", ("Pilnā daļa", "Full part"), self.provisional.full_percent, "percent"),
            number(
                "provisional/reduced_percent",
                ("Samazinātā daļa", "Reduced part"),
                self.provisional.reduced_percent,
                "percent",
            ),
            number(
                "provisional/full_until_age",
                ("Pilnā daļa līdz vecumam", "Full part up to the age of"),
                self.provisional.full_until_age,
                "year",
            ),
            number(
                "priorities/expert_percent",
                ("Ekspertu ranga svars", "Weight of the experts' rank"),
                self.weights.expert_percent.into(),
                "percent",
            ),
            number(
                "priorities/parent_percent",
                ("Vecāka ranga svars", "Weight of the parent's rank"),
                self.weights.parent_percent.into(),
                "percent",
            ),
            number(
                "selection/per_municipality",
                ("Bērni no pašvaldības", "Children from a municipality"),
                self.selection.per_municipality,
                "child",
            ),
            number(
                "selection/minimum_per_region",
                ("Vismaz no plānošanas reģiona", "At least from a planning region"),
                self.selection.minimum_per_region,
                "child",
            ),
        ];
        for target in &self.selection.age_groups {
            let key = format!("selection/age_groups/{}-{}", target.group.from, target.group.to);
            figures.push(number(&key, ("Bērni vecuma grupā", "Children of the age group"), target.target, "child"));
        }
        for quota in &self.selection.impairments {
            let key = format!("selection/impairments/{}", quota.impairment);
            figures.push(number(&key, ("Traucējumu veida daļa", "Part of the impairment"), quota.percent, "percent"));
        }
        figures.extend([
            number(
                "limits/transport_percent",
                ("Transports no budžeta", "Transport of the budget"),
                self.limits.transport_percent,
                "percent",
            ),
            figure(
                "limits/group_session",
                ("Grupas nodarbība", "Group session"),
                self.limits.group_session.to_string(),
                "EUR/session",
            ),
            number(
                "limits/indirect_cost_percent",
                ("Netiešās izmaksas", "Indirect costs"),
                self.limits.indirect_cost_percent,
                "percent",
            ),
        ]);
        figures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Parameters;

    #[test]
    fn the_data_holds_the_pilots_published_figures() {
        let parameters = Parameters::embedded().unwrap();
        let date = "2018-09-01".parse().unwrap();
        let rules = parameters.pilot.rules_on(date).unwrap();
        assert_eq!(rules.provisional, ProvisionalParameters::children_pilot_2018());
        assert_eq!(rules.weights, RankingWeights::children_pilot_2018());
        assert_eq!(rules.selection(date), SelectionParameters::children_pilot_2018(date));
        assert_eq!(rules.limits.group_session, Money::from_cents(2593));
    }
}
