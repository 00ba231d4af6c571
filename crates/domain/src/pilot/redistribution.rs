//! Redistribution: how the money that some children don't need goes to those whose plan costs more [S0 §3.2].
//!
//! **Decision**: the source says "those with a larger needed amount get proportionally more". So the share of a child
//! is `surplus x needed / sum of the needed amounts of all short children`, never above the child's own shortfall; what
//! a cap frees is shared again among the rest until nothing is left or all are covered. Cents go to the largest
//! remainders, equal remainders in the order of the input.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{
    bounds,
    money::Money,
    proportion::{Part, share},
    text::{Message, Refusal},
};

/// One child of the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedistributionChild {
    /// The child's pseudonymous code, unique in the input.
    pub id: String,
    /// Provisional budget of the period in EUR, whole cents.
    pub provisional: Money,
    /// Needed budget of the period in EUR, whole cents.
    pub needed: Money,
}

/// All children of a period, when all plans are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedistributionInput {
    /// The children. Their order decides between equal remainders.
    pub children: Vec<RedistributionChild>,
    /// What the previous period left unspent, in EUR, whole cents; zero for the first period.
    pub unspent: Money,
}

/// What redistribution gives one child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinalBudget {
    /// The child's code.
    pub id: String,
    /// Provisional budget, EUR.
    pub provisional: Money,
    /// Needed budget, EUR.
    pub needed: Money,
    /// Share of the surplus, EUR.
    pub share: Money,
    /// Final budget (IB galīgais apmērs), EUR: needed, or provisional and the share; never above needed.
    #[serde(rename = "final")]
    pub final_budget: Money,
    /// What is needed beyond the final budget, EUR.
    pub unmet: Money,
}

impl FinalBudget {
    /// The sentence that explains the final budget.
    #[must_use]
    pub fn explanation(&self) -> Message {
        let key = if self.needed <= self.provisional {
            "redistribution-needed-covered"
        } else if self.unmet.is_zero() {
            "redistribution-shortfall-covered"
        } else {
            "redistribution-shortfall-shared"
        };
        Message::new(key)
            .with("provisional", self.provisional)
            .with("needed", self.needed)
            .with("share", self.share)
            .with("final", self.final_budget)
            .with("unmet", self.unmet)
    }
}

/// The outcome for all children. `surplus = distributed + left_over`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redistribution {
    /// One entry for each child, in the order of the input.
    pub children: Vec<FinalBudget>,
    /// The money available: all provisional budgets and what the previous period left, EUR.
    pub available: Money,
    /// What was there to share: provisional money that is not needed, and what the previous period left, EUR.
    pub surplus: Money,
    /// What was shared, EUR.
    pub distributed: Money,
    /// What nobody needs, EUR.
    pub left_over: Money,
}

/// Why amounts can't be redistributed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedistributionRefusal {
    /// An amount is negative, too large or has fractions of a cent.
    AmountInvalid {
        /// JSON Pointer of the amount.
        pointer: String,
    },
    /// Two children have the same code.
    DuplicateId {
        /// Position of the later one.
        child: usize,
        /// The code.
        id: String,
    },
}

impl Refusal for RedistributionRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::AmountInvalid { .. } => "invalid_amount",
            Self::DuplicateId { .. } => "duplicate_code",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::AmountInvalid { pointer } => pointer.clone(),
            Self::DuplicateId { child, .. } => format!("/children/{child}/id"),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::AmountInvalid { .. } => Message::new("redistribution-amount-invalid"),
            Self::DuplicateId { id, .. } => Message::new("redistribution-duplicate-code").with("code", id),
        }
    }
}

/// The two amounts of a child in cents.
struct Cents {
    provisional: u128,
    needed: u128,
}

impl Cents {
    fn shortfall(&self) -> u128 {
        self.needed.saturating_sub(self.provisional)
    }
}

