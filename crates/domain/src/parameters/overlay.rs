//! What the ministry adds to the parameters that are compiled in: documents, services, dated tariffs of the whole country, of a
//! municipality or of a provider, whose fit a specialist has to confirm, and whole new periods of a methodology
//! [domain 5.1, 5.2, 6.1].
//!
//! An overlay only adds. A tariff ends the one before it and a period of a methodology the one before it, from its own first
//! day on, so that no earlier day is calculated otherwise than before. A tariff of a municipality or a provider ends the one before it
//! of the same kind there, unless that one says its own end: then they may not overlap. **Decision**: a service that is listed already cannot be
//! described anew, because its unit is part of old calculations; that a specialist has to confirm it is said from a day on, of any
//! service.

use std::collections::{BTreeSet, HashSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use serde_path_to_error::{Path, Segment};
use uuid::Uuid;

use super::{
    Faults, Parameters, Period,
    catalogue::{ConfirmationEntry, MethodologyId, ServiceEntry, Unit},
    documents::{Document, SourceEntry},
    municipalities::Municipality,
    tariffs::{PriceKind, Scope, Target, TariffEntry},
};
use crate::{
    access::MunicipalityCode,
    adults, children,
    money::Money,
    pilot::methodology as pilot,
    text::{Message, Refusal},
};

/// A new price of a service: in the whole country, or where it names a municipality or a provider, there alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTariff {
    /// Code of the service.
    pub service: String,
    /// EUR a unit.
    pub amount: Money,
    /// What the price is for: the service's unit.
    pub unit: Unit,
    /// How the price comes about.
    pub price_kind: PriceKind,
    /// The municipality in which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<MunicipalityCode>,
    /// The provider at which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Uuid>,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; none while nothing later is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Legal source.
    pub source: SourceEntry,
}

impl NewTariff {
    const fn scope(&self) -> Scope {
        match (self.municipality, self.provider) {
            (None, None) => Scope::National,
            (Some(_), _) => Scope::Municipality,
            (None, Some(_)) => Scope::Provider,
        }
    }

    /// Where it holds; none where it names two places.
    const fn target(&self) -> Option<Target> {
        Target::of(self.scope(), self.municipality, self.provider)
    }
}

impl From<&NewTariff> for TariffEntry {
    fn from(new: &NewTariff) -> Self {
        Self {
            service: new.service.clone(),
            amount: new.amount,
            unit: new.unit,
            price_kind: new.price_kind,
            scope: new.scope(),
            municipality: new.municipality,
            provider: new.provider,
            valid_from: new.valid_from,
            valid_to: new.valid_to,
            source: new.source.clone(),
        }
    }
}

/// A new period of a methodology.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPeriod {
    /// The methodology.
    pub methodology: MethodologyId,
    /// One of the `versions` of its data file, with the same members.
    pub period: Value,
}

/// What is added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overlay {
    /// Documents that the rest refers to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Document>,
    /// Services.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceEntry>,
    /// Tariffs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tariffs: Vec<NewTariff>,
    /// Which services a specialist has to confirm, and which no more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub specialist_confirmations: Vec<ConfirmationEntry>,
    /// Periods of methodologies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub methodologies: Vec<NewPeriod>,
}

/// Why an overlay cannot be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OverlayRefusal {
    /// There is nothing in it.
    Empty,
    /// Something begins before it may.
    TooEarly {
        /// Where.
        pointer: String,
        /// The first day that it may begin on.
        earliest: NaiveDate,
    },
    /// Something ends before it begins.
    EndsBeforeItBegins {
        /// Where.
        pointer: String,
    },
    /// There is one already: here, in what is compiled in, or in what is published.
    Duplicate {
        /// Where.
        pointer: String,
    },
    /// Another tariff of the same service and kind holds there at the same time.
    Overlaps {
        /// Where.
        pointer: String,
        /// First day of the other.
        from: NaiveDate,
    },
    /// A document, a service, a municipality or a provider is not known.
    Unknown {
        /// Where.
        pointer: String,
        /// Its code.
        code: String,
    },
    /// A price is not for the unit of the service.
    OtherUnit {
        /// Where.
        pointer: String,
        /// That of the service.
        unit: Unit,
    },
    /// A period does not have the form of the data file.
    Malformed {
        /// Where.
        pointer: String,
    },
    /// The rules cannot be made of what there would be.
    DoesNotCompile {
        /// What is at fault.
        pointer: String,
        /// Methodology, version and day.
        at: String,
        /// What is wrong.
        what: String,
    },
}

