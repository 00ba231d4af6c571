//! The children methodology compiled for each stretch of time in which no figure changes.

use std::sync::Arc;

use chrono::NaiveDate;

use super::{
    Criterion, HearingService, RespiteForm, Severity,
    data::{BasketFile, EmploymentFile, LineFile, MethodologyFile, PlainFile, SplitBy, VersionFile},
};
use crate::{
    lines::{Bundle, Counting, Decision, PricedLine},
    money::{Money, Volume},
    parameters::{Faults, Known, Period, documents::Source, period_on},
    pricing::{Counted, Pricing, changes},
    text::Text,
};

/// Indicative budget of children (`children-2023`): every version, through time.
#[derive(Debug, Clone)]
pub struct ChildrenMethodology {
    /// Title.
    pub title: Text,
    /// Rules in order of time.
    pub periods: Vec<ChildrenRules>,
}

/// The rules of one stretch of time, priced.
#[derive(Debug, Clone)]
pub struct ChildrenRules {
    /// Position among the methodology's stretches of time: the key for whoever keeps renderings of its lines.
    pub ordinal: usize,
    /// Version of the methodology.
    pub version: String,
    /// First day of these figures.
    pub valid_from: NaiveDate,
    /// Last day of these figures.
    pub valid_to: Option<NaiveDate>,
    /// Length of the budget period.
    pub months: u32,
    /// Where the methodology stands.
    pub source: Source,
    /// The methodology's decisions.
    pub decisions: Vec<Arc<Decision>>,
    /// Age groups, the youngest first.
    pub groups: Vec<Group>,
    pub(super) employment: Timed,
    pub(super) employment_lines: ByWeight,
    pub(super) upbringing: Plain,
    pub(super) palliative: Plain,
    pub(super) parent_psychology: Plain,
    pub(super) respite: Respite,
    pub(super) child_psychology: Plain,
    pub(super) specialist_autism: Bundle,
    pub(super) specialist: Bundle,
    pub(super) vision: Bundle,
    pub(super) guide_dog: GuideDog,
    pub(super) hearing: Vec<(HearingService, Bundle)>,
    pub(super) mobility: Mobility,
    pub(super) special_care_benefit: Bundle,
    /// How many lines these rules have; each has an index below it.
    pub line_count: usize,
}

/// An age group.
#[derive(Debug, Clone)]
pub struct Group {
    /// Published identifier, such as `1.6-6`.
    pub id: String,
    /// The last completed month that belongs to it.
    pub to_months: u32,
    /// What splits it into heavy and light.
    pub split_by: SplitBy,
    /// Decisions about it.
    pub decisions: Vec<Arc<Decision>>,
    pub(super) base: ByWeight,
}

/// A bundle as it is, and as it is when respite in an institution takes months off.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    full: Bundle,
    less: Bundle,
}

impl Counts {
    pub(super) const fn with(&self, institution_respite: bool) -> &Bundle {
        if institution_respite { &self.less } else { &self.full }
    }
}

/// Bundles for heavy and for light limitation.
#[derive(Debug, Clone, Default)]
pub(super) struct ByWeight {
    heavy: Counts,
    light: Counts,
}

impl ByWeight {
    pub(super) const fn of(&self, heavy: bool) -> &Counts {
        if heavy { &self.heavy } else { &self.light }
    }
}

/// A condition on age.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timed {
    pub(super) from_months: u32,
}

/// A criterion with one set of lines.
#[derive(Debug, Clone)]
pub(super) struct Plain {
    pub(super) from_months: u32,
    pub(super) heavy_only: bool,
    pub(super) counts: Counts,
}

#[derive(Debug, Clone)]
pub(super) struct Respite {
    pub(super) heavy_only: bool,
    institution: Bundle,
    home_medical: Bundle,
    home_non_medical: Bundle,
}

