//! The provisional budget of one child for a period of the pilot [S0 §3.2].

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use crate::{
    age::completed_years,
    bounds,
    money::Money,
    parameters::catalogue::names,
    text::{Message, Refusal},
};

/// The figures of the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvisionalParameters {
    /// The larger part of the per-child funding, in percent.
    pub full_percent: u32,
    /// The smaller part, in percent.
    pub reduced_percent: u32,
    /// The last age, in completed years, at which every child gets the larger part.
    pub full_until_age: u32,
    /// The age from which a person is no child any more.
    pub adult_age: u32,
}

impl ProvisionalParameters {
    /// 100 % to 8 years inclusive and with a special care opinion, 70 % for other children to 17 [S0 §3.2].
    #[must_use]
    pub const fn children_pilot_2018() -> Self {
        Self { full_percent: 100, reduced_percent: 70, full_until_age: 8, adult_age: 18 }
    }
}

impl Default for ProvisionalParameters {
    fn default() -> Self {
        Self::children_pilot_2018()
    }
}

/// What is known of the child and the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvisionalInput {
    /// The child's date of birth.
    pub birth_date: NaiveDate,
    /// Any day of the period's first month; the rule looks at the 1st of that month.
    pub period_month: NaiveDate,
    /// Whether an opinion on a special care need is in force on the 1st of the period's first month.
    pub special_care: bool,
    /// The funding of the whole period for one child, in EUR.
    pub per_child_funding: Money,
}

names! {
    /// Why a child gets the larger or the smaller part.
    ProvisionalReason {
        /// The child is young enough for the larger part.
        YoungAge = "young_age",
        /// The child has an opinion on a special care need.
        SpecialCare = "special_care",
        /// Neither: the smaller part.
        OlderWithoutSpecialCare = "older_without_special_care",
    }
}

/// The provisional budget (IB provizoriskais apmērs) of one child and why it is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provisional {
    /// The day on which age and opinion count.
    pub assessed_on: NaiveDate,
    /// Completed years on that day.
    pub age_years: u32,
    /// The part of the per-child funding, in percent.
    pub percent: u32,
    /// The last age with the larger part, as the parameters say.
    pub full_until_age: u32,
    /// Why that part.
    pub reason: ProvisionalReason,
    /// The provisional budget in EUR, whole cents, rounded half up.
    pub amount: Money,
}

impl Provisional {
    /// The sentence that explains the part.
    #[must_use]
    pub fn explanation(&self) -> Message {
        let key = match self.reason {
            ProvisionalReason::YoungAge => "provisional-young-age",
            ProvisionalReason::SpecialCare => "provisional-special-care",
            ProvisionalReason::OlderWithoutSpecialCare => "provisional-older-without-special-care",
        };
        Message::new(key)
            .with_number("age", self.age_years)
            .with("date", self.assessed_on)
            .with_number("until", self.full_until_age)
            .with_number("percent", self.percent)
    }
}

/// Why no provisional budget can be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProvisionalRefusal {
    /// The child is not yet born on the day that counts.
    NotBorn {
        /// The 1st of the period's first month.
        on: NaiveDate,
    },
    /// The person is an adult on the day that counts.
    Adult {
        /// The 1st of the period's first month.
        on: NaiveDate,
        /// Completed years on that day.
        age: u32,
    },
    /// The per-child funding is negative or too large.
    FundingInvalid,
    /// A percentage of the parameters is above 100.
    PercentOutOfRange {
        /// The name of the parameter.
        parameter: &'static str,
    },
}

impl Refusal for ProvisionalRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotBorn { .. } | Self::Adult { .. } => "age_out_of_range",
            Self::FundingInvalid => "invalid_amount",
            Self::PercentOutOfRange { .. } => "percent_out_of_range",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::NotBorn { .. } | Self::Adult { .. } => "/birth_date".to_owned(),
            Self::FundingInvalid => "/per_child_funding".to_owned(),
            Self::PercentOutOfRange { parameter } => format!("/parameters/{parameter}"),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::NotBorn { on } => Message::new("provisional-not-born").with("date", on),
            Self::Adult { on, age } => Message::new("provisional-adult").with_number("age", *age).with("date", on),
            Self::FundingInvalid => Message::new("provisional-funding-invalid"),
            Self::PercentOutOfRange { parameter } => {
                Message::new("provisional-percent-out-of-range").with("parameter", parameter)
            }
        }
    }
}