impl Refusal for OverlayRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::TooEarly { .. } | Self::EndsBeforeItBegins { .. } => "date_out_of_range",
            Self::Duplicate { .. } => "duplicate_code",
            Self::Overlaps { .. } => "tariff_overlaps",
            Self::Unknown { .. } => "unknown_code",
            Self::OtherUnit { .. } => "other_unit",
            Self::Malformed { .. } => "invalid_value",
            Self::DoesNotCompile { .. } => "does_not_compile",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::TooEarly { pointer, .. }
            | Self::EndsBeforeItBegins { pointer }
            | Self::Duplicate { pointer }
            | Self::Overlaps { pointer, .. }
            | Self::Unknown { pointer, .. }
            | Self::OtherUnit { pointer, .. }
            | Self::Malformed { pointer }
            | Self::DoesNotCompile { pointer, .. } => pointer.clone(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::Empty => Message::new("overlay-empty"),
            Self::TooEarly { earliest, .. } => Message::new("overlay-too-early").with("earliest", earliest),
            Self::EndsBeforeItBegins { .. } => Message::new("overlay-ends-before-it-begins"),
            Self::Duplicate { .. } => Message::new("overlay-duplicate"),
            Self::Overlaps { from, .. } => Message::new("overlay-tariff-overlaps").with("from", from),
            Self::Unknown { code, .. } => Message::new("overlay-unknown").with("code", code),
            Self::OtherUnit { unit, .. } => Message::new("overlay-other-unit").with("unit", unit),
            Self::Malformed { .. } => Message::new("fault-invalid-value"),
            Self::DoesNotCompile { at, what, .. } => {
                Message::new("overlay-does-not-compile").with("at", at).with("what", what)
            }
        }
    }
}

/// A period, read.
#[allow(clippy::large_enum_variant, reason = "one at a time, on the stack")]
enum Read {
    Children(children::VersionFile),
    Adults(adults::VersionFile),
    Pilot(pilot::VersionFile),
}

impl Read {
    /// Version, first day, last day and months.
    fn known(&self) -> (&str, NaiveDate, Option<NaiveDate>, u32) {
        match self {
            Self::Children(file) => (&file.version, file.valid_from, file.valid_to, file.months),
            Self::Adults(file) => (&file.version, file.valid_from, file.valid_to, file.months),
            Self::Pilot(file) => (&file.version, file.valid_from, file.valid_to, file.months),
        }
    }
}

impl NewPeriod {
    /// # Errors
    /// The pointer, inside the period, to what does not fit.
    fn read(&self) -> Result<Read, String> {
        match self.methodology {
            MethodologyId::Children2023 => read(&self.period).map(Read::Children),
            MethodologyId::Adults2023 => read(&self.period).map(Read::Adults),
            MethodologyId::ChildrenPilot2018 => read(&self.period).map(Read::Pilot),
        }
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| pointer(error.path()))
}

fn pointer(path: &Path) -> String {
    let segment = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().filter_map(segment).collect()
}

/// The data files of the methodologies, where they could be read.
type Methodologies<'a> = (
    &'a mut Option<children::MethodologyFile>,
    &'a mut Option<adults::MethodologyFile>,
    &'a mut Option<pilot::MethodologyFile>,
);

/// The longest period that a budget may be for, months.
const MOST_MONTHS: u32 = 120;

impl Overlay {
    /// Adds the periods to the data files of their methodologies.
    pub(super) fn add_periods(&self, (children, adults, pilot): Methodologies<'_>, faults: &mut Faults) {
        for new in &self.methodologies {
            match (new.read(), children.as_mut(), adults.as_mut(), pilot.as_mut()) {
                (Ok(Read::Children(version)), Some(file), ..) => file.versions.push(version),
                (Ok(Read::Adults(version)), _, Some(file), _) => file.versions.push(version),
                (Ok(Read::Pilot(version)), .., Some(file)) => file.versions.push(version),
                (Err(at), ..) => faults.add(new.methodology.as_str(), &format!("a new period is malformed at {at}")),
                // The file itself is broken, which is told already.
                (Ok(_), ..) => {}
            }
        }
    }

