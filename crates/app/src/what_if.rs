//! What the budgets of the whole country would cost under a draft. Nothing is stored but that somebody asked.
//!
//! The facts are read page by page, each page by a statement of its own, so that no transaction is open meanwhile and the memory
//! does not grow with their number. While one page is read, the one before is opened and calculated by another thread.

use std::sync::Arc;

use balsts_domain::{
    parameters::{Parameters, overlay::Overlay},
    what_if::{Compared, Tally},
};
use balsts_store::{SealedFacts, Store, StoreError};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Call};

/// Budgets read at a time.
const PAGE: u64 = 2_000;

/// Both sets of parameters.
type Both = (Arc<Parameters>, Arc<Parameters>);

impl App {
    /// Calculates every budget of the country that is not closed on a day, with the parameters in force and with a draft.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`] where it is no draft, [`AppError::Refused`] where it does not go with what
    /// was published meanwhile, or the database.
    pub async fn try_methodology_version(&self, call: &Call<'_>, id: Uuid, date: NaiveDate) -> Result<Tally, AppError> {
        let both = self.tried(call, id).await?;
        self.tally(both, date).await
    }

    /// The same with a content that is not stored, and may begin on any day.
    ///
    /// # Errors
    /// [`AppError::Refused`] with everything that is wrong with the content, or the database.
    pub async fn try_parameters(&self, call: &Call<'_>, content: Overlay, date: NaiveDate) -> Result<Tally, AppError> {
        let both = self.tried_unstored(call, content).await?;
        self.tally(both, date).await
    }

    async fn tally(&self, both: Both, date: NaiveDate) -> Result<Tally, AppError> {
        let mut tally = Tally::default();
        let mut page = self.store.list_sealed_facts(None, PAGE).await?;
        while let Some(last) = page.last().map(|facts| facts.id) {
            let (store, both) = (self.store.clone(), both.clone());
            let counted = tokio::task::spawn_blocking(move || count(&store, &page, &both, date));
            let next = self.store.list_sealed_facts(Some(last), PAGE).await;
            tally = tally.and(counted.await.map_err(|_| AppError::Broken)??);
            page = next?;
        }
        Ok(tally)
    }
}

fn count(store: &Store, page: &[SealedFacts], both: &Both, date: NaiveDate) -> Result<Tally, StoreError> {
    let compared = Compared { current: &both.0, draft: &both.1, date };
    let mut tally = Tally::default();
    for sealed in page {
        let (municipality, facts) = store.open_facts(sealed)?;
        tally.add(municipality, facts, compared);
    }
    Ok(tally)
}
