//! The variable criteria (mainīgie kritēriji) that the social worker has identified for a child.

use arrayvec::ArrayVec;
use serde::{Deserialize, Serialize};

use super::{Criterion, HearingService, RespiteForm};
use crate::money::Money;

/// Some of the six services of the hearing rehabilitation plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<HearingService>", into = "Vec<HearingService>")]
pub struct HearingServices(u8);

impl From<Vec<HearingService>> for HearingServices {
    fn from(services: Vec<HearingService>) -> Self {
        services.into_iter().collect()
    }
}

impl From<HearingServices> for Vec<HearingService> {
    fn from(services: HearingServices) -> Self {
        HearingService::ALL.iter().copied().filter(|service| services.contains(*service)).collect()
    }
}

impl HearingServices {
    /// All six.
    #[must_use]
    pub fn all() -> Self {
        HearingService::ALL.iter().copied().collect()
    }

    const fn bit(service: HearingService) -> u8 {
        match service {
            HearingService::SignLanguageTraining => 1,
            HearingService::CommunicationSkills => 2,
            HearingService::AdaptationTraining => 4,
            HearingService::SocialProblemHelp => 8,
            HearingService::SignInterpreterCommunication => 16,
            HearingService::SignInterpreterEducation => 32,
        }
    }

    /// Whether a service is among them.
    #[must_use]
    pub const fn contains(self, service: HearingService) -> bool {
        self.0 & Self::bit(service) != 0
    }
}

impl FromIterator<HearingService> for HearingServices {
    fn from_iter<I: IntoIterator<Item = HearingService>>(services: I) -> Self {
        Self(services.into_iter().fold(0, |bits, service| bits | Self::bit(service)))
    }
}

/// A criterion as the social worker names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "criterion", rename_all = "snake_case")]
pub enum NamedCriterion {
    /// A parent works or studies.
    ParentalEmployment,
    /// Care and upbringing difficulties.
    UpbringingSupport,
    /// Palliative status.
    PalliativeCare,
    /// Psychological support of the parents.
    ParentPsychology,
    /// Respite in one of its forms.
    Respite {
        /// Where respite is given.
        form: RespiteForm,
    },
    /// Psychological support of the child.
    ChildPsychology,
    /// Specialist consultations.
    SpecialistSupport,
    /// Vision rehabilitation.
    VisionSupport {
        /// With a guide dog.
        guide_dog: bool,
    },
    /// Hearing rehabilitation, the services that the plan names.
    HearingSupport {
        /// The services.
        services: HearingServices,
    },
    /// Mobility, with a lower amount than the ceiling where one is given.
    Mobility {
        /// EUR for the period.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
    },
}

impl NamedCriterion {
    /// Which criterion it is.
    #[must_use]
    pub const fn criterion(&self) -> Criterion {
        match self {
            Self::ParentalEmployment => Criterion::ParentalEmployment,
            Self::UpbringingSupport => Criterion::UpbringingSupport,
            Self::PalliativeCare => Criterion::PalliativeCare,
            Self::ParentPsychology => Criterion::ParentPsychology,
            Self::Respite { .. } => Criterion::Respite,
            Self::ChildPsychology => Criterion::ChildPsychology,
            Self::SpecialistSupport => Criterion::SpecialistSupport,
            Self::VisionSupport { .. } => Criterion::VisionSupport,
            Self::HearingSupport { .. } => Criterion::HearingSupport,
            Self::Mobility { .. } => Criterion::Mobility,
        }
    }
}

/// How many criteria a calculation may name at most: more cannot all be different.
pub const MOST_CRITERIA: usize = 10;

/// The identified criteria, in the order in which they were named.
pub type Criteria = ArrayVec<NamedCriterion, MOST_CRITERIA>;
