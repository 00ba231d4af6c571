//! The total budget of a child: which source pays how much of the needed amount [S0 §3.3, annex 10].

use serde::{Deserialize, Serialize};

use crate::{
    bounds,
    money::Money,
    parameters::catalogue::names,
    text::{Message, Refusal},
};

/// The funding variants of the pilot: which source pays first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum MixVariant {
    /// Variant 1: the project, then existing benefits; existing services don't count.
    ProjectThenBenefits,
    /// Variant 2, chosen for the pilot: the project, then existing services and benefits.
    ProjectThenExisting,
    /// Variant 3: existing services and benefits, then the project.
    ExistingThenProject,
}

impl MixVariant {
    /// The number of the variant in the methodology.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::ProjectThenBenefits => 1,
            Self::ProjectThenExisting => 2,
            Self::ExistingThenProject => 3,
        }
    }

    /// The order in which the sources pay. **Decision**: parents' and other money may top up in every variant, last;
    /// and where the methodology names services and benefits together, services come first.
    #[must_use]
    pub const fn order(self) -> &'static [MixSource] {
        use MixSource::{ExistingBenefits, ExistingServices, Other, Project};
        match self {
            Self::ProjectThenBenefits => &[Project, ExistingBenefits, Other],
            Self::ProjectThenExisting => &[Project, ExistingServices, ExistingBenefits, Other],
            Self::ExistingThenProject => &[ExistingServices, ExistingBenefits, Project, Other],
        }
    }
}

/// The methodology has no variant of that number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1, 2 or 3")]
pub struct NoSuchVariant;

impl TryFrom<u8> for MixVariant {
    type Error = NoSuchVariant;

    fn try_from(number: u8) -> Result<Self, NoSuchVariant> {
        match number {
            1 => Ok(Self::ProjectThenBenefits),
            2 => Ok(Self::ProjectThenExisting),
            3 => Ok(Self::ExistingThenProject),
            _ => Err(NoSuchVariant),
        }
    }
}

impl From<MixVariant> for u8 {
    fn from(variant: MixVariant) -> Self {
        variant.number()
    }
}

names! {
    /// A source of money for the services of a plan.
    MixSource {
        /// The pilot project: the final budget.
        Project = "project",
        /// State and municipal services that the child gets already and that are in the plan.
        ExistingServices = "existing_services",
        /// State and municipal benefits that the child gets already and that are in the plan.
        ExistingBenefits = "existing_benefits",
        /// Parents and others.
        Other = "other",
    }
}

/// What each source could pay, for one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FundingMixInput {
    /// The funding variant.
    pub variant: MixVariant,
    /// Final budget of the project, EUR.
    pub final_budget: Money,
    /// Needed budget, EUR.
    pub needed: Money,
    /// Existing services in the plan, EUR.
    pub existing_services: Money,
    /// Existing benefits in the plan, EUR.
    pub existing_benefits: Money,
    /// What parents and others can add, EUR.
    pub other: Money,
}

/// What each source pays. `total` is their sum and never above needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FundingMix {
    /// The funding variant.
    pub variant: MixVariant,
    /// Paid by the project, EUR.
    pub project: Money,
    /// Paid as existing services, EUR.
    pub existing_services: Money,
    /// Paid from existing benefits, EUR.
    pub existing_benefits: Money,
    /// Existing services and benefits together, EUR.
    pub existing: Money,
    /// Paid by parents and others, EUR.
    pub other: Money,
    /// Total budget (IB kopējais apmērs), EUR.
    pub total: Money,
    /// What is needed and nobody pays, EUR.
    pub unmet: Money,
}

impl FundingMix {
    /// The sentence that explains the order of the sources.
    #[must_use]
    pub fn explanation(&self) -> Message {
        let key = match self.variant {
            MixVariant::ProjectThenBenefits => "funding-mix-variant-1",
            MixVariant::ProjectThenExisting => "funding-mix-variant-2",
            MixVariant::ExistingThenProject => "funding-mix-variant-3",
        };
        Message::new(key).with("total", self.total).with("unmet", self.unmet)
    }
}

/// Why no mix can be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FundingMixRefusal {
    /// An amount is negative or too large.
    AmountInvalid {
        /// The member of the input.
        field: &'static str,
    },
}

impl Refusal for FundingMixRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::AmountInvalid { .. } => "invalid_amount",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::AmountInvalid { field } => format!("/{field}"),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::AmountInvalid { .. } => Message::new("funding-mix-amount-invalid"),
        }
    }
}

