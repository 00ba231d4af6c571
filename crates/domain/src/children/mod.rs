//! Indicative budget of children, methodology `children-2023` [S3; S2 stage 2].
//!
//! `indicative = base basket(group) + sum of identified variable criteria`, for 12 months. The figures are data, see
//! [`crate::parameters`]; here is the procedure.

use arrayvec::ArrayVec;
use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{
    age,
    lines::{Bundle, Counting, Decision, Line, Warning},
    money::{Money, Volume},
    parameters::{
        NoVersionForDate,
        catalogue::{MethodologyId, names},
    },
    text::Message,
};

mod criteria;
mod data;
mod figures;
mod refusal;
mod rules;

pub use criteria::{Criteria, HearingServices, MOST_CRITERIA, NamedCriterion};
pub use data::SplitBy;
pub(crate) use data::{MethodologyFile, VersionFile};
pub use refusal::{ChildRefusal, Inapplicable};
use rules::Plain;
pub use rules::{ChildrenMethodology, ChildrenRules, Group};

names! {
    /// What brings a line into a child's calculation.
    Criterion {
        /// The base basket (pamata grozs).
        BaseBasket = "base_basket",
        /// A parent works or studies.
        ParentalEmployment = "parental_employment",
        /// Care and upbringing difficulties.
        UpbringingSupport = "upbringing_support",
        /// Palliative status.
        PalliativeCare = "palliative_care",
        /// Psychological support of the parents.
        ParentPsychology = "parent_psychology",
        /// Respite (atelpas brīdis).
        Respite = "respite",
        /// Psychological support of the child.
        ChildPsychology = "child_psychology",
        /// Specialist consultations.
        SpecialistSupport = "specialist_support",
        /// Vision impairment with a rehabilitation plan.
        VisionSupport = "vision_support",
        /// Hearing impairment with a rehabilitation plan.
        HearingSupport = "hearing_support",
        /// Mobility for the plan's services and activities.
        Mobility = "mobility",
        /// The state's special care benefit, where it is counted.
        SpecialCareBenefit = "special_care_benefit",
    }
}

impl Criterion {
    /// A bit of its own, to see what was named already.
    const fn bit(self) -> u16 {
        1 << match self {
            Self::BaseBasket => 0,
            Self::ParentalEmployment => 1,
            Self::UpbringingSupport => 2,
            Self::PalliativeCare => 3,
            Self::ParentPsychology => 4,
            Self::Respite => 5,
            Self::ChildPsychology => 6,
            Self::SpecialistSupport => 7,
            Self::VisionSupport => 8,
            Self::HearingSupport => 9,
            Self::Mobility => 10,
            Self::SpecialCareBenefit => 11,
        }
    }
}

names! {
    /// Severity of the functional limitation, determined at 14-17 years (funkcionēšanas ierobežojuma smaguma līmenis).
    Severity {
        /// Mērens.
        Moderate = "moderate",
        /// Smags.
        Severe = "severe",
        /// Ļoti smags.
        VerySevere = "very_severe",
    }
}

names! {
    /// Where respite is given.
    RespiteForm {
        /// In an institution, 30 days.
        Institution = "institution",
        /// At home with a medical person.
        HomeMedical = "home_medical",
        /// At home without one.
        HomeNonMedical = "home_non_medical",
    }
}

names! {
    /// A service of the rehabilitation plan of the Association of the Deaf.
    HearingService {
        /// Latvian sign language training.
        SignLanguageTraining = "sign_language_training",
        /// Communication and creative expression.
        CommunicationSkills = "communication_skills",
        /// Psychological adaptation training.
        AdaptationTraining = "adaptation_training",
        /// Help with social problems.
        SocialProblemHelp = "social_problem_help",
        /// Sign interpreter for communication.
        SignInterpreterCommunication = "sign_interpreter_communication",
        /// Sign interpreter for education.
        SignInterpreterEducation = "sign_interpreter_education",
    }
}

