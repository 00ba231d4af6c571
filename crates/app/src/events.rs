//! Events: what happened to a municipality's data, for systems that follow it.

use balsts_store::Event;
use uuid::Uuid;

use crate::{App, AppError, Call};

impl App {
    /// Lists events after one, oldest first. They hold identifiers only.
    ///
    /// # Errors
    /// The database.
    pub async fn list_events(&self, call: &Call<'_>, after: Option<Uuid>, limit: u64) -> Result<Vec<Event>, AppError> {
        Ok(self.store.list_events(&call.scope, after, limit).await?)
    }
}