/// The total budget by source: each source in the variant's order pays what the earlier ones leave, as far as it can
/// [S0 §3.3].
///
/// # Errors
/// Every amount that is negative or too large.
pub fn funding_mix(input: &FundingMixInput) -> Result<FundingMix, Vec<FundingMixRefusal>> {
    let faults: Vec<FundingMixRefusal> = [
        ("final", input.final_budget),
        ("needed", input.needed),
        ("existing_services", input.existing_services),
        ("existing_benefits", input.existing_benefits),
        ("other", input.other),
    ]
    .into_iter()
    .filter(|(_, amount)| !bounds::accepted(*amount))
    .map(|(field, _)| FundingMixRefusal::AmountInvalid { field })
    .collect();
    if !faults.is_empty() {
        return Err(faults);
    }

    let mut mix = FundingMix {
        variant: input.variant,
        project: Money::ZERO,
        existing_services: Money::ZERO,
        existing_benefits: Money::ZERO,
        existing: Money::ZERO,
        other: Money::ZERO,
        total: Money::ZERO,
        unmet: input.needed,
    };
    for source in input.variant.order() {
        let (can_pay, pays) = match source {
            MixSource::Project => (input.final_budget, &mut mix.project),
            MixSource::ExistingServices => (input.existing_services, &mut mix.existing_services),
            MixSource::ExistingBenefits => (input.existing_benefits, &mut mix.existing_benefits),
            MixSource::Other => (input.other, &mut mix.other),
        };
        *pays = can_pay.min(mix.unmet);
        mix.unmet = mix.unmet - *pays;
        mix.total += *pays;
    }
    mix.existing = mix.existing_services + mix.existing_benefits;
    Ok(mix)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    const GOLDEN: &str = include_str!("../../../../tests/golden/pilot-funding.json");
    const VARIANTS: [MixVariant; 3] =
        [MixVariant::ProjectThenBenefits, MixVariant::ProjectThenExisting, MixVariant::ExistingThenProject];

    #[test]
    fn every_row_of_the_golden_table_comes_out() {
        let rows: Vec<Value> = serde_json::from_str(GOLDEN).unwrap();
        assert_eq!(rows.len(), 15);
        for row in rows {
            let money = |name: &str| Money::parse(row[name].as_str().unwrap()).unwrap();
            let mix = funding_mix(&FundingMixInput {
                variant: serde_json::from_value(row["variant"].clone()).unwrap(),
                final_budget: money("final"),
                needed: money("needed"),
                existing_services: money("existing_services"),
                existing_benefits: money("existing_benefits"),
                other: money("other"),
            })
            .unwrap();
            for (name, amount) in
                [("project", mix.project), ("existing", mix.existing), ("total", mix.total), ("unmet", mix.unmet)]
            {
                assert_eq!(row["expect"][name], amount.to_string(), "{name} of {row}");
            }
        }
    }

    #[test]
    fn sources_pay_in_the_order_of_the_variant_and_others_last() {
        let cents = Money::from_cents;
        for (variant, needed, expected) in [
            (MixVariant::ProjectThenBenefits, 100, [40, 0, 20, 10]),
            (MixVariant::ProjectThenExisting, 100, [40, 30, 20, 10]),
            (MixVariant::ExistingThenProject, 100, [40, 30, 20, 10]),
            (MixVariant::ProjectThenBenefits, 65, [40, 0, 20, 5]),
            (MixVariant::ProjectThenExisting, 75, [40, 30, 5, 0]),
            (MixVariant::ExistingThenProject, 75, [25, 30, 20, 0]),
            (MixVariant::ExistingThenProject, 0, [0, 0, 0, 0]),
        ] {
            let mix = funding_mix(&FundingMixInput {
                variant,
                final_budget: cents(40),
                needed: cents(needed),
                existing_services: cents(30),
                existing_benefits: cents(20),
                other: cents(15),
            })
            .unwrap();
            let other = if needed == 100 && variant == MixVariant::ProjectThenBenefits { 15 } else { expected[3] };
            let paid = [mix.project, mix.existing_services, mix.existing_benefits, mix.other];
            assert_eq!(paid, [cents(expected[0]), cents(expected[1]), cents(expected[2]), cents(other)], "{variant:?}");
        }
    }

    #[test]
    fn variants_are_numbers_in_json() {
        for variant in VARIANTS {
            let json = serde_json::to_string(&variant).unwrap();
            assert_eq!(json, variant.number().to_string());
            assert_eq!(serde_json::from_str::<MixVariant>(&json).unwrap(), variant);
        }
        assert!(serde_json::from_str::<MixVariant>("4").is_err());
    }

    #[test]
    fn negative_amounts_are_refused_all_at_once() {
        let minus = Money::from_cents(-1);
        let faults = funding_mix(&FundingMixInput {
            variant: MixVariant::ProjectThenExisting,
            final_budget: minus,
            needed: Money::ZERO,
            existing_services: Money::ZERO,
            existing_benefits: Money::ZERO,
            other: minus,
        })
        .unwrap_err();
        assert_eq!(faults.iter().map(Refusal::pointer).collect::<Vec<_>>(), ["/final", "/other"]);
        assert!(faults.iter().all(|f| f.code() == "invalid_amount" && f.message().key == "funding-mix-amount-invalid"));
    }

    proptest! {
        #[test]
        fn no_source_pays_more_than_it_has_and_the_total_is_never_above_needed(
            variant in prop::sample::select(VARIANTS.to_vec()),
            amounts in prop::array::uniform5(0_i64..500_000),
        ) {
            let [final_budget, needed, existing_services, existing_benefits, other] = amounts.map(Money::from_cents);
            let input =
                FundingMixInput { variant, final_budget, needed, existing_services, existing_benefits, other };
            let mix = funding_mix(&input).unwrap();
            prop_assert!(mix.project <= final_budget && mix.existing_services <= existing_services);
            prop_assert!(mix.existing_benefits <= existing_benefits && mix.other <= other);
            prop_assert_eq!(mix.total, mix.project + mix.existing + mix.other);
            prop_assert_eq!(mix.total + mix.unmet, needed);
        }
    }
}
