//! The closed sets of the domain as schemas of the contract: each lists just the members that the domain has.

use std::borrow::Cow;

use balsts_domain::{adults, children, eligibility, lines, parameters::{catalogue, tariffs}};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

macro_rules! named {
    ($($(#[$doc:meta])* $name:ident = $domain:ty: $members:expr;)+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $domain);

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let members: Vec<&str> = $members.iter().map(|member| member.as_str()).collect();
                ObjectBuilder::new().schema_type(Type::String).enum_values(Some(members)).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )+ };
}

named! {
    /// Severity of the functional limitation.
    Severity = children::Severity: children::Severity::ALL;
    /// Where respite is given.
    RespiteForm = children::RespiteForm: children::RespiteForm::ALL;
    /// A service of the hearing rehabilitation plan.
    HearingService = children::HearingService: children::HearingService::ALL;
    /// Type of residence; the identifiers are not confirmed by a source.
    LivingArrangement = adults::LivingArrangement: adults::LivingArrangement::ALL;
    /// An additional need of an adult.
    AdditionalNeed = adults::Need: adults::Need::ALL;
    /// What a volume is counted in.
    Unit = catalogue::Unit: catalogue::Unit::ALL;
    /// Alone or with others.
    ServiceForm = catalogue::Form: catalogue::Form::ALL;
    /// Whom a service is for.
    ServiceTarget = catalogue::Target: catalogue::Target::ALL;
    /// The group of a service in statistics.
    ServiceGroup = catalogue::ServiceGroup: catalogue::ServiceGroup::ALL;
    /// A type of functional impairment.
    Impairment = catalogue::Impairment: catalogue::Impairment::ALL;
    /// A methodology of the model.
    Methodology = catalogue::MethodologyId: catalogue::MethodologyId::ALL;
    /// Whether a yearly volume binds or is an average.
    YearlyVolumeKind = catalogue::YearlyKind: catalogue::YearlyKind::ALL;
    /// For whom a yearly volume holds.
    YearlyVolumeCondition = catalogue::YearlyCondition: catalogue::YearlyCondition::ALL;
    /// What the disability commission has determined.
    DisabilityGroup = eligibility::DisabilityGroup: eligibility::DisabilityGroup::ALL;
    /// How a price comes about.
    PriceKind = tariffs::PriceKind: tariffs::PriceKind::ALL;
    /// Where a price holds.
    TariffScope = tariffs::Scope: tariffs::Scope::ALL;
    /// Who pays a line.
    Funding = lines::Funding: lines::Funding::ALL;
}