/// What the calculation knows of a child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildFacts {
    /// The day of the calculation.
    pub date: NaiveDate,
    /// Birth date.
    pub birth_date: NaiveDate,
    /// The commission's opinion on special care need.
    pub special_care: Option<bool>,
    /// Severity of the functional limitation.
    pub severity: Option<Severity>,
    /// Autism spectrum disorder.
    pub autism_spectrum: bool,
    /// The state transport allowance is granted.
    pub transport_allowance: bool,
    /// Count the special care benefit in full (variant 2 of annex 7).
    #[serde(with = "benefit")]
    pub special_care_benefit: bool,
    /// Criteria that the social worker has identified.
    pub criteria: Criteria,
}

/// Whether the benefit is counted, in the words of the contract.
mod benefit {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Counted {
        Excluded,
        Included,
    }

    pub(super) fn serialize<S: Serializer>(included: &bool, serializer: S) -> Result<S::Ok, S::Error> {
        if *included { Counted::Included } else { Counted::Excluded }.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
        Counted::deserialize(deserializer).map(|counted| matches!(counted, Counted::Included))
    }
}

/// Most bundles that one calculation can pick: base, nine criteria with up to two or six bundles, the benefit.
const MOST_BUNDLES: usize = 20;

/// A child's indicative budget: what was picked from the rules, and its exact sums.
#[derive(Debug, Clone)]
pub struct ChildBudget<'r> {
    /// The rules that were used.
    pub rules: &'r ChildrenRules,
    /// The child's group.
    pub group: &'r Group,
    /// Special care need (under 14), or severe or very severe limitation (14-17).
    pub heavy: bool,
    /// Indicative budget for the period, exact.
    pub total: Money,
    /// Its part that the state pays, exact.
    pub of_which_state: Money,
    date: NaiveDate,
    birth_date: NaiveDate,
    severity_ignored: bool,
    bundles: ArrayVec<&'r Bundle, MOST_BUNDLES>,
    mobility: Option<Money>,
}

impl ChildrenMethodology {
    /// Calculates a child's indicative budget with the rules of the day.
    ///
    /// # Errors
    /// Every reason why the rules refuse the facts.
    pub fn calculate(&self, facts: &ChildFacts) -> Result<ChildBudget<'_>, Vec<ChildRefusal>> {
        match self.rules_on(facts.date) {
            Some(rules) => rules.calculate(facts),
            None => Err(vec![ChildRefusal::NoVersion(NoVersionForDate {
                methodology: MethodologyId::Children2023,
                date: facts.date,
            })]),
        }
    }
}

/// The sums of a population.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PopulationTotals {
    /// Children with a budget.
    pub children: u64,
    /// Exact sum of their indicative budgets.
    pub total: Money,
    /// Its part that the state pays, exact.
    pub of_which_state: Money,
    /// Children whom the rules refuse.
    pub refused: u64,
}

impl PopulationTotals {
    /// The sums of two parts of a population.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            children: self.children + other.children,
            total: self.total + other.total,
            of_which_state: self.of_which_state + other.of_which_state,
            refused: self.refused + other.refused,
        }
    }
}

impl ChildrenMethodology {
    /// The sums of many children, as forecasts and what-if runs need them: the same rules, no lines, no sentences.
    pub fn population<'f>(&self, children: impl IntoIterator<Item = &'f ChildFacts>) -> PopulationTotals {
        children.into_iter().fold(PopulationTotals::default(), |mut totals, facts| {
            match self.calculate(facts) {
                Ok(budget) => {
                    totals.children += 1;
                    totals.total += budget.total;
                    totals.of_which_state += budget.of_which_state;
                }
                Err(_) => totals.refused += 1,
            }
            totals
        })
    }
}

