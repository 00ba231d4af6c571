//! The municipalities, as the classification of administrative territories knows them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    Faults, ParameterFiles,
    documents::{Documents, Source, SourceEntry},
};
use crate::{access::MunicipalityCode, parameters::catalogue::names, text::Text};

names! {
    /// What kind of municipality it is.
    MunicipalityKind {
        /// Valstspilsēta.
        StateCity = "state_city",
        /// Novads.
        Municipality = "municipality",
    }
}

names! {
    /// A planning region (plānošanas reģions).
    PlanningRegion {
        /// Kurzemes plānošanas reģions.
        Kurzeme = "kurzeme",
        /// Latgales plānošanas reģions.
        Latgale = "latgale",
        /// Rīgas plānošanas reģions.
        Riga = "riga",
        /// Vidzemes plānošanas reģions.
        Vidzeme = "vidzeme",
        /// Zemgales plānošanas reģions.
        Zemgale = "zemgale",
    }
}

/// The data file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MunicipalitiesFile {
    source: SourceEntry,
    planning_region_source: SourceEntry,
    municipalities: Vec<MunicipalityEntry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct MunicipalityEntry {
    code: String,
    name: Text,
    kind: MunicipalityKind,
    planning_region: PlanningRegion,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
}

/// A municipality (pašvaldība).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Municipality {
    /// Its ATVK code.
    pub code: MunicipalityCode,
    /// Name.
    pub name: Text,
    /// What kind it is.
    pub kind: MunicipalityKind,
    /// The planning region that it lies in.
    pub planning_region: PlanningRegion,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; `None` while it exists.
    pub valid_to: Option<NaiveDate>,
}

impl Municipality {
    /// Whether it exists on a day.
    #[must_use]
    pub fn exists_on(&self, date: NaiveDate) -> bool {
        self.valid_from <= date && !self.has_ended_on(date)
    }

    /// Whether a day is after its last.
    #[must_use]
    pub fn has_ended_on(&self, date: NaiveDate) -> bool {
        self.valid_to.is_some_and(|last| last < date)
    }
}

/// All municipalities, by code.
#[derive(Debug, Clone)]
pub struct Municipalities {
    by_code: BTreeMap<MunicipalityCode, Municipality>,
    /// Where the codes and names stand.
    pub source: Source,
    /// Where the planning regions stand.
    pub planning_region_source: Source,
}

impl Municipalities {
    /// Parses and checks the file that is compiled in.
    ///
    /// # Errors
    /// [`Faults`] lists everything that is wrong with it; the tests see to it that nothing is.
    pub fn embedded() -> Result<Self, Faults> {
        let files = &ParameterFiles::EMBEDDED;
        let mut faults = Faults::default();
        let documents = Documents::new(faults.parse("documents.yaml", files.documents));
        let file = faults.parse_one("municipalities.yaml", files.municipalities);
        let municipalities = file.and_then(|file| Self::new(file, &documents, &mut faults));
        municipalities.filter(|_| faults.list().is_empty()).ok_or(faults)
    }

    pub(super) fn new(file: MunicipalitiesFile, documents: &Documents, faults: &mut Faults) -> Option<Self> {
        let mut by_code = BTreeMap::new();
        for entry in file.municipalities {
            let at = format!("municipality {}", entry.code);
            let Ok(code) = entry.code.parse() else {
                faults.add(&at, "the code has not seven digits");
                continue;
            };
            if entry.name.lv.is_empty() || entry.name.en.is_empty() {
                faults.add(&at, "has no name");
            }
            if entry.valid_to.is_some_and(|to| to < entry.valid_from) {
                faults.add(&at, "ends before it begins");
            }
            let municipality = Municipality {
                code,
                name: entry.name,
                kind: entry.kind,
                planning_region: entry.planning_region,
                valid_from: entry.valid_from,
                valid_to: entry.valid_to,
            };
            if by_code.insert(code, municipality).is_some() {
                faults.add(&at, "stands twice");
            }
        }
        let source = documents.resolve(&file.source);
        let planning_region_source = documents.resolve(&file.planning_region_source);
        if source.is_none() || planning_region_source.is_none() {
            faults.add("municipalities.yaml", "no such document");
        }
        Some(Self { by_code, source: source?, planning_region_source: planning_region_source? })
    }

