//! The model's figures as dated data: documents, services, tariffs, methodologies, calendar,
//! municipalities, retention.
//!
//! The files of `crates/domain/parameters/` are embedded and parsed by [`Parameters::embedded`]; every reference, unit and
//! date is checked there, so that a broken file cannot ship. A change of law is an edit of those files, never of code.

use chrono::NaiveDate;
use serde::de::DeserializeOwned;

use crate::{
    adults::AdultsMethodology, calendar::Calendar, children::ChildrenMethodology, pilot::methodology::PilotMethodology,
    retention::RetentionRules,
};

pub mod catalogue;
pub mod documents;
pub mod municipalities;
pub mod overlay;
pub mod tariffs;

use catalogue::{Catalogue, MethodologyId};
use documents::Documents;
use municipalities::Municipalities;
use overlay::Overlay;
use tariffs::Tariffs;

/// The texts of the data files.
#[derive(Debug, Clone, Copy)]
pub struct ParameterFiles<'a> {
    /// Documents that figures are taken from.
    pub documents: &'a str,
    /// Service catalogue.
    pub services: &'a str,
    /// Plan suggestions by impairment.
    pub plan_suggestions: &'a str,
    /// Unit prices.
    pub tariffs: &'a str,
    /// Methodology for children.
    pub children_2023: &'a str,
    /// Methodology for adults.
    pub adults_2023: &'a str,
    /// Pilot methodology.
    pub children_pilot_2018: &'a str,
    /// Exceptions of the Latvian calendar.
    pub calendar: &'a str,
    /// Municipalities.
    pub municipalities: &'a str,
    /// Rules of retention.
    pub retention: &'a str,
}

impl ParameterFiles<'static> {
    /// The files that are compiled in.
    pub const EMBEDDED: Self = Self {
        documents: include_str!("../../parameters/documents.yaml"),
        services: include_str!("../../parameters/services.yaml"),
        plan_suggestions: include_str!("../../parameters/plan-suggestions.yaml"),
        tariffs: include_str!("../../parameters/tariffs.yaml"),
        children_2023: include_str!("../../parameters/children-2023.yaml"),
        adults_2023: include_str!("../../parameters/adults-2023.yaml"),
        children_pilot_2018: include_str!("../../parameters/children-pilot-2018.yaml"),
        calendar: include_str!("../../parameters/calendar.yaml"),
        municipalities: include_str!("../../parameters/municipalities.yaml"),
        retention: include_str!("../../parameters/retention.yaml"),
    };
}

/// Everything that is wrong with the data files.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("the parameters are broken: {}", .0.join("; "))]
pub struct Faults(Vec<String>);

impl Faults {
    pub(crate) fn add(&mut self, at: &str, what: &str) {
        self.0.push(format!("{at}: {what}"));
    }

    /// The faults, each with its place.
    #[must_use]
    pub fn list(&self) -> &[String] {
        &self.0
    }

    /// The same, each split into its place and what is wrong there.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|fault| fault.split_once(": ").unwrap_or(("", fault)))
    }

    fn parse<T: DeserializeOwned + Default>(&mut self, file: &str, text: &str) -> T {
        serde_saphyr::from_str(text).unwrap_or_else(|error| {
            self.add(file, &error.to_string());
            T::default()
        })
    }

    fn parse_one<T: DeserializeOwned>(&mut self, file: &str, text: &str) -> Option<T> {
        serde_saphyr::from_str(text).inspect_err(|error| self.add(file, &error.to_string())).ok()
    }
}

/// All parameters of the model, checked.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// Documents that figures are taken from.
    pub documents: Documents,
    /// Services and plan suggestions.
    pub catalogue: Catalogue,
    /// Unit prices.
    pub tariffs: Tariffs,
    /// Methodology for children.
    pub children: ChildrenMethodology,
    /// Methodology for adults.
    pub adults: AdultsMethodology,
    /// Pilot methodology.
    pub pilot: PilotMethodology,
    /// The Latvian calendar.
    pub calendar: Calendar,
    /// Municipalities.
    pub municipalities: Municipalities,
    /// How long records are kept.
    pub retention: RetentionRules,
}

