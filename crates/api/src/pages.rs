//! Keyset pages: over lists in memory, sorted by their key, and over rows of the database.

use std::fmt::Display;

use balsts_domain::text::Message;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use uuid::Uuid;

use crate::problem::ApiError;

/// Largest page.
pub(crate) const MOST: u8 = 200;

/// Longest cursor, characters; the parameters of the lists say the same.
const LONGEST_CURSOR: usize = 200;

/// Size of a page and where it begins, as every list takes them.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct PageQuery {
    pub(crate) limit: Option<u8>,
    pub(crate) cursor: Option<String>,
}

/// One page of items and the cursor of the next.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

impl PageQuery {
    /// Cuts the page out of items that are in the order of their keys.
    pub(crate) fn cut<T>(&self, items: impl Iterator<Item = T>, key: impl Fn(&T) -> &str) -> Result<Page<T>, ApiError> {
        let limit = usize::try_from(page_size(self.limit)?).unwrap_or(usize::MAX);
        if self.cursor.as_ref().is_some_and(|cursor| cursor.chars().count() > LONGEST_CURSOR) {
            let message = Message::new("fault-max-length").with("limit", LONGEST_CURSOR);
            return Err(ApiError::unfit("/cursor", "too_long", message));
        }
        let after = self.cursor.as_deref();
        let mut rest = items.skip_while(|item| after.is_some_and(|cursor| key(item) <= cursor));
        let items: Vec<T> = rest.by_ref().take(limit).collect();
        let next = rest.next().and(items.last()).map(|last| key(last).to_owned());
        Ok(Page { items, next })
    }
}

/// The size of a page that is asked for.
pub(crate) fn page_size(limit: Option<u8>) -> Result<u64, ApiError> {
    match limit {
        None => Ok(50),
        Some(limit @ 1..=MOST) => Ok(limit.into()),
        Some(0) => Err(refused("fault-minimum", "too_small", 1)),
        Some(_) => Err(refused("fault-maximum", "too_large", MOST)),
    }
}

/// A cursor that is a number: from 1, as the database has it.
pub(crate) fn number_cursor(cursor: Option<u32>) -> Result<Option<u32>, ApiError> {
    match cursor {
        Some(0) => Err(out_of_bounds("/cursor", "fault-minimum", "too_small", 1)),
        Some(number) if i32::try_from(number).is_err() => {
            Err(out_of_bounds("/cursor", "fault-maximum", "too_large", i32::MAX))
        }
        cursor => Ok(cursor),
    }
}

/// The day and the identifier that a page of a list by days begins after, of a cursor as [`day_cursor`] makes it.
pub(crate) fn after_day(cursor: Option<&str>) -> Result<Option<(NaiveDate, Uuid)>, ApiError> {
    let place = |cursor: &str| {
        let (day, id) = cursor.split_once('.')?;
        Some((NaiveDate::from_num_days_from_ce_opt(day.parse().ok()?)?, id.parse().ok()?))
    };
    let unfit = || ApiError::unfit("/cursor", "invalid_format", Message::new("fault-pattern"));
    cursor.map(|cursor| place(cursor).ok_or_else(unfit)).transpose()
}

/// A cursor that is a day and an identifier.
pub(crate) fn day_cursor(day: NaiveDate, id: Uuid) -> String {
    format!("{}.{id}", day.num_days_from_ce())
}

/// A page of rows, one more of which were asked for, and the cursor of the next page.
pub(crate) fn cut<T, Id: Display>(mut rows: Vec<T>, limit: u64, id: impl Fn(&T) -> Id) -> (Vec<T>, Option<String>) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| id(last).to_string());
    (rows, next)
}

fn refused(key: &'static str, code: &'static str, limit: u8) -> ApiError {
    out_of_bounds("/limit", key, code, limit.into())
}

fn out_of_bounds(pointer: &str, key: &'static str, code: &'static str, bound: i32) -> ApiError {
    ApiError::unfit(pointer, code, Message::new(key).with("limit", bound))
}