impl ChildrenRules {
    /// Calculates a child's indicative budget.
    ///
    /// # Errors
    /// Every reason why the rules refuse the facts.
    pub fn calculate(&self, facts: &ChildFacts) -> Result<ChildBudget<'_>, Vec<ChildRefusal>> {
        let (months, group) = self.group(facts).map_err(|refusal| vec![refusal])?;
        let mut refusals = Vec::new();
        let heavy = match group.split_by {
            SplitBy::SpecialCare => facts.special_care,
            SplitBy::Severity => facts.severity.map(|severity| severity > Severity::Moderate),
        };
        if heavy.is_none() {
            refusals.push(match group.split_by {
                SplitBy::SpecialCare => ChildRefusal::MissingSpecialCare,
                SplitBy::Severity => ChildRefusal::MissingSeverity { group: group.id.clone() },
            });
        }
        let mut budget = ChildBudget {
            rules: self,
            group,
            heavy: heavy.unwrap_or_default(),
            total: Money::ZERO,
            of_which_state: Money::ZERO,
            date: facts.date,
            birth_date: facts.birth_date,
            severity_ignored: group.split_by == SplitBy::SpecialCare && facts.severity.is_some(),
            bundles: ArrayVec::new(),
            mobility: None,
        };
        let child = Child { facts, months, heavy, group };
        let institution = NamedCriterion::Respite { form: RespiteForm::Institution };
        let institution = facts.criteria.contains(&institution);
        budget.add(group.base.of(budget.heavy).with(institution));
        let mut seen = 0;
        for (position, named) in facts.criteria.iter().enumerate() {
            let criterion = named.criterion();
            if seen & criterion.bit() != 0 {
                refusals.push(ChildRefusal::Duplicate { position, criterion });
                continue;
            }
            seen |= criterion.bit();
            if let Err(refused) = budget.add_criterion(&child, named, institution) {
                refusals.push(refused.at(position, criterion));
            }
        }
        if facts.special_care_benefit {
            match facts.special_care {
                Some(true) => budget.add(&self.special_care_benefit),
                Some(false) => refusals.push(ChildRefusal::NoSpecialCareBenefit),
                // Below 14 the missing opinion is refused already.
                None if group.split_by == SplitBy::Severity => refusals.push(ChildRefusal::MissingSpecialCare),
                None => {}
            }
        }
        if refusals.is_empty() { Ok(budget) } else { Err(refusals) }
    }

    fn group(&self, facts: &ChildFacts) -> Result<(u32, &Group), ChildRefusal> {
        let months = age::completed_months(facts.birth_date, facts.date).ok_or(ChildRefusal::NotYetBorn)?;
        let group = self.groups.iter().find(|group| months <= group.to_months);
        group.map(|group| (months, group)).ok_or(ChildRefusal::TooOld)
    }
}

/// What the conditions of criteria ask about.
struct Child<'f, 'r> {
    facts: &'f ChildFacts,
    months: u32,
    /// `None` where the facts leave it open; then only that is refused, not what hangs on it.
    heavy: Option<bool>,
    group: &'r Group,
}

impl Child<'_, '_> {
    fn has_months(&self, from_months: u32) -> Result<(), Inapplicable> {
        if self.months >= from_months { Ok(()) } else { Err(Inapplicable::TooYoung { from_months }) }
    }

    fn heavy_if(&self, needed: bool) -> Result<(), Inapplicable> {
        if needed && self.heavy == Some(false) { Err(Inapplicable::NotHeavy) } else { Ok(()) }
    }
}

