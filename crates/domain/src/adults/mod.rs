//! Indicative budget of adults with mental disorders, methodology `adults-2023` [S2 stage 2].
//!
//! `indicative = base(care level, living arrangement) + identified additional needs`, EUR a month for 12 months.

use std::sync::Arc;

use arrayvec::ArrayVec;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    lines::{Bundle, Counting, Decision, Funding, Line, PricedLine, Warning},
    money::{Money, Volume},
    parameters::{
        Faults, Known, NoVersionForDate, Period,
        catalogue::{MethodologyId, Unit, names},
        documents::Source,
        period_on,
    },
    text::{Message, Refusal, Text},
};

mod data;

use data::{CareLevelFile, NeedFile};
pub(crate) use data::{MethodologyFile, VersionFile};

names! {
    /// Type of residence. **Decision**: the headings are lost in the source; these identifiers are unconfirmed.
    LivingArrangement {
        /// Column A.
        LivesAlone = "lives_alone",
        /// Column B.
        LivesWithFamily = "lives_with_family",
        /// Column C.
        GroupHome = "group_home",
    }
}

names! {
    /// An additional need, identified or not.
    Need {
        /// Support of the natural support network.
        NaturalSupport = "natural_support",
        /// Care of a minor child.
        MinorChildCare = "minor_child_care",
        /// Mobility for the plan's services and activities.
        Mobility = "mobility",
    }
}

/// How many needs a calculation may name at most: more cannot all be different.
pub const MOST_NEEDS: usize = 3;

/// A need as the social worker names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedNeed {
    /// The need.
    pub need: Need,
    /// EUR a month, where it is lower than the ceiling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Why it is lower.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What the calculation knows of an adult.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdultFacts {
    /// The day of the calculation.
    pub date: NaiveDate,
    /// Care level, 1-4.
    pub care_level: Option<u8>,
    /// Type of residence.
    pub living_arrangement: Option<LivingArrangement>,
    /// Needs that the social worker has identified.
    #[serde(rename = "additional_needs")]
    pub needs: ArrayVec<NamedNeed, MOST_NEEDS>,
}

/// Why an adult's calculation is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdultRefusal {
    /// No parameters for the day.
    NoVersion(NoVersionForDate),
    /// The care level is missing.
    MissingCareLevel,
    /// The type of residence is missing.
    MissingLivingArrangement,
    /// The table has no such care level.
    NotInTable {
        /// The level asked for.
        care_level: u8,
    },
    /// A need is named again.
    Duplicate {
        /// Position in the list of needs.
        position: usize,
        /// The need.
        need: Need,
    },
    /// An amount is above its ceiling.
    AboveCeiling {
        /// Position in the list of needs.
        position: usize,
        /// The need.
        need: Need,
        /// The ceiling, EUR a month.
        ceiling: Money,
    },
}

impl Refusal for AdultRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NoVersion(_) => "no_version_for_date",
            Self::MissingCareLevel | Self::MissingLivingArrangement => "missing_field",
            Self::NotInTable { .. } => "not_in_table",
            Self::Duplicate { .. } => "duplicate_criterion",
            Self::AboveCeiling { .. } => "above_ceiling",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::NoVersion(_) => "/date".to_owned(),
            Self::MissingCareLevel | Self::NotInTable { .. } => "/care_level".to_owned(),
            Self::MissingLivingArrangement => "/living_arrangement".to_owned(),
            Self::Duplicate { position, .. } => format!("/additional_needs/{position}"),
            Self::AboveCeiling { position, .. } => format!("/additional_needs/{position}/amount"),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::NoVersion(missing) => missing.message(),
            Self::MissingCareLevel => Message::new("adult-missing-care-level"),
            Self::MissingLivingArrangement => Message::new("adult-missing-living-arrangement"),
            Self::NotInTable { care_level } => Message::new("adult-not-in-table").with("level", care_level),
            Self::Duplicate { need, .. } => Message::new("adult-duplicate-need").with("need", need),
            Self::AboveCeiling { need, ceiling, .. } => {
                Message::new("adult-above-ceiling").with("need", need).with("ceiling", ceiling)
            }
        }
    }
}