    /// A municipality by its code.
    #[must_use]
    pub fn find(&self, code: MunicipalityCode) -> Option<&Municipality> {
        self.by_code.get(&code)
    }

    /// All of them, those that have ended as well, in order of their codes.
    pub fn all(&self) -> impl Iterator<Item = &Municipality> {
        self.by_code.values()
    }

    /// Those that exist on a day, in order of their codes.
    pub fn on(&self, date: NaiveDate) -> impl Iterator<Item = &Municipality> {
        self.all().filter(move |municipality| municipality.exists_on(date))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Parameters;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn faults(from: &str, to: &str) -> Vec<String> {
        let municipalities = ParameterFiles::EMBEDDED.municipalities.replacen(from, to, 1);
        assert_ne!(municipalities, ParameterFiles::EMBEDDED.municipalities, "{from}");
        let files = ParameterFiles { municipalities: &municipalities, ..ParameterFiles::EMBEDDED };
        Parameters::parse(&files).unwrap_err().list().to_vec()
    }

    #[test]
    fn there_are_43_of_which_two_became_one_in_2025() {
        let municipalities = Municipalities::embedded().unwrap();
        assert_eq!(municipalities.on(day("2021-06-30")).count(), 0);
        for date in ["2021-07-01", "2025-06-30"] {
            assert_eq!(municipalities.on(day(date)).count(), 43, "{date}");
        }
        assert_eq!(municipalities.on(day("2025-07-01")).count(), 42);
        let codes = |date| -> Vec<&str> {
            let on = municipalities.on(day(date));
            on.map(|known| known.code.as_str()).filter(|code| ["0038", "0055"].contains(&&code[..4])).collect()
        };
        assert_eq!(codes("2025-06-30"), ["0038000", "0055000"]);
        assert_eq!(codes("2025-07-01"), ["0038001"]);
    }

    #[test]
    fn seven_are_state_cities_and_each_region_has_its_own() {
        let municipalities = Municipalities::embedded().unwrap();
        let count = |fits: fn(&&Municipality) -> bool| municipalities.on(day("2026-01-01")).filter(fits).count();
        assert_eq!(count(|known| known.kind == MunicipalityKind::StateCity), 7);
        assert_eq!(count(|known| known.planning_region == PlanningRegion::Kurzeme), 8);
        assert_eq!(count(|known| known.planning_region == PlanningRegion::Latgale), 9);
        assert_eq!(count(|known| known.planning_region == PlanningRegion::Riga), 9);
        assert_eq!(count(|known| known.planning_region == PlanningRegion::Vidzeme), 10);
        assert_eq!(count(|known| known.planning_region == PlanningRegion::Zemgale), 6);
    }

    #[test]
    fn a_broken_file_is_told_of() {
        for (from, to, fault) in [
            ("\"0001000\"", "\"1000\"", "municipality 1000: the code has not seven digits"),
            ("\"0002000\"", "\"0001000\"", "municipality 0001000: stands twice"),
            ("lv: \"Rīga\"", "lv: \"\"", "municipality 0001000: has no name"),
            ("valid_to: 2025-06-30", "valid_to: 2021-06-30", "municipality 0038000: ends before it begins"),
            ("document: MK379", "document: MK000", "municipalities.yaml: no such document"),
        ] {
            assert_eq!(faults(from, to), [fault]);
        }
        assert!(faults("kind: state_city", "kind: parish")[0].starts_with("municipalities.yaml: "));
    }
}