/// The final budget of every child of a period [S0 §3.2]. The finals never add up to more than is available, and no
/// child gets more than it needs. Runs in `n log n`.
///
/// # Errors
/// Every amount that is negative, too large or not in whole cents, and every code that is there twice.
pub fn redistribute(input: &RedistributionInput) -> Result<Redistribution, Vec<RedistributionRefusal>> {
    let (children, unspent) = checked(input)?;

    let surplus = unspent + children.iter().map(|c| c.provisional.saturating_sub(c.needed)).sum::<u128>();
    let parts: Vec<Part> = children
        .iter()
        .map(|child| match child.shortfall() {
            0 => Part { weight: 0, cap: 0 },
            shortfall => Part { weight: child.needed, cap: shortfall },
        })
        .collect();
    let shares = share(surplus, &parts);

    let distributed = shares.iter().sum::<u128>();
    let available = unspent + children.iter().map(|c| c.provisional).sum::<u128>();
    let finals = input
        .children
        .iter()
        .zip(&children)
        .zip(&shares)
        .map(|((child, cents), &share)| FinalBudget {
            id: child.id.clone(),
            provisional: child.provisional,
            needed: child.needed,
            share: bounds::from_cents(share),
            final_budget: bounds::from_cents(cents.needed.min(cents.provisional) + share),
            unmet: bounds::from_cents(cents.shortfall() - share),
        })
        .collect();
    Ok(Redistribution {
        children: finals,
        available: bounds::from_cents(available),
        surplus: bounds::from_cents(surplus),
        distributed: bounds::from_cents(distributed),
        left_over: bounds::from_cents(surplus - distributed),
    })
}