/// Indicative budget of adults (`adults-2023`): every version, through time.
#[derive(Debug, Clone)]
pub struct AdultsMethodology {
    /// Title.
    pub title: Text,
    /// Rules in order of time.
    pub periods: Vec<AdultsRules>,
}

/// A type of residence as a parameter of the methodology.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrangement {
    /// Identifier.
    pub id: LivingArrangement,
    /// Column of the source's table.
    pub column: String,
    /// The label is not confirmed by a source.
    pub unconfirmed: bool,
    /// Label.
    pub title: Text,
}

/// A care level's monthly amounts.
#[derive(Debug, Clone)]
pub struct CareLevel {
    /// Level.
    pub level: u8,
    lives_alone: Bundle,
    lives_with_family: Bundle,
    group_home: Bundle,
}

impl CareLevel {
    /// The line of a type of residence.
    #[must_use]
    pub const fn arrangement(&self, arrangement: LivingArrangement) -> &Bundle {
        match arrangement {
            LivingArrangement::LivesAlone => &self.lives_alone,
            LivingArrangement::LivesWithFamily => &self.lives_with_family,
            LivingArrangement::GroupHome => &self.group_home,
        }
    }
}

/// An additional need's ceiling.
#[derive(Debug, Clone)]
pub struct NeedRule {
    /// EUR a month at most.
    pub ceiling: Money,
    /// When the need counts.
    pub condition: Text,
    bundle: Bundle,
}

/// The rules of one version.
#[derive(Debug, Clone)]
pub struct AdultsRules {
    /// Position among the methodology's versions: the key for whoever keeps renderings of its lines.
    pub ordinal: usize,
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
    /// Types of residence.
    pub arrangements: Vec<Arrangement>,
    /// Care levels.
    pub care_levels: Vec<CareLevel>,
    natural_support: NeedRule,
    minor_child_care: NeedRule,
    mobility: NeedRule,
    /// How many lines these rules have; each has an index below it.
    pub line_count: usize,
}

impl AdultsRules {
    /// What the budget pays for mobility a month at most, EUR.
    #[must_use]
    pub const fn mobility_ceiling(&self) -> Money {
        self.mobility.ceiling
    }
}

impl Period for AdultsRules {
    fn valid_from(&self) -> NaiveDate {
        self.valid_from
    }

    fn valid_to(&self) -> Option<NaiveDate> {
        self.valid_to
    }
}

/// An adult's indicative budget.
#[derive(Debug, Clone)]
pub struct AdultBudget<'r> {
    /// The rules that were used.
    pub rules: &'r AdultsRules,
    /// Care level.
    pub care_level: u8,
    /// Type of residence.
    pub living_arrangement: LivingArrangement,
    /// Indicative budget for the period, exact.
    pub total: Money,
    base: &'r Bundle,
    needs: ArrayVec<(&'r NeedRule, Option<Money>), MOST_NEEDS>,
}

impl AdultsMethodology {
    /// The rules in force on a day.
    #[must_use]
    pub fn rules_on(&self, date: NaiveDate) -> Option<&AdultsRules> {
        period_on(&self.periods, date)
    }

    /// Calculates an adult's indicative budget with the rules of the day.
    ///
    /// # Errors
    /// Every reason why the rules refuse the facts.
    pub fn calculate(&self, facts: &AdultFacts) -> Result<AdultBudget<'_>, Vec<AdultRefusal>> {
        match self.rules_on(facts.date) {
            Some(rules) => rules.calculate(facts),
            None => Err(vec![AdultRefusal::NoVersion(NoVersionForDate {
                methodology: MethodologyId::Adults2023,
                date: facts.date,
            })]),
        }
    }

    pub(crate) fn compile(file: MethodologyFile, known: Known<'_>, faults: &mut Faults) -> Self {
        let mut versions = file.versions;
        versions.sort_by_key(|version| version.valid_from);
        let mut periods: Vec<AdultsRules> = Vec::new();
        for (index, version) in versions.iter().enumerate() {
            let next = versions.get(index + 1).and_then(|next| next.valid_from.pred_opt());
            let last = [version.valid_to, next].into_iter().flatten().min();
            let rules = AdultsRules::compile(version, &file.id, last, known, faults);
            periods.extend(rules.map(|rules| AdultsRules { ordinal: periods.len(), ..rules }));
        }
        if periods.is_empty() {
            faults.add(&file.id, "no usable version");
        }
        Self { title: file.title, periods }
    }
}

