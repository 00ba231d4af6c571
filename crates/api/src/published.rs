//! The parameters in force on this node: those that are compiled in, and what the ministry has published since, taken over
//! while the node runs.
//!
//! A publication adds a generation and takes none away, because requests count with the one they began with: it is there as
//! long as the node. Publications are rare, and a generation is some hundred kilobytes.

use std::{
    ops::Deref,
    sync::{Arc, OnceLock, Weak},
};

use actix_web::{
    rt::{self, time::sleep},
    web::Data,
};
use balsts_app::{AppError, Published};
use balsts_domain::parameters::Parameters;
use tokio::sync::Mutex;

use crate::{ApiState, calculations::Renderings, problem::ApiError};

/// The parameters between two publications, with what is made of them once.
pub(crate) struct Generation {
    pub(crate) parameters: Parameters,
    pub(crate) renderings: Renderings,
    /// The number of the last publication in it.
    number: i64,
    next: OnceLock<Box<Generation>>,
}

impl Generation {
    fn new(number: i64, parameters: Parameters) -> Self {
        let renderings = Renderings::new(&parameters);
        Self { parameters, renderings, number, next: OnceLock::new() }
    }
}

/// All generations; used as if it were the parameters, it is those of the latest.
pub(crate) struct InForce {
    first: Generation,
    /// Who takes a publication over holds it: otherwise a slower one could put an earlier state behind a later one.
    taking_over: Mutex<()>,
}

impl InForce {
    pub(crate) fn new(embedded: Parameters) -> Self {
        Self { first: Generation::new(0, embedded), taking_over: Mutex::default() }
    }

    /// What counts now. Who needs several parts that belong together takes them from one generation.
    pub(crate) fn latest(&self) -> &Generation {
        let mut latest = &self.first;
        while let Some(next) = latest.next.get() {
            latest = next;
        }
        latest
    }
}

impl Deref for InForce {
    type Target = Parameters;

    fn deref(&self) -> &Parameters {
        &self.latest().parameters
    }
}

impl ApiState {
    /// Takes over what is published, if this node does not have it yet.
    async fn take_over(&self) -> Result<(), AppError> {
        if self.app.last_publication().await? <= self.parameters.latest().number {
            return Ok(());
        }
        let _turn = self.parameters.taking_over.lock().await;
        let latest = self.parameters.latest();
        if let Some(Published { number, parameters }) = self.app.published_since(latest.number).await? {
            // Only who holds the turn sets it.
            let _ = latest.next.set(Box::new(Generation::new(number, parameters)));
            tracing::info!(publication = number, "the published parameters are in force");
        }
        Ok(())
    }

    /// Counts with everything that is published, before the server starts.
    ///
    /// # Errors
    /// The database, or this program cannot count with what is published.
    pub async fn load_published(&self) -> Result<(), AppError> {
        self.take_over().await
    }

    /// Counts with everything that is published up to now, on whatever node: what is stored must not miss the last publication.
    pub(crate) async fn refresh_parameters(&self) -> Result<(), ApiError> {
        Ok(self.take_over().await?)
    }
}

/// Looks for publications as long as the server runs.
pub(crate) fn follow(state: &Data<ApiState>) {
    let state: Weak<ApiState> = Arc::downgrade(&Arc::clone(state));
    rt::spawn(async move {
        while let Some(state) = state.upgrade() {
            if let Err(error) = state.take_over().await {
                let reason = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!(%error, reason, "what is published cannot be read; the parameters stay as they are");
            }
            let pause = state.config.publications_poll;
            drop(state);
            sleep(pause).await;
        }
    });
}
