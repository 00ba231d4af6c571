//! What the budgets of the whole country would cost under a draft, and the population that a forecast is made of. Nothing is stored
//! but that somebody asked.
//!
//! The facts are read page by page, each page by a statement of its own, so that no transaction is open meanwhile and the memory
//! does not grow with their number. While one page is read, the one before is opened and calculated by another thread.

use std::{collections::HashMap, sync::Arc};

use balsts_domain::{
    money::Money,
    month::Month,
    parameters::{Parameters, overlay::Overlay},
    population::PopulationAmounts,
    what_if::{Compared, Tally},
};
use balsts_store::{SealedFacts, Store, StoreError, StoredAmounts};
use chrono::{Months, NaiveDate};
use uuid::Uuid;

use crate::{App, AppError, Call};

/// Budgets read at a time.
const PAGE: u64 = 2_000;

/// Both sets of parameters.
pub(crate) type Both = (Arc<Parameters>, Arc<Parameters>);

/// Which draft to compare with.
#[derive(Debug)]
pub enum TriedDraft {
    /// A stored one.
    Version(Uuid),
    /// A content that is not stored.
    Content(Box<Overlay>),
}

/// What population is asked for.
#[derive(Debug)]
pub struct PopulationRequest {
    /// The day whose parameters hold.
    pub date: NaiveDate,
    /// Which amounts.
    pub amounts: PopulationAmounts,
    /// Only budgets that were calculated by the end of this month; the months of what was paid end with it.
    pub month: Option<Month>,
    /// A draft, for indicative amounts.
    pub draft: Option<TriedDraft>,
}

impl PopulationRequest {
    /// The twelve months whose payments count: the last ones that are over, or those up to the month.
    #[must_use]
    pub fn paid_months(&self, today: NaiveDate) -> (Month, Month) {
        let before = |day: NaiveDate, months| day.checked_sub_months(Months::new(months)).unwrap_or(day);
        let last = self.month.unwrap_or_else(|| Month::of(before(Month::of(today).first_day(), 1)));
        (Month::of(before(last.first_day(), 11)), last)
    }
}

/// What is counted of each budget.
#[derive(Debug)]
struct Counting {
    both: Both,
    date: NaiveDate,
    is_drafted: bool,
    calculated_by: Option<NaiveDate>,
    amounts: Option<StoredAmounts>,
}

/// Budgets that were read together.
struct Page {
    facts: Vec<SealedFacts>,
    amounts: HashMap<Uuid, Money>,
}

impl App {
    /// Calculates every budget of the country that is not closed on a day, with the parameters in force and with a draft.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where it is no draft, [`AppError::Refused`] where it does not go with what
    /// was published meanwhile, or the database.
    pub async fn try_methodology_version(&self, call: &Call<'_>, id: Uuid, date: NaiveDate) -> Result<Tally, AppError> {
        let both = self.tried(call, Some(TriedDraft::Version(id)), "try_methodology_version").await?;
        self.tally(Counting { both, date, is_drafted: true, calculated_by: None, amounts: None }).await
    }

    /// The same with a content that is not stored, and may begin on any day.
    ///
    /// # Errors
    /// [`AppError::Refused`] with everything that is wrong with the content, or the database.
    pub async fn try_parameters(&self, call: &Call<'_>, content: Overlay, date: NaiveDate) -> Result<Tally, AppError> {
        let both = self.tried(call, Some(TriedDraft::Content(Box::new(content))), "try_parameters").await?;
        self.tally(Counting { both, date, is_drafted: true, calculated_by: None, amounts: None }).await
    }

    /// Counts the budgets of the country that are not closed, with their amounts. Where the amount is stored, only those with a
    /// signed plan have one.
    ///
    /// # Errors
    /// Those of a draft, or the database.
    pub async fn population(&self, call: &Call<'_>, request: PopulationRequest) -> Result<Tally, AppError> {
        let (from, to) = request.paid_months(call.scope.today);
        let is_drafted = request.draft.is_some();
        let both = self.tried(call, request.draft, "forecast_stored_budgets").await?;
        let amounts = match request.amounts {
            PopulationAmounts::Indicative => None,
            PopulationAmounts::Agreed => Some(StoredAmounts::Agreed),
            PopulationAmounts::Paid => Some(StoredAmounts::Paid { from: from.first_day(), to: to.last_day() }),
        };
        let calculated_by = request.month.map(Month::last_day);
        self.tally(Counting { both, date: request.date, is_drafted, calculated_by, amounts }).await
    }

    async fn tally(&self, counting: Counting) -> Result<Tally, AppError> {
        let counting = Arc::new(counting);
        let mut tally = Tally::default();
        let mut page = self.page(&counting, None).await?;
        while let Some(last) = page.facts.last().map(|facts| facts.id) {
            let (store, of) = (self.store.clone(), Arc::clone(&counting));
            let counted = tokio::task::spawn_blocking(move || count(&store, &page, &of));
            let next = self.page(&counting, Some(last)).await;
            tally = tally.and(counted.await.map_err(|_| AppError::Broken)??);
            page = next?;
        }
        Ok(tally)
    }

    async fn page(&self, counting: &Counting, after: Option<Uuid>) -> Result<Page, AppError> {
        let facts = self.store.list_sealed_facts(after, PAGE).await?;
        let amounts = match (counting.amounts, facts.last()) {
            (Some(of), Some(last)) => self.store.stored_amounts(of, (after, last.id)).await?,
            _ => HashMap::new(),
        };
        Ok(Page { facts, amounts })
    }
}

fn count(store: &Store, page: &Page, counting: &Counting) -> Result<Tally, StoreError> {
    let Counting { both: (current, draft), date, is_drafted, calculated_by, amounts } = counting;
    let mut tally = Tally::default();
    for sealed in page.facts.iter().filter(|facts| calculated_by.is_none_or(|day| facts.calculated_on <= day)) {
        let stored = page.amounts.get(&sealed.id).copied();
        if amounts.is_some() && stored.is_none() {
            tally.without_amount += 1;
            continue;
        }
        let (municipality, facts) = store.open_facts(sealed)?;
        if *is_drafted {
            tally.add(municipality, facts, Compared { current, draft, date: *date });
        } else {
            tally.add_in_force(municipality, facts, (current, *date), stored);
        }
    }
    Ok(tally)
}