impl AdultsRules {
    fn compile(
        file: &VersionFile,
        id: &str,
        to: Option<NaiveDate>,
        known: Known<'_>,
        faults: &mut Faults,
    ) -> Option<Self> {
        let at = format!("{id} version {}", file.version);
        let Some(source) = known.documents.resolve(&file.source) else {
            faults.add(&at, "no such document");
            return None;
        };
        for arrangement in LivingArrangement::ALL {
            if file.living_arrangements.iter().filter(|listed| listed.id == *arrangement).count() != 1 {
                faults.add(&at, &format!("list {arrangement} once"));
            }
        }
        let decisions: Vec<Arc<Decision>> = file.decisions.iter().cloned().map(Arc::new).collect();
        let mut lines = Lines { file, source: &source, decisions: &decisions, count: 0 };
        let care_levels = file.base_needs.care_levels.iter().map(|level| lines.care_level(level)).collect();
        let needs = &file.additional_needs;
        let natural_support = lines.need(Need::NaturalSupport, &needs.natural_support);
        let minor_child_care = lines.need(Need::MinorChildCare, &needs.minor_child_care);
        let mobility = lines.need(Need::Mobility, &needs.mobility);
        let line_count = lines.count;
        Some(Self {
            ordinal: 0,
            version: file.version.clone(),
            valid_from: file.valid_from,
            valid_to: to,
            months: file.months,
            arrangements: file
                .living_arrangements
                .iter()
                .map(|listed| Arrangement {
                    id: listed.id,
                    column: listed.column.clone(),
                    unconfirmed: listed.unconfirmed,
                    title: listed.title.clone(),
                })
                .collect(),
            care_levels,
            natural_support,
            minor_child_care,
            mobility,
            line_count,
            source,
            decisions,
        })
    }

    /// The rule of a need.
    #[must_use]
    pub const fn need(&self, need: Need) -> &NeedRule {
        match need {
            Need::NaturalSupport => &self.natural_support,
            Need::MinorChildCare => &self.minor_child_care,
            Need::Mobility => &self.mobility,
        }
    }

    /// Calculates an adult's indicative budget.
    ///
    /// # Errors
    /// Every reason why the rules refuse the facts.
    pub fn calculate(&self, facts: &AdultFacts) -> Result<AdultBudget<'_>, Vec<AdultRefusal>> {
        let mut refusals = Vec::new();
        let level = facts.care_level.and_then(|asked| self.care_levels.iter().find(|level| level.level == asked));
        match (facts.care_level, level) {
            (None, _) => refusals.push(AdultRefusal::MissingCareLevel),
            (Some(care_level), None) => refusals.push(AdultRefusal::NotInTable { care_level }),
            (Some(_), Some(_)) => {}
        }
        if facts.living_arrangement.is_none() {
            refusals.push(AdultRefusal::MissingLivingArrangement);
        }
        let mut needs: ArrayVec<(&NeedRule, Option<Money>), MOST_NEEDS> = ArrayVec::new();
        let mut monthly = Money::ZERO;
        for (position, named) in facts.needs.iter().enumerate() {
            let rule = self.need(named.need);
            if facts.needs.iter().take(position).any(|earlier| earlier.need == named.need) {
                refusals.push(AdultRefusal::Duplicate { position, need: named.need });
                continue;
            }
            if named.amount.is_some_and(|amount| amount > rule.ceiling) {
                let refusal = AdultRefusal::AboveCeiling { position, need: named.need, ceiling: rule.ceiling };
                refusals.push(refusal);
            }
            monthly += named.amount.unwrap_or(rule.ceiling);
            needs.push((rule, named.amount));
        }
        match (level, facts.living_arrangement) {
            (Some(level), Some(living_arrangement)) if refusals.is_empty() => {
                let base = level.arrangement(living_arrangement);
                let total = base.total() + Volume::exact(self.months.into()).at(monthly);
                Ok(AdultBudget { rules: self, care_level: level.level, living_arrangement, total, base, needs })
            }
            _ => Err(refusals),
        }
    }
}

