//! What stored data is counted by [domain 8.3]: by the place for everything, by more where more is recorded.

use crate::{
    access::MunicipalityCode,
    parameters::{catalogue::names, municipalities::Municipalities},
};

names! {
    /// Where: what all stored data can be counted by.
    PlaceDimension {
        /// Municipality, by its ATVK code.
        Municipality = "municipality",
        /// Planning region.
        Region = "region",
        /// Kind of municipality.
        MunicipalityKind = "municipality_kind",
    }
}

impl PlaceDimension {
    /// The published name of the group that a municipality is of; its code where it is not known.
    #[must_use]
    pub fn group(self, code: MunicipalityCode, municipalities: &Municipalities) -> String {
        let known = municipalities.find(code);
        match (self, known) {
            (Self::Region, Some(known)) => known.planning_region.to_string(),
            (Self::MunicipalityKind, Some(known)) => known.kind.to_string(),
            (Self::Municipality, _) | (_, None) => code.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_municipality_is_of_a_region_and_of_a_kind() {
        let municipalities = Municipalities::embedded().unwrap();
        let group = |of: PlaceDimension, code: &str| of.group(code.parse().unwrap(), &municipalities);
        assert_eq!(group(PlaceDimension::Municipality, "0001000"), "0001000");
        assert_eq!(group(PlaceDimension::Region, "0001000"), "riga");
        assert_eq!(group(PlaceDimension::MunicipalityKind, "0001000"), "state_city");
        assert_eq!(group(PlaceDimension::Region, "9999999"), "9999999");
    }
}