    /// The parameters with what is published and with this, which begins on a day at the earliest.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn compile(&self, published: &[&Self], earliest: NaiveDate) -> Result<Parameters, Vec<OverlayRefusal>> {
        let broken = |faults: &Faults| {
            let refusal = |(at, what): (&str, &str)| self.does_not_compile(at, what);
            faults.parts().map(refusal).collect::<Vec<_>>()
        };
        let base = Parameters::with(published).map_err(|faults| broken(&faults))?;
        let mut refusals = self.check(published, &base, earliest);
        let all: Vec<&Self> = published.iter().copied().chain([self]).collect();
        match Parameters::with(&all) {
            Ok(parameters) if refusals.is_empty() => return Ok(parameters),
            Ok(_) => {}
            Err(faults) => {
                // What is wrong with the parts themselves is told with a pointer already; this is about what is made of them.
                let made = |at: &str| MethodologyId::ALL.iter().any(|id| at.starts_with(id.as_str()));
                let told = broken(&faults).into_iter().filter(|refusal| match refusal {
                    OverlayRefusal::DoesNotCompile { at, what, .. } => made(at) && !what.starts_with("a new period"),
                    _ => false,
                });
                for refusal in told {
                    if !refusals.contains(&refusal) {
                        refusals.push(refusal);
                    }
                }
                if refusals.is_empty() {
                    refusals = broken(&faults);
                }
            }
        }
        Err(refusals)
    }

    /// The providers that its tariffs are of.
    #[must_use]
    pub fn providers(&self) -> BTreeSet<Uuid> {
        self.tariffs.iter().filter_map(|tariff| tariff.provider).collect()
    }

    /// Tariffs of providers that are not among those that are registered.
    #[must_use]
    pub fn of_unknown_providers(&self, known: &BTreeSet<Uuid>) -> Vec<OverlayRefusal> {
        let unknown = |(index, tariff): (usize, &NewTariff)| {
            let provider = tariff.provider.filter(|provider| !known.contains(provider))?;
            Some(OverlayRefusal::Unknown { pointer: format!("/tariffs/{index}/provider"), code: provider.to_string() })
        };
        self.tariffs.iter().enumerate().filter_map(unknown).collect()
    }

    /// A fault of the compiled rules: of the new period that it is about, or else of the tariffs, which price the periods that
    /// are there.
    fn does_not_compile(&self, at: &str, what: &str) -> OverlayRefusal {
        let of = |new: &NewPeriod| {
            let version = new.period.get("version").and_then(Value::as_str).unwrap_or_default();
            at.starts_with(&format!("{} version {version}", new.methodology))
        };
        let pointer = match self.methodologies.iter().position(of) {
            Some(index) => format!("/methodologies/{index}/period"),
            None => "/tariffs".to_owned(),
        };
        OverlayRefusal::DoesNotCompile { pointer, at: at.to_owned(), what: what.to_owned() }
    }

    fn check(&self, published: &[&Self], base: &Parameters, earliest: NaiveDate) -> Vec<OverlayRefusal> {
        let mut check = Check { overlay: self, published, base, earliest, refusals: Vec::new() };
        if *self == Self::default() {
            check.refusals.push(OverlayRefusal::Empty);
        }
        check.documents();
        check.services();
        check.tariffs();
        check.confirmations();
        check.methodologies();
        check.refusals
    }
}

/// Collects what is wrong with the parts of an overlay.
struct Check<'a> {
    overlay: &'a Overlay,
    published: &'a [&'a Overlay],
    base: &'a Parameters,
    earliest: NaiveDate,
    refusals: Vec<OverlayRefusal>,
}