impl crate::figures::Figures for AdultsRules {
    fn figures(&self) -> Vec<crate::figures::Figure> {
        let figure = |key: String, name: &Text, value: String, unit: &str| crate::figures::Figure {
            key,
            name: name.clone(),
            value,
            unit: unit.to_owned(),
            source: self.source.clone(),
            valid_from: self.valid_from,
        };
        let period = Text { lv: "Budžeta perioda ilgums".to_owned(), en: "Length of the budget period".to_owned() };
        let mut figures = vec![figure("months".to_owned(), &period, self.months.to_string(), "month")];
        for level in &self.care_levels {
            for arrangement in &self.arrangements {
                let key = format!("base_needs/{}/{}", level.level, arrangement.id);
                let lines = level.arrangement(arrangement.id).lines().iter();
                figures.extend(
                    lines.map(|line| figure(key.clone(), &arrangement.title, line.unit_price.to_string(), "EUR/month")),
                );
            }
        }
        for need in Need::ALL {
            let rule = self.need(*need);
            let lines = rule.bundle.lines().iter();
            let key = format!("additional_needs/{need}");
            figures
                .extend(lines.map(|line| figure(key.clone(), &line.title, line.unit_price.to_string(), "EUR/month")));
        }
        figures
    }
}

/// Makes the lines of a version, each with its own index.
struct Lines<'a> {
    file: &'a VersionFile,
    source: &'a Source,
    decisions: &'a [Arc<Decision>],
    count: usize,
}

impl Lines<'_> {
    fn line(&mut self, criterion: &'static str, title: &Text, monthly: Money, counting: Counting) -> PricedLine {
        self.count += 1;
        let volume = Volume::exact(self.file.months.into());
        PricedLine {
            index: self.count - 1,
            criterion,
            title: title.clone(),
            area: None,
            service: None,
            name: title.clone(),
            unit: Unit::Month,
            unit_price: monthly,
            volume,
            amount: volume.at(monthly),
            funding: Funding::IndividualBudget,
            counting,
            source: self.source.clone(),
            valid_from: self.file.valid_from,
            basis: None,
            decision: None,
        }
    }

    fn care_level(&mut self, level: &CareLevelFile) -> CareLevel {
        let decision = level.decision.as_ref().and_then(|id| self.decisions.iter().find(|decision| decision.id == *id));
        let title = &self.file.base_needs.title;
        let mut bundle = |monthly| {
            let line = self.line("base_needs", title, monthly, Counting::Period);
            Bundle::new(vec![PricedLine { decision: decision.cloned(), ..line }])
        };
        CareLevel {
            level: level.level,
            lives_alone: bundle(level.lives_alone),
            lives_with_family: bundle(level.lives_with_family),
            group_home: bundle(level.group_home),
        }
    }

    fn need(&mut self, need: Need, file: &NeedFile) -> NeedRule {
        let line = self.line(need.as_str(), &file.title, file.ceiling, Counting::MonthlyCeiling);
        NeedRule { ceiling: file.ceiling, condition: file.condition.clone(), bundle: Bundle::new(vec![line]) }
    }
}

impl<'r> AdultBudget<'r> {
    /// Indicative budget a month, exact.
    #[must_use]
    pub fn monthly(&self) -> Money {
        self.total.divided_by(self.rules.months)
    }