impl Respite {
    pub(super) const fn form(&self, form: RespiteForm) -> &Bundle {
        match form {
            RespiteForm::Institution => &self.institution,
            RespiteForm::HomeMedical => &self.home_medical,
            RespiteForm::HomeNonMedical => &self.home_non_medical,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct GuideDog {
    pub(super) from_months: u32,
    pub(super) severity: Severity,
    pub(super) bundle: Bundle,
}

#[derive(Debug, Clone)]
pub(super) struct Mobility {
    without_allowance: Bundle,
    with_allowance: Bundle,
}

impl Mobility {
    pub(super) const fn with(&self, allowance: bool) -> &Bundle {
        if allowance { &self.with_allowance } else { &self.without_allowance }
    }
}

impl ChildrenRules {
    /// What the budget pays for transport in the period at most, EUR; a granted state allowance is used first.
    #[must_use]
    pub const fn mobility_ceiling(&self, allowance: bool) -> Money {
        self.mobility.with(allowance).total()
    }
}

impl Period for ChildrenRules {
    fn valid_from(&self) -> NaiveDate {
        self.valid_from
    }

    fn valid_to(&self) -> Option<NaiveDate> {
        self.valid_to
    }
}

impl ChildrenMethodology {
    pub(crate) fn compile(file: MethodologyFile, known: Known<'_>, faults: &mut Faults) -> Self {
        let mut versions = file.versions;
        versions.sort_by_key(|version| version.valid_from);
        let mut periods = Vec::new();
        for (index, version) in versions.iter().enumerate() {
            let next = versions.get(index + 1).and_then(|next| next.valid_from.pred_opt());
            let last = [version.valid_to, next].into_iter().flatten().min();
            let starts = changes(known, version.valid_from, last);
            for (index, from) in starts.iter().enumerate() {
                let to = starts.get(index + 1).and_then(|next| next.pred_opt()).or(last);
                let at = format!("{} version {} from {from}", file.id, version.version);
                let rules = rules(version, at, *from, to, known, faults);
                periods.extend(rules.map(|rules| ChildrenRules { ordinal: periods.len(), ..rules }));
            }
        }
        if periods.is_empty() {
            faults.add(&file.id, "no usable version");
        }
        Self { title: file.title, periods }
    }

    /// The rules in force on a day.
    #[must_use]
    pub fn rules_on(&self, date: NaiveDate) -> Option<&ChildrenRules> {
        period_on(&self.periods, date)
    }
}

fn rules(
    file: &VersionFile,
    at: String,
    from: NaiveDate,
    to: Option<NaiveDate>,
    known: Known<'_>,
    faults: &mut Faults,
) -> Option<ChildrenRules> {
    let decisions: Vec<_> = file.decisions.iter().cloned().map(Arc::new).collect();
    let pricing =
        Pricing { known, at, from, months: file.months, decisions, state_paid: &file.state_paid, faults, lines: 0 };
    let respite = &file.criteria.respite;
    Compiler { pricing, months_off: respite.months_off, months_off_services: &respite.months_off_services }
        .rules(file, from, to)
}

struct Compiler<'a> {
    pricing: Pricing<'a>,
    months_off: u32,
    months_off_services: &'a [String],
}

impl Compiler<'_> {
    fn rules(mut self, file: &VersionFile, from: NaiveDate, to: Option<NaiveDate>) -> Option<ChildrenRules> {
        if file.groups.is_empty() || !file.groups.is_sorted_by(|a, b| a.to_months < b.to_months) {
            self.pricing.fault("the groups must be in order of age");
        }
        let groups = file.groups.iter().map(|group| Group {
            id: group.id.clone(),
            to_months: group.to_months,
            split_by: group.split_by,
            decisions: group.decisions.iter().filter_map(|id| self.pricing.decision(id)).collect(),
            base: self.base(&group.id, &file.base_basket.title, &file.base_basket.baskets),
        });
        let groups = groups.collect();
        let criteria = &file.criteria;
        let specialist = &criteria.specialist_support;
        let vision = &criteria.vision_support;
        let hearing = &criteria.hearing_support;
        let hearing = [
            (HearingService::SignLanguageTraining, &hearing.sign_language_training),
            (HearingService::CommunicationSkills, &hearing.communication_skills),
            (HearingService::AdaptationTraining, &hearing.adaptation_training),
            (HearingService::SocialProblemHelp, &hearing.social_problem_help),
            (HearingService::SignInterpreterCommunication, &hearing.sign_interpreter_communication),
            (HearingService::SignInterpreterEducation, &hearing.sign_interpreter_education),
        ];
        Some(ChildrenRules {
            ordinal: 0,
            version: file.version.clone(),
            valid_from: from,
            valid_to: to,
            months: file.months,
            groups,
            employment: Timed { from_months: criteria.parental_employment.from_months },
            employment_lines: self.employment(&criteria.parental_employment),
            upbringing: self.plain(Criterion::UpbringingSupport, &criteria.upbringing_support),
            palliative: self.plain(Criterion::PalliativeCare, &criteria.palliative_care),
            parent_psychology: self.plain(Criterion::ParentPsychology, &criteria.parent_psychology),
            respite: self.respite(file),
            child_psychology: self.plain(Criterion::ChildPsychology, &criteria.child_psychology),
            specialist_autism: self.bundle(Criterion::SpecialistSupport, &specialist.title, &specialist.autism_lines),
            specialist: self.bundle(Criterion::SpecialistSupport, &specialist.title, &specialist.lines),
            vision: self.bundle(Criterion::VisionSupport, &vision.title, &vision.lines),
            guide_dog: GuideDog {
                from_months: vision.guide_dog.from_months,
                severity: vision.guide_dog.severity,
                bundle: self.bundle(Criterion::VisionSupport, &vision.title, &vision.guide_dog.lines),
            },
            hearing: hearing
                .into_iter()
                .map(|(service, line)| {
                    let title = &criteria.hearing_support.title;
                    (service, self.bundle(Criterion::HearingSupport, title, std::slice::from_ref(line)))
                })
                .collect(),
            mobility: self.mobility(file)?,
            special_care_benefit: self.plain(Criterion::SpecialCareBenefit, &file.special_care_benefit).counts.full,
            source: self.pricing.source(&file.source)?,
            line_count: self.pricing.lines,
            decisions: self.pricing.decisions,
        })
    }

    fn base(&mut self, group: &str, title: &Text, baskets: &[BasketFile]) -> ByWeight {
        let mut of = |heavy: bool| {
            let basket = baskets.iter().find(|basket| {
                basket.groups.iter().any(|id| id == group) && basket.heavy.is_none_or(|only| only == heavy)
            });
            let Some(basket) = basket else {
                self.pricing.fault(&format!("no basket for group {group}, heavy: {heavy}"));
                return Counts::default();
            };
            self.counts(Criterion::BaseBasket, title, &basket.lines, None)
        };
        ByWeight { heavy: of(true), light: of(false) }
    }

    fn employment(&mut self, file: &EmploymentFile) -> ByWeight {
        let mut of = |lines| self.counts(Criterion::ParentalEmployment, &file.title, lines, None);
        ByWeight { heavy: of(&file.heavy_lines), light: of(&file.light_lines) }
    }

    fn plain(&mut self, criterion: Criterion, file: &PlainFile) -> Plain {
        Plain {
            from_months: file.from_months,
            heavy_only: file.heavy_only,
            counts: self.counts(criterion, &file.title, &file.lines, file.decision.as_deref()),
        }
    }

    fn respite(&mut self, file: &VersionFile) -> Respite {
        let respite = &file.criteria.respite;
        let mut form = |lines| self.bundle(Criterion::Respite, &respite.title, lines);
        Respite {
            heavy_only: respite.heavy_only,
            institution: form(&respite.institution),
            home_medical: form(&respite.home_medical),
            home_non_medical: form(&respite.home_non_medical),
        }
    }

    fn mobility(&mut self, file: &VersionFile) -> Option<Mobility> {
        let mobility = &file.criteria.mobility;
        let half_year = self.pricing.tariff(&mobility.allowance.service)?.amount;
        let allowance = Volume::exact(mobility.allowance.half_years.into()).at(half_year);
        if allowance > mobility.ceiling {
            self.pricing.fault("the transport allowance is above the mobility ceiling");
        }
        let mut line = |ceiling: Money, allowance: bool| {
            let counted = Counted {
                criterion: Criterion::Mobility.as_str(),
                title: &mobility.title,
                service: &mobility.service,
                area: mobility.area,
                volume: Volume::default(),
                counting: Counting::Ceiling { allowance },
                basis: Some(&mobility.basis),
                decision: None,
            };
            Bundle::new(self.pricing.ceiling_line(counted, ceiling).into_iter().collect())
        };
        Some(Mobility {
            without_allowance: line(mobility.ceiling, false),
            with_allowance: line(mobility.ceiling - allowance, true),
        })
    }

    fn bundle(&mut self, criterion: Criterion, title: &Text, lines: &[LineFile]) -> Bundle {
        Bundle::new(lines.iter().filter_map(|line| self.line(criterion, title, line, None, 0)).collect())
    }

    fn counts(&mut self, criterion: Criterion, title: &Text, lines: &[LineFile], decision: Option<&str>) -> Counts {
        let mut bundle = |off: bool| {
            let lines = lines.iter().filter_map(|line| {
                let less = off && self.months_off_services.contains(&line.service);
                self.line(criterion, title, line, decision, if less { self.months_off } else { 0 })
            });
            Bundle::new(lines.collect())
        };
        Counts { full: bundle(false), less: bundle(true) }
    }

    fn line(
        &mut self,
        criterion: Criterion,
        title: &Text,
        line: &LineFile,
        decision: Option<&str>,
        months_off: u32,
    ) -> Option<PricedLine> {
        let (volume, counting) = match (line.a_month, line.a_year) {
            (Some(volume), None) => {
                let months = self.pricing.months.saturating_sub(months_off);
                (volume.in_months(months), Counting::Monthly { volume, months, months_off })
            }
            (None, Some(volume)) => (volume, Counting::Period),
            _ => {
                self.pricing.fault(&format!("{criterion}, {}: give either a_month or a_year", line.service));
                return None;
            }
        };
        self.pricing.line(Counted {
            criterion: criterion.as_str(),
            title,
            service: &line.service,
            area: line.area,
            volume,
            counting,
            basis: line.basis.as_ref(),
            decision: line.decision.as_deref().or(decision),
        })
    }
}