impl Check<'_> {
    fn documents(&mut self) {
        let mut seen: HashSet<&str> = self.base.documents.ids().collect();
        for (index, document) in self.overlay.documents.iter().enumerate() {
            if !seen.insert(&document.id) {
                self.refusals.push(OverlayRefusal::Duplicate { pointer: format!("/documents/{index}/id") });
            }
        }
    }

    fn source(&mut self, source: &SourceEntry, at: &str) {
        let new = self.overlay.documents.iter().map(|document| document.id.as_str());
        if !self.base.documents.ids().chain(new).any(|id| id == source.document) {
            let (pointer, code) = (format!("{at}/source/document"), source.document.clone());
            self.refusals.push(OverlayRefusal::Unknown { pointer, code });
        }
    }

    fn services(&mut self) {
        let mut seen: HashSet<&str> = self.base.catalogue.services().map(|service| service.code.as_str()).collect();
        for (index, service) in self.overlay.services.iter().enumerate() {
            if !seen.insert(&service.code) {
                self.refusals.push(OverlayRefusal::Duplicate { pointer: format!("/services/{index}/code") });
            }
            for (listing, entry) in service.methodologies.iter().enumerate() {
                self.source(&entry.source, &format!("/services/{index}/methodologies/{listing}"));
            }
        }
    }

    fn unit_of(&self, service: &str) -> Option<Unit> {
        let new = || self.overlay.services.iter().find(|new| new.code == service).map(|new| new.unit);
        self.base.catalogue.find(service).map(|known| known.unit).or_else(new)
    }

    fn days(&mut self, at: &str, from: NaiveDate, to: Option<NaiveDate>) {
        if from < self.earliest {
            let (pointer, earliest) = (format!("{at}/valid_from"), self.earliest);
            self.refusals.push(OverlayRefusal::TooEarly { pointer, earliest });
        }
        if to.is_some_and(|to| to < from) {
            self.refusals.push(OverlayRefusal::EndsBeforeItBegins { pointer: format!("{at}/valid_to") });
        }
    }

    fn tariffs(&mut self) {
        let known = self.base.tariffs.national();
        let mut seen: HashSet<(&str, NaiveDate)> =
            known.map(|known| (known.service.as_str(), known.valid_from)).collect();
        for (index, tariff) in self.overlay.tariffs.iter().enumerate() {
            let at = format!("/tariffs/{index}");
            match self.unit_of(&tariff.service) {
                None => {
                    let (pointer, code) = (format!("{at}/service"), tariff.service.clone());
                    self.refusals.push(OverlayRefusal::Unknown { pointer, code });
                }
                Some(unit) if unit != tariff.unit => {
                    self.refusals.push(OverlayRefusal::OtherUnit { pointer: format!("{at}/unit"), unit });
                }
                Some(_) => {}
            }
            self.days(&at, tariff.valid_from, tariff.valid_to);
            match tariff.target() {
                None => self.refusals.push(OverlayRefusal::Malformed { pointer: format!("{at}/provider") }),
                Some(Target::National) => {
                    if !seen.insert((&tariff.service, tariff.valid_from)) {
                        self.refusals.push(OverlayRefusal::Duplicate { pointer: format!("{at}/valid_from") });
                    }
                }
                Some(target) => self.scoped(index, tariff, target),
            }
            self.source(&tariff.source, &at);
        }
    }

    /// A tariff of a municipality or a provider, against those that stand there before it: one that says its end may not reach into
    /// another.
    fn scoped(&mut self, index: usize, new: &NewTariff, target: Target) {
        let at = format!("/tariffs/{index}");
        let exists = |code| {
            self.base.municipalities.find(code).is_some_and(|known: &Municipality| known.exists_on(new.valid_from))
        };
        if let Some(code) = target.municipality().filter(|code| !exists(*code)) {
            let (pointer, code) = (format!("{at}/municipality"), code.to_string());
            self.refusals.push(OverlayRefusal::Unknown { pointer, code });
        }
        let before = self.published.iter().flat_map(|published| &published.tariffs);
        let before = before.chain(self.overlay.tariffs.iter().take(index));
        let beside = before.filter(|other| {
            other.target() == Some(target) && (&other.service, other.price_kind) == (&new.service, new.price_kind)
        });
        let overlap = |other: &NewTariff| {
            let reaches = |one: &NewTariff, next: &NewTariff| one.valid_to.is_some_and(|to| to >= next.valid_from);
            let (from, pointer) = (other.valid_from, |member: &str| format!("{at}/{member}"));
            if from == new.valid_from {
                Some(OverlayRefusal::Duplicate { pointer: pointer("valid_from") })
            } else if from < new.valid_from {
                reaches(other, new).then(|| OverlayRefusal::Overlaps { pointer: pointer("valid_from"), from })
            } else {
                reaches(new, other).then(|| OverlayRefusal::Overlaps { pointer: pointer("valid_to"), from })
            }
        };
        let overlaps: Vec<OverlayRefusal> = beside.filter_map(overlap).collect();
        self.refusals.extend(overlaps);
    }

    fn confirmations(&mut self) {
        let known = self.base.catalogue.services();
        let mut seen: HashSet<(&str, NaiveDate)> = known
            .flat_map(|service| service.confirmations.iter().map(|known| (service.code.as_str(), known.valid_from)))
            .collect();
        for (index, new) in self.overlay.specialist_confirmations.iter().enumerate() {
            let at = format!("/specialist_confirmations/{index}");
            if self.unit_of(&new.service).is_none() {
                let (pointer, code) = (format!("{at}/service"), new.service.clone());
                self.refusals.push(OverlayRefusal::Unknown { pointer, code });
            }
            self.days(&at, new.valid_from, None);
            if !seen.insert((&new.service, new.valid_from)) {
                self.refusals.push(OverlayRefusal::Duplicate { pointer: format!("{at}/valid_from") });
            }
            self.source(&new.source, &at);
        }
    }

    fn methodologies(&mut self) {
        let mut seen: HashSet<(MethodologyId, String)> = HashSet::new();
        let mut starts: HashSet<(MethodologyId, NaiveDate)> = HashSet::new();
        for &id in MethodologyId::ALL {
            for (version, from) in versions(self.base, id) {
                seen.insert((id, version));
                starts.insert((id, from));
            }
        }
        for (index, new) in self.overlay.methodologies.iter().enumerate() {
            let at = format!("/methodologies/{index}/period");
            let read = match new.read() {
                Ok(read) => read,
                Err(inside) => {
                    self.refusals.push(OverlayRefusal::Malformed { pointer: format!("{at}{inside}") });
                    continue;
                }
            };
            let (version, from, to, months) = read.known();
            self.days(&at, from, to);
            if !seen.insert((new.methodology, version.to_owned())) {
                self.refusals.push(OverlayRefusal::Duplicate { pointer: format!("{at}/version") });
            }
            if !starts.insert((new.methodology, from)) {
                self.refusals.push(OverlayRefusal::Duplicate { pointer: format!("{at}/valid_from") });
            }
            if !(1..=MOST_MONTHS).contains(&months) {
                self.refusals.push(OverlayRefusal::Malformed { pointer: format!("{at}/months") });
            }
        }
    }
}