    /// The lines: base needs first, then the additional needs as they were named.
    pub fn lines(&self) -> impl Iterator<Item = Line<'r>> + '_ {
        let needs = self.needs.iter().flat_map(|(rule, amount)| {
            rule.bundle.lines().iter().map(move |priced| match amount {
                Some(monthly) => {
                    Line { unit_price: *monthly, amount: priced.volume.at(*monthly), ..Line::from(priced) }
                }
                None => Line::from(priced),
            })
        });
        self.base.lines().iter().map(Line::from).chain(needs)
    }

    /// The decisions that shaped this calculation.
    #[must_use]
    pub fn decisions(&self) -> Vec<&'r Decision> {
        let labels = self.rules.decisions.iter().find(|decision| decision.id == "living_arrangement_labels");
        let of_lines = self.base.lines().iter().filter_map(|line| line.decision.as_deref());
        labels.map(AsRef::as_ref).into_iter().chain(of_lines).collect()
    }

    /// What the user should know beside the sum.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let arrangement = self.rules.arrangements.iter().find(|listed| listed.id == self.living_arrangement);
        let unconfirmed = arrangement.filter(|listed| listed.unconfirmed).map(|listed| Warning {
            code: "unconfirmed_living_arrangement",
            message: Message::new("warning-unconfirmed-living-arrangement").with_text("label", listed.title.clone()),
        });
        unconfirmed.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::parameters::Parameters;

    fn facts(request: &Value) -> AdultFacts {
        AdultFacts {
            date: request["date"].as_str().unwrap().parse().unwrap(),
            care_level: request["care_level"].as_u64().map(|level| level.try_into().unwrap()),
            living_arrangement: serde_json::from_value(request["living_arrangement"].clone()).unwrap(),
            needs: request["additional_needs"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|need| NamedNeed {
                    need: serde_json::from_value(need["need"].clone()).unwrap(),
                    amount: need.get("amount").map(|amount| Money::parse(amount.as_str().unwrap()).unwrap()),
                    reason: None,
                })
                .collect(),
        }
    }

    #[test]
    fn every_golden_calculation_is_met() {
        let parameters = Parameters::embedded().unwrap();
        let golden: Vec<Value> =
            serde_json::from_str(include_str!("../../../../tests/golden/adults-2023.json")).unwrap();
        for case in golden {
            let (name, expect) = (&case["name"], &case["expect"]);
            match (parameters.adults.calculate(&facts(&case["request"])), expect["status"].as_u64()) {
                (Ok(budget), Some(200)) => {
                    assert_eq!(budget.monthly().to_string(), expect["monthly"], "{name}");
                    assert_eq!(budget.total.to_string(), expect["total"], "{name}");
                    assert_eq!(budget.lines().map(|line| line.amount).sum::<Money>(), budget.total, "{name}");
                }
                (Err(refusals), Some(422)) => {
                    let about = expect["about"].as_str().unwrap();
                    let told = |r: &AdultRefusal| format!("{} {:?}", r.code(), r.message());
                    assert!(refusals.iter().any(|refusal| told(refusal).contains(about)), "{name}: {refusals:?}");
                }
                (result, status) => panic!("{name}: {result:?}, expected {status:?}"),
            }
        }
    }

    #[test]
    fn every_fault_names_its_field() {
        let parameters = Parameters::embedded().unwrap();
        let refused = |request: Value| {
            let refusals = parameters.adults.calculate(&facts(&request)).unwrap_err();
            refusals.iter().map(|r| format!("{} {}", r.code(), r.pointer())).collect::<Vec<_>>()
        };
        assert_eq!(
            refused(serde_json::json!({"date": "2023-05-02"})),
            ["missing_field /care_level", "missing_field /living_arrangement"]
        );
        assert_eq!(
            refused(serde_json::json!({"date": "2023-05-02", "care_level": 5, "living_arrangement": "group_home"})),
            ["not_in_table /care_level"]
        );
        assert_eq!(
            refused(serde_json::json!({"date": "2022-12-31", "care_level": 1, "living_arrangement": "group_home"})),
            ["no_version_for_date /date"]
        );
    }
}