/// The input in cents, or everything that is wrong with it.
fn checked(input: &RedistributionInput) -> Result<(Vec<Cents>, u128), Vec<RedistributionRefusal>> {
    let mut faults = Vec::new();
    let mut seen = HashMap::new();
    let mut children = Vec::with_capacity(input.children.len());
    for (index, child) in input.children.iter().enumerate() {
        if seen.insert(child.id.as_str(), index).is_some() {
            faults.push(RedistributionRefusal::DuplicateId { child: index, id: child.id.clone() });
        }
        let mut cents = |amount, field| {
            bounds::whole_cents(amount).unwrap_or_else(|| {
                let pointer = format!("/children/{index}/{field}");
                faults.push(RedistributionRefusal::AmountInvalid { pointer });
                0
            })
        };
        let provisional = cents(child.provisional, "provisional");
        let needed = cents(child.needed, "needed");
        children.push(Cents { provisional, needed });
    }
    let unspent = bounds::whole_cents(input.unspent);
    if unspent.is_none() {
        faults.push(RedistributionRefusal::AmountInvalid { pointer: "/unspent".to_owned() });
    }
    if faults.is_empty() { Ok((children, unspent.unwrap_or_default())) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    const GOLDEN: &str = include_str!("../../../../tests/golden/pilot-rules.json");

    fn child(index: usize, provisional: Money, needed: Money) -> RedistributionChild {
        RedistributionChild { id: format!("B{index}"), provisional, needed }
    }

    fn money(value: &Value) -> Money {
        Money::parse(value.as_str().unwrap()).unwrap()
    }

    #[test]
    fn finals_are_those_of_the_golden_table() {
        let golden: Value = serde_json::from_str(GOLDEN).unwrap();
        let cases = golden["redistributions"].as_array().unwrap();
        assert!(!cases.is_empty());
        for case in cases {
            let pairs = case["provisional_needed"].as_array().unwrap();
            let input = RedistributionInput {
                children: pairs.iter().enumerate().map(|(i, p)| child(i, money(&p[0]), money(&p[1]))).collect(),
                unspent: money(&case["unspent"]),
            };
            let result = redistribute(&input).unwrap();
            let finals: Vec<Value> = result.children.iter().map(|c| Value::from(c.final_budget.to_string())).collect();
            assert_eq!(finals, *case["final"].as_array().unwrap(), "{case}");
        }
    }

    #[test]
    fn what_a_cap_frees_is_shared_again_and_the_rest_is_left_over() {
        let cents = Money::from_cents;
        let input = RedistributionInput {
            children: vec![
                child(0, cents(100), cents(0)),
                child(1, cents(10), cents(12)),
                child(2, cents(10), cents(19)),
            ],
            unspent: cents(5),
        };
        let result = redistribute(&input).unwrap();
        assert_eq!(
            result.children.iter().map(|c| c.final_budget).collect::<Vec<_>>(),
            [cents(0), cents(12), cents(19)]
        );
        assert_eq!(
            (result.available, result.surplus, result.distributed, result.left_over),
            (cents(125), cents(105), cents(11), cents(94))
        );
        let keys: Vec<_> = result.children.iter().map(|c| c.explanation().key).collect();
        assert_eq!(
            keys,
            ["redistribution-needed-covered", "redistribution-shortfall-covered", "redistribution-shortfall-covered"]
        );
    }

    #[test]
    fn equal_remainders_go_to_the_earlier_child() {
        let cents = Money::from_cents;
        let input = RedistributionInput {
            children: (0..3).map(|i| child(i, cents(0), cents(500))).collect(),
            unspent: cents(200),
        };
        let shares: Vec<_> = redistribute(&input).unwrap().children.iter().map(|c| c.share).collect();
        assert_eq!(shares, [cents(67), cents(67), cents(66)]);
    }

    #[test]
    fn nobody_shares_nothing() {
        let input = RedistributionInput { children: vec![], unspent: Money::from_cents(7) };
        assert_eq!(redistribute(&input).unwrap().left_over, Money::from_cents(7));
    }

    #[test]
    fn all_faults_come_at_once() {
        let half_cent = Money::exact("0.005".parse().unwrap());
        let mut twice = child(0, Money::ZERO, half_cent);
        let input = RedistributionInput {
            children: vec![child(0, Money::from_cents(-1), Money::ZERO), twice.clone()],
            unspent: Money::from_cents(i64::MAX),
        };
        let faults = redistribute(&input).unwrap_err();
        let found: Vec<_> = faults.iter().map(|f| (f.code(), f.pointer())).collect();
        assert_eq!(
            found,
            [
                ("invalid_amount", "/children/0/provisional".to_owned()),
                ("duplicate_code", "/children/1/id".to_owned()),
                ("invalid_amount", "/children/1/needed".to_owned()),
                ("invalid_amount", "/unspent".to_owned()),
            ]
        );
        twice.id.clear();
        assert!(faults.iter().all(|f| f.message().key.starts_with("redistribution-")));
    }

    #[test]
    fn a_hundred_thousand_children_with_the_largest_amounts_do_not_overflow() {
        let largest = Money::exact(crate::money::LARGEST_AMOUNT);
        let children = (0..100_000)
            .map(|i| if i % 2 == 0 { child(i, largest, Money::ZERO) } else { child(i, Money::ZERO, largest) });
        let result = redistribute(&RedistributionInput { children: children.collect(), unspent: largest }).unwrap();
        assert_eq!(result.left_over, largest);
        assert!(result.children.iter().all(|c| c.final_budget == c.needed));
    }

    proptest! {
        #[test]
        fn money_is_neither_made_nor_lost(
            pairs in prop::collection::vec((0_i64..200_000, 0_i64..400_000), 0..40), unspent in 0_i64..500_000,
        ) {
            let children: Vec<_> = pairs
                .iter()
                .enumerate()
                .map(|(i, &(p, n))| child(i, Money::from_cents(p), Money::from_cents(n)))
                .collect();
            let result =
                redistribute(&RedistributionInput { children, unspent: Money::from_cents(unspent) }).unwrap();
            let finals: Money = result.children.iter().map(|c| c.final_budget).sum();
            prop_assert!(finals <= result.available);
            prop_assert_eq!(finals + result.left_over, result.available);
            prop_assert_eq!(result.distributed + result.left_over, result.surplus);
            let unmet: Money = result.children.iter().map(|c| c.unmet).sum();
            prop_assert!(unmet.is_zero() || result.left_over.is_zero());
            for child in &result.children {
                prop_assert!(child.final_budget <= child.needed);
                prop_assert!(child.final_budget >= child.provisional.min(child.needed));
                prop_assert_eq!(child.final_budget + child.unmet, child.needed);
            }
        }

        #[test]
        fn a_child_that_needs_more_never_gets_a_smaller_share_by_more_than_a_cent(
            needs in prop::collection::vec(100_001_i64..300_000, 2..20), unspent in 0_i64..500_000,
        ) {
            let children =
                needs.iter().enumerate().map(|(i, &n)| child(i, Money::from_cents(100_000), Money::from_cents(n)));
            let input = RedistributionInput { children: children.collect(), unspent: Money::from_cents(unspent) };
            let mut children = redistribute(&input).unwrap().children;
            children.sort_by_key(|c| c.needed);
            for pair in children.windows(2) {
                prop_assert!(pair[0].share <= pair[1].share + Money::from_cents(1));
            }
        }
    }
}