/// The versions of a methodology, each with the first day of its stretches of time.
fn versions(parameters: &Parameters, id: MethodologyId) -> Vec<(String, NaiveDate)> {
    fn of<P: Period>(periods: &[P], version: impl Fn(&P) -> &str) -> Vec<(String, NaiveDate)> {
        let mut versions: Vec<(String, NaiveDate)> = Vec::new();
        for period in periods {
            // Stretches of one version follow each other: only the first begins it.
            if versions.last().is_none_or(|(last, _)| last != version(period)) {
                versions.push((version(period).to_owned(), period.valid_from()));
            }
        }
        versions
    }
    match id {
        MethodologyId::ChildrenPilot2018 => of(&parameters.pilot.periods, |rules| &rules.version),
        MethodologyId::Children2023 => of(&parameters.children.periods, |rules| &rules.version),
        MethodologyId::Adults2023 => of(&parameters.adults.periods, |rules| &rules.version),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{calculation::CalculationFacts, parameters::ParameterFiles};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn overlay(value: Value) -> Overlay {
        serde_json::from_value(value).unwrap()
    }

    fn tariff(amount: &str, from: &str) -> Value {
        json!({"service": "home_care", "amount": amount, "unit": "hour", "price_kind": "calculated_average", "valid_from": from,
            "source": {"document": "S3", "section": "x"}})
    }

    /// The period of a data file, under another version and from another day.
    fn period(id: MethodologyId, from: &str) -> Value {
        let text = match id {
            MethodologyId::Children2023 => ParameterFiles::EMBEDDED.children_2023,
            MethodologyId::Adults2023 => ParameterFiles::EMBEDDED.adults_2023,
            MethodologyId::ChildrenPilot2018 => ParameterFiles::EMBEDDED.children_pilot_2018,
        };
        let file: Value = serde_saphyr::from_str(text).unwrap();
        let mut period = file["versions"][0].clone();
        (period["version"], period["valid_from"]) = (json!("2"), json!(from));
        period
    }

    fn faults(overlay: &Overlay, published: &[&Overlay]) -> Vec<String> {
        let refusals = overlay.compile(published, day("2024-01-01")).unwrap_err();
        refusals.iter().map(|refusal| format!("{} {}", refusal.code(), refusal.pointer())).collect()
    }

    fn child(date: &str) -> CalculationFacts {
        serde_json::from_value(json!({
            "methodology": "children-2023", "date": date, "birth_date": "2018-01-15", "special_care": true,
            "severity": null, "autism_spectrum": false, "transport_allowance": false, "special_care_benefit": "excluded",
            "criteria": [],
        }))
        .unwrap()
    }

    #[test]
    fn a_tariff_counts_from_its_first_day_and_changes_no_day_before() {
        let embedded = Parameters::embedded().unwrap();
        let new = overlay(json!({"tariffs": [tariff("7.00", "2024-01-01")]}));
        let with = new.compile(&[], day("2024-01-01")).unwrap();
        let result = |parameters: &Parameters, date| child(date).calculate(parameters).unwrap().result(day(date));
        for date in ["2023-01-01", "2023-06-30", "2023-12-31"] {
            assert_eq!(result(&with, date).hash(), result(&embedded, date).hash(), "{date}");
        }
        // 960 hours of home care, or 720: 0.37 EUR more for each.
        let (before, after) = (result(&embedded, "2024-01-01"), result(&with, "2024-01-01"));
        let hours: Vec<_> = after.lines.iter().filter(|line| line.service.as_deref() == Some("home_care")).collect();
        assert!(!hours.is_empty() && hours.iter().all(|line| line.unit_price == Money::from_cents(700)));
        assert!(after.total > before.total);
        assert_eq!(with.tariffs.history("home_care").len(), 2);
    }

    #[test]
    fn a_whole_period_of_each_methodology_compiles_from_json() {
        for &id in MethodologyId::ALL {
            let new = overlay(json!({"methodologies": [{"methodology": id, "period": period(id, "2024-07-01")}]}));
            let with = new.compile(&[], day("2024-01-01")).unwrap();
            assert_eq!(versions(&with, id).last().unwrap(), &("2".to_owned(), day("2024-07-01")), "{id}");
            assert_eq!(overlay(serde_json::to_value(&new).unwrap()), new);
            assert_eq!(
                faults(&new, &[&new]),
                ["duplicate_code /methodologies/0/period/version", "duplicate_code /methodologies/0/period/valid_from"]
            );
        }
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_place() {
        let mut adults = period(MethodologyId::Adults2023, "2024-07-01");
        adults["months"] = json!(0);
        let mut children = period(MethodologyId::Children2023, "2023-07-01");
        children["base_basket"]["baskets"][0]["lines"][0]["service"] = json!("nothing");
        let mut malformed = period(MethodologyId::ChildrenPilot2018, "2024-07-01");
        malformed["provisional"]["full_percent"] = json!("much");
        let broken = overlay(json!({
            "documents": [{"id": "S3", "title": {"lv": "x", "en": "x"}}, {"id": "NEW", "title": {"lv": "x", "en": "x"}}],
            "services": [{"code": "home_care", "name": {"lv": "x", "en": "x"}, "unit": "hour", "form": "individual",
                "targets": ["child"], "group": "social", "payable": true,
                "methodologies": [{"methodology": "children-2023", "source": {"document": "NONE", "section": "x"}}]}],
            "tariffs": [
                {"service": "nothing", "amount": "1.00", "unit": "hour", "price_kind": "market", "valid_from": "2024-01-01",
                    "source": {"document": "NEW", "section": "x"}},
                {"service": "home_care", "amount": "1.00", "unit": "day", "price_kind": "market", "valid_from": "2023-12-31",
                    "valid_to": "2023-12-01", "source": {"document": "NONE", "section": "x"}},
                tariff("7.00", "2024-02-01"), tariff("8.00", "2024-02-01"),
            ],
            "methodologies": [
                {"methodology": "adults-2023", "period": adults}, {"methodology": "children-2023", "period": children},
                {"methodology": "children-pilot-2018", "period": malformed},
            ],
        }));
        let told = faults(&broken, &[]);
        for expected in [
            "duplicate_code /documents/0/id",
            "duplicate_code /services/0/code",
            "unknown_code /services/0/methodologies/0/source/document",
            "unknown_code /tariffs/0/service",
            "other_unit /tariffs/1/unit",
            "date_out_of_range /tariffs/1/valid_from",
            "date_out_of_range /tariffs/1/valid_to",
            "unknown_code /tariffs/1/source/document",
            "duplicate_code /tariffs/3/valid_from",
            "invalid_value /methodologies/0/period/months",
            "date_out_of_range /methodologies/1/period/valid_from",
            "invalid_value /methodologies/2/period/provisional/full_percent",
        ] {
            assert!(told.iter().any(|told| told == expected), "{expected} is missing: {told:#?}");
        }
        assert!(told.iter().any(|told| told == "does_not_compile /methodologies/1/period"), "{told:#?}");
        assert_eq!(faults(&Overlay::default(), &[]), ["required "]);
    }

    #[test]
    fn a_price_that_ends_without_another_leaves_the_rules_without_one() {
        let mut ending = tariff("7.00", "2024-01-01");
        ending["valid_to"] = json!("2024-06-30");
        assert_eq!(faults(&overlay(json!({"tariffs": [ending]})), &[]), ["does_not_compile /tariffs"]);
    }

    #[test]
    fn a_specialist_confirms_from_a_day_on_until_it_is_said_otherwise() {
        let said = |service: &str, required: bool, from: &str| {
            json!({"service": service, "required": required, "valid_from": from,
                "source": {"document": "S3", "section": "x"}})
        };
        let of = |said: &[Value]| overlay(json!({"specialist_confirmations": said}));
        let first = of(&[said("home_care", true, "2024-01-01")]);
        let second = of(&[said("home_care", false, "2024-07-01"), said("specialist", true, "2024-07-01")]);
        let with = second.compile(&[&first], day("2024-07-01")).unwrap();
        let needed = |service: &str, on: &str| with.catalogue.find(service).unwrap().needs_specialist(day(on));
        for (service, on, expected) in [
            ("home_care", "2023-12-31", false),
            ("home_care", "2024-01-01", true),
            ("home_care", "2024-06-30", true),
            ("home_care", "2024-07-01", false),
            ("specialist", "2024-06-30", false),
            ("specialist", "2024-07-01", true),
            ("escort", "2024-07-01", false),
        ] {
            assert_eq!(needed(service, on), expected, "{service} {on}");
        }
        let mut elsewhere = said("nothing", true, "2023-12-31");
        elsewhere["source"]["document"] = json!("NONE");
        let twice = said("escort", true, "2024-02-01");
        assert_eq!(
            faults(&of(&[elsewhere, twice.clone(), twice]), &[]),
            [
                "unknown_code /specialist_confirmations/0/service",
                "date_out_of_range /specialist_confirmations/0/valid_from",
                "unknown_code /specialist_confirmations/0/source/document",
                "duplicate_code /specialist_confirmations/2/valid_from",
            ]
        );
        assert_eq!(faults(&first, &[&first]), ["duplicate_code /specialist_confirmations/0/valid_from"]);
    }

    #[test]
    fn what_is_published_stands_beside_what_is_new() {
        let first = overlay(json!({"tariffs": [tariff("7.00", "2024-01-01")]}));
        let second = overlay(json!({"tariffs": [tariff("8.00", "2024-07-01")]}));
        let both = second.compile(&[&first], day("2024-01-01")).unwrap();
        let amounts: Vec<String> = both.tariffs.history("home_care").iter().map(|t| t.amount.to_string()).collect();
        assert_eq!(amounts, ["6.63", "7.00", "8.00"]);
        assert_eq!(faults(&first, &[&first]), ["duplicate_code /tariffs/0/valid_from"]);
    }

    #[test]
    fn tariffs_of_a_place_stand_beside_those_of_the_country_and_do_not_overlap() {
        let of = |kind: &str, place: &Value, from: &str, to: Option<&str>| {
            let mut tariff = tariff("7.00", from);
            tariff["price_kind"] = json!(kind);
            for (member, value) in place.as_object().unwrap() {
                tariff[member] = value.clone();
            }
            if let Some(to) = to {
                tariff["valid_to"] = json!(to);
            }
            tariff
        };
        let [here, there] = ["0001000", "0002000"].map(|code| json!({"municipality": code}));
        let at = json!({"provider": "018bcfe5-6800-7000-8000-000000000001"});
        let published = overlay(json!({"tariffs": [
            of("delegated", &here, "2024-02-01", Some("2024-06-30")), of("regulated", &here, "2024-02-01", None),
            of("delegated", &at, "2024-02-01", None),
        ]}));
        let embedded = Parameters::embedded().unwrap();
        let with = published.compile(&[], day("2024-01-01")).unwrap();
        // No calculation counts with them: not a stretch of the rules is another.
        assert_eq!(with.children.periods.len(), embedded.children.periods.len());
        for date in ["2024-01-31", "2024-02-01", "2024-07-01"] {
            let result = |parameters: &Parameters| child(date).calculate(parameters).unwrap().result(day(date)).hash();
            assert_eq!(result(&with), result(&embedded), "{date}");
        }
        assert_eq!(overlay(serde_json::to_value(&published).unwrap()), published);
        for (new, expected) in [
            (of("delegated", &here, "2024-06-30", None), &["tariff_overlaps /tariffs/0/valid_from"][..]),
            (of("delegated", &here, "2024-07-01", None), &[]),
            (of("delegated", &here, "2024-01-01", Some("2024-02-01")), &["tariff_overlaps /tariffs/0/valid_to"]),
            (of("delegated", &here, "2024-01-01", None), &[]),
            (of("delegated", &here, "2024-02-01", None), &["duplicate_code /tariffs/0/valid_from"]),
            // Another kind, place or target is another tariff; one without an end ends where the next begins.
            (of("market", &here, "2024-03-01", None), &[]),
            (of("delegated", &there, "2024-03-01", None), &[]),
            (of("regulated", &here, "2024-03-01", None), &[]),
            (of("delegated", &at, "2024-03-01", None), &[]),
            (
                of("delegated", &json!({"municipality": "9999999"}), "2024-03-01", None),
                &["unknown_code /tariffs/0/municipality"],
            ),
            (
                of("delegated", &json!({"municipality": "0001000", "provider": at["provider"]}), "2024-03-01", None),
                &["invalid_value /tariffs/0/provider"],
            ),
        ] {
            let new_one = overlay(json!({"tariffs": [new.clone()]}));
            let told = new_one.compile(&[&published], day("2024-01-01"));
            let told: Vec<String> =
                told.err().into_iter().flatten().map(|told| format!("{} {}", told.code(), told.pointer())).collect();
            assert_eq!(told, expected, "{new}");
        }
        // The same within one content.
        let twice = overlay(json!({"tariffs": [
            of("delegated", &there, "2024-02-01", Some("2024-06-30")), of("delegated", &there, "2024-06-01", None),
        ]}));
        assert_eq!(faults(&twice, &[]), ["tariff_overlaps /tariffs/1/valid_from"]);
        assert_eq!(published.of_unknown_providers(&BTreeSet::new()).len(), 1);
        assert_eq!(published.of_unknown_providers(&published.providers()), []);
        let next = overlay(json!({"tariffs": [of("regulated", &here, "2024-03-01", None)]}));
        let both = next.compile(&[&published], day("2024-01-01")).unwrap();
        let ends = both.tariffs.scoped("home_care").filter(|tariff| tariff.price_kind == PriceKind::Regulated);
        let ends: Vec<_> = ends.map(|tariff| (tariff.valid_from, tariff.valid_to)).collect();
        assert_eq!(ends, [(day("2024-02-01"), Some(day("2024-02-29"))), (day("2024-03-01"), None)]);
    }
}
