//! Prices a methodology's lines when the parameters are loaded: the step from data files to [`PricedLine`]s.

use std::{collections::BTreeSet, sync::Arc};

use chrono::NaiveDate;

use crate::{
    lines::{Counting, Decision, Funding, PricedLine},
    money::{Money, Volume},
    parameters::{
        Faults, Known,
        documents::{Source, SourceEntry},
        tariffs::Tariff,
    },
    text::Text,
};

/// The days on which something changes between the first and the last day of a version: its own first day and the first
/// and day-after-last days of every tariff of the country inside it.
pub(crate) fn changes(known: Known<'_>, from: NaiveDate, to: Option<NaiveDate>) -> Vec<NaiveDate> {
    let tariffs = known.tariffs.national();
    let days = tariffs.flat_map(|t| [Some(t.valid_from), t.valid_to.and_then(|to| to.succ_opt())]).flatten();
    let inside = days.filter(|day| *day > from && to.is_none_or(|to| *day <= to));
    BTreeSet::from_iter(inside.chain([from])).into_iter().collect()
}

/// Prices lines for one stretch of time and collects what is wrong with them.
pub(crate) struct Pricing<'a> {
    pub(crate) known: Known<'a>,
    pub(crate) at: String,
    pub(crate) from: NaiveDate,
    pub(crate) months: u32,
    pub(crate) decisions: Vec<Arc<Decision>>,
    pub(crate) state_paid: &'a [String],
    pub(crate) faults: &'a mut Faults,
    pub(crate) lines: usize,
}

/// What a priced line is made of beside its tariff.
pub(crate) struct Counted<'a> {
    pub(crate) criterion: &'static str,
    pub(crate) title: &'a Text,
    pub(crate) service: &'a str,
    pub(crate) area: u8,
    pub(crate) volume: Volume,
    pub(crate) counting: Counting,
    pub(crate) basis: Option<&'a SourceEntry>,
    pub(crate) decision: Option<&'a str>,
}

impl Pricing<'_> {
    pub(crate) fn fault(&mut self, what: &str) {
        self.faults.add(&self.at, what);
    }

    /// A number for the next line: every line of the rules has its own.
    pub(crate) fn next_index(&mut self) -> usize {
        self.lines += 1;
        self.lines - 1
    }

    pub(crate) fn source(&mut self, entry: &SourceEntry) -> Option<Source> {
        let source = self.known.documents.resolve(entry);
        if source.is_none() {
            self.fault(&format!("no document {}", entry.document));
        }
        source
    }

    pub(crate) fn decision(&mut self, id: &str) -> Option<Arc<Decision>> {
        let decision = self.decisions.iter().find(|decision| decision.id == id).cloned();
        if decision.is_none() {
            self.fault(&format!("no decision {id}"));
        }
        decision
    }

    pub(crate) fn tariff(&mut self, service: &str) -> Option<Arc<Tariff>> {
        let tariff = self.known.tariffs.on(service, self.from).cloned();
        if tariff.is_none() {
            let from = self.from;
            self.fault(&format!("no tariff of {service} on {from}"));
        }
        tariff
    }

    pub(crate) fn line(&mut self, counted: Counted<'_>) -> Option<PricedLine> {
        let tariff = self.tariff(counted.service)?;
        let Some(service) = self.known.catalogue.find(counted.service).cloned() else {
            self.fault(&format!("no service {}", counted.service));
            return None;
        };
        let basis = match counted.basis {
            Some(entry) => Some(self.source(entry)?),
            None => None,
        };
        let decision = match counted.decision {
            Some(id) => Some(self.decision(id)?),
            None => None,
        };
        let state_paid = self.state_paid.iter().any(|code| code == counted.service);
        Some(PricedLine {
            index: self.next_index(),
            criterion: counted.criterion,
            title: counted.title.clone(),
            area: Some(counted.area),
            name: service.name.clone(),
            unit: service.unit,
            service: Some(service),
            unit_price: tariff.amount,
            volume: counted.volume,
            amount: counted.volume.at(tariff.amount),
            funding: if state_paid { Funding::State } else { Funding::IndividualBudget },
            counting: counted.counting,
            source: tariff.source.clone(),
            valid_from: tariff.valid_from,
            basis,
            decision,
        })
    }

    /// A line that is an amount of money up to a ceiling.
    pub(crate) fn ceiling_line(&mut self, counted: Counted<'_>, ceiling: Money) -> Option<PricedLine> {
        let line = self.line(counted)?;
        Some(PricedLine {
            volume: Volume::exact(ceiling.value()),
            unit_price: Money::from_cents(100),
            amount: ceiling,
            ..line
        })
    }
}
