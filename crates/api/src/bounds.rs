//! Bounded texts, numbers and lists of requests. The bound is part of the type, so that the parser, which stops at it, and
//! the published schema, which explains it, cannot differ.

use std::{borrow::Cow, fmt, marker::PhantomData};

use balsts_domain::whole::whole;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, Error as _, SeqAccess},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ArrayBuilder, KnownFormat, ObjectBuilder, Ref, RefOr, Schema, SchemaFormat, Type},
};

macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident = $most:literal;)+) => { $(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                match text.chars().take($most + 1).count() {
                    1..=$most => Ok(Self(text)),
                    length => Err(D::Error::invalid_length(length, &concat!("1 to ", $most, " characters"))),
                }
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some(concat!($($doc),+).trim()))
                    .min_length(Some(1))
                    .max_length(Some($most))
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )+ };
}

texts! {
    /// A label, name or code of the caller's own.
    Label = 200;
    /// A text of some sentences.
    Sentences = 4000;
}

macro_rules! whole_numbers {
    ($(#[doc = $doc:literal] $name:ident = $least:literal..=$most:literal;)+) => { $(
        #[doc = $doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let number = whole(deserializer)?;
                if ($least..=$most).contains(&number) {
                    Ok(Self(number))
                } else {
                    Err(D::Error::custom(concat!("not between ", $least, " and ", $most)))
                }
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
                    .description(Some($doc.trim()))
                    .minimum(Some($least))
                    .maximum(Some($most))
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )+ };
}

whole_numbers! {
    /// A number of people or things.
    Count = 0..=1_000_000_000;
    /// An age in completed years.
    Age = 0..=150;
    /// Percent, a whole number.
    WholePercent = 0..=100;
    /// Care level of an adult.
    CareLevel = 1..=9;
    /// Number of a funding variant of the pilot.
    MixVariantNumber = 1..=3;
    /// Number of a domain of activities and participation.
    IcfDomain = 1..=9;
    /// The qualifier of a domain.
    IcfLevel = 0..=9;
    /// Number of a support area.
    Area = 1..=99;
    /// Number of a goal or line of a plan.
    LineNumber = 1..=9999;
    /// Place in an order.
    Rank = 1..=9999;
    /// A rating: 1 very dissatisfied to 5 very satisfied.
    Rating = 1..=5;
    /// Number of an item of a survey.
    SurveyItem = 1..=200;
    /// The answer to an item.
    SurveyValue = 0..=10;
    /// Number of children of a family.
    Children = 0..=50;
    /// Number of a period of the pilot.
    PeriodNumber = 1..=9999;
    /// Months of a period of the pilot.
    PeriodMonths = 1..=12;
    /// Days of a month.
    MonthDays = 1..=31;
    /// Minutes of a consultation.
    ConsultationMinutes = 1..=1440;
    /// Day of the week, 1 is Monday.
    Weekday = 1..=7;
}

/// A list of at least `MIN` and at most `MAX` items. A field of it is `#[schema(inline)]` and of an alias of the type, as
/// the derive macro of schemas takes no generic types of others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct List<T, const MIN: usize, const MAX: usize>(pub Vec<T>);

impl<'de, T: Deserialize<'de>, const MIN: usize, const MAX: usize> Deserialize<'de> for List<T, MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T, const MIN: usize, const MAX: usize>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>, const MIN: usize, const MAX: usize> de::Visitor<'de> for Visitor<T, MIN, MAX> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of {MIN} to {MAX} items")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    if list.len() == MAX {
                        return Err(A::Error::invalid_length(MAX + 1, &self));
                    }
                    list.push(item);
                }
                if list.len() < MIN { Err(A::Error::invalid_length(list.len(), &self)) } else { Ok(list) }
            }
        }

        deserializer.deserialize_seq(Visitor::<T, MIN, MAX>(PhantomData)).map(Self)
    }
}

impl<T: ToSchema, const MIN: usize, const MAX: usize> PartialSchema for List<T, MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new()
            .items(Ref::from_schema_name(T::name()))
            .min_items((MIN > 0).then_some(MIN))
            .max_items(Some(MAX))
            .into()
    }
}

impl<T: ToSchema, const MIN: usize, const MAX: usize> ToSchema for List<T, MIN, MAX> {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

impl<T, const MIN: usize, const MAX: usize> IntoIterator for List<T, MIN, MAX> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_where_values_are_parsed() {
        let label = |length: usize| serde_json::from_value::<Label>("\u{101}".repeat(length).into()).is_ok();
        assert_eq!([0, 1, 200, 201].map(label), [false, true, true, false]);
        let area = |number: u32| serde_json::from_value::<Area>(number.into()).is_ok();
        assert_eq!([0, 1, 99, 100].map(area), [false, true, true, false]);
        let whole = |text: &str| serde_json::from_str::<Area>(text).ok().map(|area| area.0);
        assert_eq!(whole("3.0"), Some(3));
        for refused in ["3.5", "-1", "-1.0", "1e30", "4294967296", "\"3\"", "null"] {
            assert_eq!(whole(refused), None, "{refused}");
        }
        let list = |length: usize| serde_json::from_value::<List<Area, 1, 2>>(vec![1; length].into()).is_ok();
        assert_eq!([0, 1, 2, 3].map(list), [false, true, true, false]);
    }
}
