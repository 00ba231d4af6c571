//! Whether this node can serve requests.

use crate::{App, AppError};

/// The state of each part that a request may need.
#[derive(Debug)]
pub struct Readiness {
    /// The database answers and its schema is up to date.
    pub database: Result<(), AppError>,
}

impl Readiness {
    /// Whether every part is in order.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.database.is_ok()
    }
}

impl App {
    /// Asks every part how it is, now.
    pub async fn readiness(&self) -> Readiness {
        Readiness { database: self.store.ready().await.map_err(AppError::from) }
    }
}
