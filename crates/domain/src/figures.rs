//! The figures of a methodology as a flat list: what it counts with on a day, how each came to be, what differs between two
//! days.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::{
    parameters::{Period, documents::Source},
    text::Text,
};

/// A figure of a methodology, in force over one stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Stable path, such as `tariffs/home_care` or `base_basket/7-13/heavy/assistant`.
    pub key: String,
    /// What it is.
    pub name: Text,
    /// The value as text.
    pub value: String,
    /// What the value is counted in, such as `EUR/hour`.
    pub unit: String,
    /// Where it comes from.
    pub source: Source,
    /// First day; where a tariff is older than the version, its own.
    pub valid_from: NaiveDate,
}

/// A value of a figure and the days on which it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedFigure {
    /// The figure.
    pub figure: Figure,
    /// Last day; `None` while nothing later is known.
    pub valid_to: Option<NaiveDate>,
}

/// A figure that differs between two days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureChange {
    /// [`Figure::key`].
    pub key: String,
    /// What it is.
    pub name: Text,
    /// On the first day; `None` where there was none.
    pub before: Option<Figure>,
    /// On the second day; `None` where there is none.
    pub after: Option<Figure>,
}

/// Rules that can tell their figures.
pub trait Figures: Period {
    /// Every figure, in the order of the methodology.
    fn figures(&self) -> Vec<Figure>;
}

/// The history of every figure over all stretches of time; equal values of neighbouring stretches are one entry.
#[must_use]
pub fn history<'a>(periods: impl Iterator<Item = &'a dyn Figures>) -> BTreeMap<String, Vec<DatedFigure>> {
    let mut history: BTreeMap<String, Vec<DatedFigure>> = BTreeMap::new();
    for period in periods {
        for figure in period.figures() {
            let dated = history.entry(figure.key.clone()).or_default();
            let follows = |last: &DatedFigure| last.valid_to.and_then(|to| to.succ_opt()) == Some(period.valid_from());
            match dated.last_mut() {
                Some(last)
                    if last.figure.value == figure.value && last.figure.source == figure.source && follows(last) =>
                {
                    last.valid_to = period.valid_to();
                }
                _ => dated.push(DatedFigure { figure, valid_to: period.valid_to() }),
            }
        }
    }
    history
}

/// What differs between two sets of figures, in the order of the first.
#[must_use]
pub fn changes(before: Vec<Figure>, after: Vec<Figure>) -> Vec<FigureChange> {
    let mut later: BTreeMap<String, Figure> = after.iter().map(|figure| (figure.key.clone(), figure.clone())).collect();
    let mut changes = Vec::new();
    for figure in before {
        let now = later.remove(&figure.key);
        if now.as_ref().is_none_or(|now| now.value != figure.value) {
            changes.push(FigureChange {
                key: figure.key.clone(),
                name: figure.name.clone(),
                before: Some(figure),
                after: now,
            });
        }
    }
    let new = after.into_iter().filter(|figure| later.contains_key(&figure.key));
    changes.extend(new.map(|figure| FigureChange {
        key: figure.key.clone(),
        name: figure.name.clone(),
        before: None,
        after: Some(figure),
    }));
    changes
}
