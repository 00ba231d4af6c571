//! What stored data is counted by [domain 8.3]: by the place for everything, by more where more is recorded.
//!
//! **Decision**: not by the size of a municipality (to 4,000 people, to 10,000, over 10,000, national development centre): the sources
//! do not tell how many people live where, and centres, which the kind of a municipality would tell, lie across regions, so that
//! small municipalities could be found as the rest of both. Services that were delivered are told by more:
//! [`crate::service_statistics`].

use crate::{
    access::MunicipalityCode,
    parameters::{catalogue::names, municipalities::Municipalities},
    suppression::Group,
};

names! {
    /// Where: what all stored data can be counted by.
    PlaceDimension {
        /// Municipality, by its ATVK code.
        Municipality = "municipality",
        /// Planning region.
        Region = "region",
    }
}

impl PlaceDimension {
    /// The group that a municipality is of, by its published name; by its code where it is not known.
    #[must_use]
    pub fn group(self, code: MunicipalityCode, municipalities: &Municipalities) -> Group {
        let region =
            municipalities.find(code).map_or_else(|| code.to_string(), |known| known.planning_region.to_string());
        match self {
            Self::Municipality => Group { within: Some(region), name: code.to_string() },
            Self::Region => Group::named(region),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_municipality_is_of_a_region() {
        let municipalities = Municipalities::embedded().unwrap();
        let group = |of: PlaceDimension, code: &str| of.group(code.parse().unwrap(), &municipalities);
        let own = Group { within: Some("riga".to_owned()), name: "0001000".to_owned() };
        assert_eq!(group(PlaceDimension::Municipality, "0001000"), own);
        assert_eq!(group(PlaceDimension::Region, "0001000"), Group::named("riga"));
        assert_eq!(group(PlaceDimension::Region, "9999999"), Group::named("9999999"));
    }
}