impl<'r> ChildBudget<'r> {
    /// Adds an identified criterion where its conditions hold.
    fn add_criterion(
        &mut self,
        child: &Child<'_, '_>,
        named: &NamedCriterion,
        institution: bool,
    ) -> Result<(), Inapplicable> {
        let rules = self.rules;
        match named {
            NamedCriterion::ParentalEmployment => {
                child.has_months(rules.employment.from_months)?;
                self.add(rules.employment_lines.of(self.heavy).with(institution));
            }
            NamedCriterion::UpbringingSupport => self.add_plain(child, &rules.upbringing, institution)?,
            NamedCriterion::PalliativeCare => self.add_plain(child, &rules.palliative, institution)?,
            NamedCriterion::ParentPsychology => self.add_plain(child, &rules.parent_psychology, institution)?,
            NamedCriterion::ChildPsychology => self.add_plain(child, &rules.child_psychology, institution)?,
            NamedCriterion::Respite { form } => {
                child.heavy_if(rules.respite.heavy_only)?;
                self.add(rules.respite.form(*form));
            }
            NamedCriterion::SpecialistSupport => {
                self.add(if child.facts.autism_spectrum { &rules.specialist_autism } else { &rules.specialist });
            }
            NamedCriterion::VisionSupport { guide_dog } => {
                self.add(&rules.vision);
                if *guide_dog {
                    let dog = &rules.guide_dog;
                    let severe_enough = child.facts.severity == Some(dog.severity);
                    if child.months < dog.from_months || !severe_enough || child.group.split_by != SplitBy::Severity {
                        return Err(Inapplicable::NoGuideDog { from_months: dog.from_months });
                    }
                    self.add(&dog.bundle);
                }
            }
            NamedCriterion::HearingSupport { services } => {
                for (service, bundle) in &rules.hearing {
                    if services.contains(*service) {
                        self.add(bundle);
                    }
                }
            }
            NamedCriterion::Mobility { amount } => {
                let allowance = child.facts.transport_allowance;
                let bundle = rules.mobility.with(allowance);
                match *amount {
                    Some(amount) if amount > bundle.total() => {
                        return Err(Inapplicable::AboveCeiling { ceiling: bundle.total(), allowance });
                    }
                    Some(amount) => {
                        self.mobility = Some(amount);
                        self.bundles.push(bundle);
                        self.total += amount;
                    }
                    None => self.add(bundle),
                }
            }
        }
        Ok(())
    }

    fn add_plain(&mut self, child: &Child<'_, '_>, plain: &'r Plain, institution: bool) -> Result<(), Inapplicable> {
        child.heavy_if(plain.heavy_only)?;
        child.has_months(plain.from_months)?;
        self.add(plain.counts.with(institution));
        Ok(())
    }

    fn add(&mut self, bundle: &'r Bundle) {
        self.bundles.push(bundle);
        self.total += bundle.total();
        self.of_which_state += bundle.state();
    }

    /// Indicative budget a month: the exact total divided by the period's months.
    #[must_use]
    pub fn monthly(&self) -> Money {
        self.total.divided_by(self.rules.months)
    }

    /// The lines, the base basket first, the criteria as they were named.
    pub fn lines(&self) -> impl Iterator<Item = Line<'r>> + '_ {
        self.bundles.iter().flat_map(|bundle| bundle.lines()).map(|priced| match (priced.counting, self.mobility) {
            (Counting::Ceiling { .. }, Some(amount)) => {
                Line { volume: Volume::exact(amount.value()), amount, ..Line::from(priced) }
            }
            _ => Line::from(priced),
        })
    }

    /// The decisions that shaped this calculation, each once.
    #[must_use]
    pub fn decisions(&self) -> Vec<&'r Decision> {
        let of_lines =
            self.bundles.iter().flat_map(|bundle| bundle.lines()).filter_map(|line| line.decision.as_deref());
        let mut decisions: Vec<&Decision> = Vec::new();
        for decision in self.group.decisions.iter().map(AsRef::as_ref).chain(of_lines) {
            if !decisions.iter().any(|known| known.id == decision.id) {
                decisions.push(decision);
            }
        }
        decisions
    }

    /// What the user should know beside the sum.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let end = self.date.checked_add_months(Months::new(self.rules.months));
        if let (Some(birthday), Some(end)) = (age::birthday(self.birth_date, 18), end)
            && birthday < end
            && let Some(last_day) = birthday.pred_opt()
        {
            // **Decision**: the plan goes on to the day before the birthday, with the amount unchanged.
            let message = Message::new("warning-turns-18").with("last_day", last_day);
            warnings.push(Warning { code: "turns_18_in_period", message });
        }
        if self.severity_ignored {
            warnings.push(Warning { code: "severity_ignored", message: Message::new("warning-severity-ignored") });
        }
        warnings
    }
}

#[cfg(test)]
mod tests;
