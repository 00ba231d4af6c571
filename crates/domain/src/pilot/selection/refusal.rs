//! What is wrong with the input of a selection.

use std::collections::{HashMap, HashSet};

use super::{PilotApplication, SelectionParameters};
use crate::text::{Message, Refusal};

/// Why no selection can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectionRefusal {
    /// A code is there twice.
    DuplicateCode {
        /// Position of the later application.
        application: usize,
        /// The code.
        code: String,
    },
    /// A municipality is in two regions.
    RegionConflict {
        /// Position of the application that differs from an earlier one.
        application: usize,
        /// The municipality.
        municipality: String,
    },
    /// An age group is empty, overlaps the one before it or comes before it.
    AgeGroupInvalid {
        /// Position of the age group.
        group: usize,
    },
    /// An impairment has two quotas.
    DuplicateImpairment {
        /// Position of the later quota.
        quota: usize,
    },
    /// The quotas of the impairments add up to more than 100 percent.
    QuotasAboveHundred,
}

impl Refusal for SelectionRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::DuplicateCode { .. } => "duplicate_code",
            Self::RegionConflict { .. } => "region_conflict",
            Self::AgeGroupInvalid { .. } => "invalid_age_group",
            Self::DuplicateImpairment { .. } => "duplicate_impairment",
            Self::QuotasAboveHundred => "percent_out_of_range",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::DuplicateCode { application, .. } => format!("/applications/{application}/code"),
            Self::RegionConflict { application, .. } => format!("/applications/{application}/region"),
            Self::AgeGroupInvalid { group } => format!("/parameters/age_groups/{group}"),
            Self::DuplicateImpairment { quota } => format!("/parameters/impairments/{quota}"),
            Self::QuotasAboveHundred => "/parameters/impairments".to_owned(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::DuplicateCode { code, .. } => Message::new("selection-duplicate-code").with("code", code),
            Self::RegionConflict { municipality, .. } => {
                Message::new("selection-region-conflict").with("municipality", municipality)
            }
            Self::AgeGroupInvalid { .. } => Message::new("selection-age-group-invalid"),
            Self::DuplicateImpairment { .. } => Message::new("selection-duplicate-impairment"),
            Self::QuotasAboveHundred => Message::new("selection-quotas-above-hundred"),
        }
    }
}

/// Everything that is wrong with the applications and the parameters.
pub(super) fn check(
    applications: &[PilotApplication],
    parameters: &SelectionParameters,
) -> Result<(), Vec<SelectionRefusal>> {
    let mut faults = Vec::new();
    let mut codes = HashSet::new();
    let mut regions = HashMap::new();
    for (index, application) in applications.iter().enumerate() {
        if !codes.insert(application.code.as_str()) {
            faults.push(SelectionRefusal::DuplicateCode { application: index, code: application.code.clone() });
        }
        let region = regions.entry(application.municipality.as_str()).or_insert(&application.region);
        if *region != &application.region {
            let municipality = application.municipality.clone();
            faults.push(SelectionRefusal::RegionConflict { application: index, municipality });
        }
    }

    let mut youngest = 0;
    for (index, target) in parameters.age_groups.iter().enumerate() {
        if target.group.from < youngest || target.group.to < target.group.from {
            faults.push(SelectionRefusal::AgeGroupInvalid { group: index });
        }
        youngest = target.group.to.saturating_add(1);
    }
    let mut impairments = HashSet::new();
    for (index, quota) in parameters.impairments.iter().enumerate() {
        if !impairments.insert(quota.impairment) {
            faults.push(SelectionRefusal::DuplicateImpairment { quota: index });
        }
    }
    if parameters.impairments.iter().map(|quota| u64::from(quota.percent)).sum::<u64>() > 100 {
        faults.push(SelectionRefusal::QuotasAboveHundred);
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}