/// The provisional budget: the whole per-child funding or a part of it, by the age and the special care opinion on the
/// 1st of the period's first month [S0 §3.2].
///
/// # Errors
/// Every fault of the input: a child that is not born or no child any more, an amount or a percentage out of bounds.
pub fn provisional_budget(
    input: &ProvisionalInput,
    parameters: &ProvisionalParameters,
) -> Result<Provisional, Vec<ProvisionalRefusal>> {
    let assessed_on = input.period_month.with_day(1).unwrap_or(input.period_month);
    let mut faults = Vec::new();
    if !bounds::accepted(input.per_child_funding) {
        faults.push(ProvisionalRefusal::FundingInvalid);
    }
    for (parameter, percent) in
        [("full_percent", parameters.full_percent), ("reduced_percent", parameters.reduced_percent)]
    {
        if percent > 100 {
            faults.push(ProvisionalRefusal::PercentOutOfRange { parameter });
        }
    }
    let Some(age_years) = completed_years(input.birth_date, assessed_on) else {
        faults.push(ProvisionalRefusal::NotBorn { on: assessed_on });
        return Err(faults);
    };
    if age_years >= parameters.adult_age {
        faults.push(ProvisionalRefusal::Adult { on: assessed_on, age: age_years });
    }
    if !faults.is_empty() {
        return Err(faults);
    }

    let (reason, percent) = if age_years <= parameters.full_until_age {
        (ProvisionalReason::YoungAge, parameters.full_percent)
    } else if input.special_care {
        (ProvisionalReason::SpecialCare, parameters.full_percent)
    } else {
        (ProvisionalReason::OlderWithoutSpecialCare, parameters.reduced_percent)
    };
    let part = Decimal::new(i64::from(percent), 2);
    let amount = Money::exact(input.per_child_funding.value().saturating_mul(part)).rounded();
    Ok(Provisional { assessed_on, age_years, percent, full_until_age: parameters.full_until_age, reason, amount })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn budget(birth: &str, month: &str, special_care: bool) -> Result<Provisional, Vec<ProvisionalRefusal>> {
        let input = ProvisionalInput {
            birth_date: day(birth),
            period_month: day(month),
            special_care,
            per_child_funding: Money::from_cents(480_001),
        };
        provisional_budget(&input, &ProvisionalParameters::default())
    }

    #[test]
    fn the_part_follows_age_and_opinion_on_the_first_of_the_month() {
        use ProvisionalReason::{OlderWithoutSpecialCare, SpecialCare, YoungAge};
        for (birth, month, special_care, age, percent, reason, amount) in [
            ("2018-09-01", "2018-09-01", false, 0, 100, YoungAge, "4800.01"),
            ("2009-09-02", "2018-09-01", false, 8, 100, YoungAge, "4800.01"),
            ("2009-09-02", "2018-09-30", false, 8, 100, YoungAge, "4800.01"),
            ("2009-09-01", "2018-09-01", false, 9, 70, OlderWithoutSpecialCare, "3360.01"),
            ("2009-09-01", "2018-09-01", true, 9, 100, SpecialCare, "4800.01"),
            ("2000-09-02", "2018-09-01", false, 17, 70, OlderWithoutSpecialCare, "3360.01"),
            ("2000-09-02", "2018-09-01", true, 17, 100, SpecialCare, "4800.01"),
        ] {
            let result = budget(birth, month, special_care).unwrap();
            assert_eq!((result.age_years, result.percent, result.reason), (age, percent, reason), "{birth}");
            assert_eq!(result.amount.to_string(), amount);
            assert!(result.explanation().key.starts_with("provisional-"));
        }
    }

    #[test]
    fn adults_and_the_unborn_are_refused() {
        let faults = budget("2000-09-01", "2018-09-01", true).unwrap_err();
        assert_eq!(faults, [ProvisionalRefusal::Adult { on: day("2018-09-01"), age: 18 }]);
        assert_eq!((faults[0].code(), faults[0].pointer().as_str()), ("age_out_of_range", "/birth_date"));
        let faults = budget("2018-09-02", "2018-09-20", true).unwrap_err();
        assert_eq!(faults, [ProvisionalRefusal::NotBorn { on: day("2018-09-01") }]);
    }

    #[test]
    fn all_faults_come_at_once() {
        let input = ProvisionalInput {
            birth_date: day("1990-01-01"),
            period_month: day("2018-09-01"),
            special_care: false,
            per_child_funding: Money::from_cents(-1),
        };
        let parameters = ProvisionalParameters { full_percent: 101, ..ProvisionalParameters::default() };
        assert_eq!(provisional_budget(&input, &parameters).unwrap_err().len(), 3);
    }

    proptest! {
        #[test]
        fn it_is_never_above_the_funding_and_an_opinion_never_lowers_it(
            days in 0_u64..9_000, cents in 0_i64..100_000_000,
        ) {
            let period = day("2018-09-01");
            let mut input = ProvisionalInput {
                birth_date: period - chrono::Days::new(days),
                period_month: period,
                special_care: false,
                per_child_funding: Money::from_cents(cents),
            };
            let parameters = ProvisionalParameters::default();
            let without = provisional_budget(&input, &parameters);
            input.special_care = true;
            let with = provisional_budget(&input, &parameters);
            prop_assert_eq!(without.is_ok(), with.is_ok());
            if let (Ok(without), Ok(with)) = (without, with) {
                prop_assert!(without.amount <= with.amount && with.amount <= input.per_child_funding);
            }
        }
    }
}