impl Parameters {
    /// Parses and checks the files that are compiled in.
    ///
    /// # Errors
    /// [`Faults`] lists everything that is wrong with them.
    pub fn embedded() -> Result<Self, Faults> {
        Self::parse(&ParameterFiles::EMBEDDED)
    }

    /// Parses and checks a set of files.
    ///
    /// # Errors
    /// [`Faults`] lists everything that is wrong with them.
    pub fn parse(files: &ParameterFiles<'_>) -> Result<Self, Faults> {
        Self::compile(files, &[])
    }

    /// The files that are compiled in, and what is published beside them.
    ///
    /// # Errors
    /// [`Faults`] lists everything that is wrong with both together.
    pub fn with(overlays: &[&Overlay]) -> Result<Self, Faults> {
        Self::compile(&ParameterFiles::EMBEDDED, overlays)
    }

    fn compile(files: &ParameterFiles<'_>, overlays: &[&Overlay]) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let mut documents: Vec<documents::Document> = faults.parse("documents.yaml", files.documents);
        documents.extend(overlays.iter().flat_map(|overlay| overlay.documents.iter().cloned()));
        let documents = Documents::new(documents);
        let mut services: Vec<catalogue::ServiceEntry> = faults.parse("services.yaml", files.services);
        services.extend(overlays.iter().flat_map(|overlay| overlay.services.iter().cloned()));
        let suggestions = faults.parse("plan-suggestions.yaml", files.plan_suggestions);
        let confirmations =
            overlays.iter().flat_map(|overlay| overlay.specialist_confirmations.iter().cloned()).collect();
        let catalogue = Catalogue::new(services, confirmations, suggestions, &documents, &mut faults);
        let mut tariffs: Vec<tariffs::TariffEntry> = faults.parse("tariffs.yaml", files.tariffs);
        tariffs.extend(overlays.iter().flat_map(|overlay| overlay.tariffs.iter().map(Into::into)));
        let tariffs = Tariffs::new(tariffs, &catalogue, &documents, &mut faults);
        let calendar = faults.parse_one("calendar.yaml", files.calendar).map(Calendar::new);
        let municipalities = faults.parse_one("municipalities.yaml", files.municipalities);
        let municipalities = municipalities.and_then(|file| Municipalities::new(file, &documents, &mut faults));
        let retention = faults.parse("retention.yaml", files.retention);
        let retention = RetentionRules::new(retention, &documents, &mut faults);
        let mut children = faults.parse_one("children-2023.yaml", files.children_2023);
        let mut adults = faults.parse_one("adults-2023.yaml", files.adults_2023);
        let mut pilot = faults.parse_one("children-pilot-2018.yaml", files.children_pilot_2018);
        for overlay in overlays {
            overlay.add_periods((&mut children, &mut adults, &mut pilot), &mut faults);
        }
        let known = Known { documents: &documents, catalogue: &catalogue, tariffs: &tariffs };
        let children = children.map(|file| ChildrenMethodology::compile(file, known, &mut faults));
        let adults = adults.map(|file| AdultsMethodology::compile(file, known, &mut faults));
        let pilot = pilot.map(|file| PilotMethodology::compile(file, known, &mut faults));
        match (children, adults, pilot, calendar, municipalities) {
            (Some(children), Some(adults), Some(pilot), Some(calendar), Some(municipalities))
                if faults.list().is_empty() =>
            {
                Ok(Self { documents, catalogue, tariffs, children, adults, pilot, calendar, municipalities, retention })
            }
            _ => Err(faults),
        }
    }
}

/// What a methodology may refer to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) documents: &'a Documents,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) tariffs: &'a Tariffs,
}

/// The rules of one stretch of time.
pub trait Period {
    /// First day.
    fn valid_from(&self) -> NaiveDate;
    /// Last day; `None` while nothing later is known.
    fn valid_to(&self) -> Option<NaiveDate>;
}

/// The stretch that a day lies in, among stretches in order of time.
pub(crate) fn period_on<P: Period>(periods: &[P], date: NaiveDate) -> Option<&P> {
    let started = periods.partition_point(|period| period.valid_from() <= date);
    periods.get(started.checked_sub(1)?).filter(|period| period.valid_to().is_none_or(|to| date <= to))
}

/// A methodology has no parameters for a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoVersionForDate {
    /// The methodology.
    pub methodology: MethodologyId,
    /// The day asked for.
    pub date: NaiveDate,
}
