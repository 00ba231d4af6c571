//! Versions of catalogue and methodologies: draft, try, publish. Every node takes over what any of them publishes.

use std::sync::Arc;

use balsts_domain::{
    access::Scope,
    events::EventType,
    methodology_versions::{self, MethodologyVersionStatus},
    parameters::{
        Parameters,
        municipalities::Municipalities,
        overlay::{Overlay, OverlayRefusal},
    },
    text::Fault,
};
use balsts_store::{MethodologyVersion, Publication, Reach, RecordedAnswer, WriteTransaction};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    App, AppError, Begun, Call, Told, off_thread,
    what_if::{Both, TriedDraft},
};

/// A draft as it is written.
#[derive(Debug)]
pub struct NewVersion {
    /// What it is called.
    pub title: String,
    /// The first day that anything in it may begin on.
    pub valid_from: NaiveDate,
    /// What it adds.
    pub content: Overlay,
}

/// What is published, and how many publications there are.
#[derive(Debug)]
pub struct Published {
    /// The number of the last publication; 0 before the first.
    pub number: i64,
    /// Everything together.
    pub parameters: Parameters,
}

fn told(action: &'static str, id: Uuid) -> Told {
    Told { action, resource: "methodology_version", id, event: None }
}

/// The faults of a version's content, with pointers from the whole request.
pub(crate) fn refused(refusals: &[OverlayRefusal]) -> AppError {
    let under = |refusal: &OverlayRefusal| {
        let mut fault = Fault::from(refusal);
        fault.pointer.insert_str(0, "/content");
        fault
    };
    AppError::Refused(refusals.iter().map(under).collect())
}

/// Whether a scope may see a version: what is not published is the country's.
fn is_visible(scope: &Scope, version: &MethodologyVersion) -> bool {
    scope.is_national() || version.status == MethodologyVersionStatus::Published
}

impl App {
    /// The number of the last publication; 0 before the first.
    ///
    /// # Errors
    /// The database.
    pub async fn last_publication(&self) -> Result<i64, AppError> {
        Ok(self.store.last_publication().await?)
    }

    /// The parameters with everything that is published, if there is more of it than so many publications.
    ///
    /// # Errors
    /// The database, or [`balsts_store::StoreError::Parameters`] where this program cannot count with what is published.
    pub async fn published_since(&self, number: i64) -> Result<Option<Published>, AppError> {
        if self.store.last_publication().await? <= number {
            return Ok(None);
        }
        let published = self.store.published_contents().await?;
        let number = published.last().map_or(0, |(number, _)| *number);
        let parameters = in_force(published).await?;
        Ok(Some(Published { number, parameters }))
    }

    /// Begins a draft. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::Refused`] with everything that is wrong with its content, [`AppError::KeyReused`], or the database.
    pub async fn create_methodology_version(
        &self,
        call: &Call<'_>,
        new: NewVersion,
        answer: impl FnOnce(&MethodologyVersion) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        self.compile(self.store.published_contents().await?, new.content.clone(), new.valid_from).await?;
        let by = &call.scope.subject;
        let mut version = MethodologyVersion {
            id: (call.new_id)(),
            status: MethodologyVersionStatus::Draft,
            title: new.title,
            valid_from: new.valid_from,
            content: new.content,
            content_hash: Vec::new(),
            version: 1,
            created_by: by.clone(),
            created_at: call.at,
            updated_by: by.clone(),
            updated_at: call.at,
            published: None,
        };
        transaction.insert_methodology_version(&mut version).await?;
        let told = told("create_methodology_version", version.id);
        Ok(call.commit_once(transaction, told, answer(&version), None).await?)
    }

    /// Gets a version.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_methodology_version(&self, call: &Call<'_>, id: Uuid) -> Result<MethodologyVersion, AppError> {
        let found = self.store.get_methodology_version(id).await?;
        found.filter(|version| is_visible(&call.scope, version)).ok_or(AppError::NotFound)
    }

    /// Lists versions in the order in which they were begun; a municipality sees the published ones.
    ///
    /// # Errors
    /// The database.
    pub async fn list_methodology_versions(
        &self,
        call: &Call<'_>,
        status: Option<MethodologyVersionStatus>,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<MethodologyVersion>, AppError> {
        let published = MethodologyVersionStatus::Published;
        let status = match status {
            Some(status) if !call.scope.is_national() && status != published => return Ok(Vec::new()),
            None if !call.scope.is_national() => Some(published),
            status => status,
        };
        Ok(self.store.list_methodology_versions(status, after, limit).await?)
    }

    /// Replaces a draft.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is no draft any more,
    /// [`AppError::Refused`] with everything that is wrong with its content, or the database.
    pub async fn update_methodology_version(
        &self,
        call: &Call<'_>,
        of: (Uuid, i64),
        new: NewVersion,
    ) -> Result<MethodologyVersion, AppError> {
        let published = self.store.published_contents().await?;
        let compiled = self.compile(published, new.content.clone(), new.valid_from).await;
        let (transaction, mut version) = self.draft_for_change(call, of).await?;
        compiled?;
        (version.title, version.valid_from, version.content) = (new.title, new.valid_from, new.content);
        self.change_draft(call, transaction, version, "update_methodology_version").await
    }

    /// Gives a draft up.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is no draft any more, or the database.
    pub async fn withdraw_methodology_version(&self, call: &Call<'_>, of: (Uuid, i64)) -> Result<(), AppError> {
        let (transaction, mut version) = self.draft_for_change(call, of).await?;
        version.status = MethodologyVersionStatus::Withdrawn;
        self.change_draft(call, transaction, version, "withdraw_methodology_version").await.map(drop)
    }

    /// Publishes a draft: its content is in the rules from its first day on, and never changes any more. Every office is told.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is no draft any more,
    /// [`AppError::Refused`] where it begins today or before, or does not go with what was published meanwhile, or the database.
    pub async fn publish_methodology_version(
        &self,
        call: &Call<'_>,
        municipalities: &Municipalities,
        of: (Uuid, i64),
    ) -> Result<MethodologyVersion, AppError> {
        let (transaction, mut version) = self.draft_for_change(call, of).await?;
        methodology_versions::check_publication(version.valid_from, call.scope.today)
            .map_err(|refusal| AppError::refused(&[refusal]))?;
        // Publications take turns from here: the next one is checked against this one.
        let published = transaction.published_contents(&call.scope).await?;
        let number = published.last().map_or(0, |(number, _)| *number).saturating_add(1);
        self.compile(published, version.content.clone(), version.valid_from).await?;
        version.status = MethodologyVersionStatus::Published;
        version.published = Some(Publication { number, by: call.scope.subject.clone(), at: call.at });
        let kind = EventType::MethodologyVersionPublished;
        call.tell_everybody(&transaction, municipalities, kind, version.id).await?;
        self.change_draft(call, transaction, version, "publish_methodology_version").await
    }

    /// Begins a change of a draft, for the whole country: a publication is told to every municipality.
    async fn draft_for_change(
        &self,
        call: &Call<'_>,
        (id, known): (Uuid, i64),
    ) -> Result<(WriteTransaction, MethodologyVersion), AppError> {
        debug_assert!(call.scope.is_national(), "only the country changes versions");
        let transaction = self.store.begin_write(Reach::Country).await?;
        let version = transaction.find_methodology_version(id).await?.ok_or(AppError::NotFound)?;
        if version.version != known {
            return Err(AppError::Stale);
        }
        version.status.expect_draft().map_err(|refusal| AppError::conflict(&refusal))?;
        Ok((transaction, version))
    }

    async fn change_draft(
        &self,
        call: &Call<'_>,
        transaction: WriteTransaction,
        mut version: MethodologyVersion,
        action: &'static str,
    ) -> Result<MethodologyVersion, AppError> {
        (version.updated_by, version.updated_at) = (call.scope.subject.clone(), call.at);
        transaction.update_methodology_version(&mut version).await?;
        call.commit(transaction, told(action, version.id)).await?;
        Ok(version)
    }

    /// The parameters with what is published and a draft.
    async fn compile(
        &self,
        published: Vec<(i64, Overlay)>,
        draft: Overlay,
        earliest: NaiveDate,
    ) -> Result<Parameters, AppError> {
        let known = self.store.known_providers(&draft.providers()).await?;
        let unknown = draft.of_unknown_providers(&known);
        let compiled = off_thread(move || {
            let published: Vec<&Overlay> = published.iter().map(|(_, content)| content).collect();
            draft.compile(&published, earliest)
        });
        match compiled.await? {
            Ok(parameters) if unknown.is_empty() => Ok(parameters),
            compiled => Err(refused(&[compiled.err().unwrap_or_default(), unknown].concat())),
        }
    }

    /// The parameters in force, and the same with a draft; without one, twice the same. That it was asked is audited.
    pub(crate) async fn tried(
        &self,
        call: &Call<'_>,
        draft: Option<TriedDraft>,
        action: &'static str,
    ) -> Result<Both, AppError> {
        let (id, content) = match draft {
            None => (Uuid::nil(), None),
            Some(TriedDraft::Content(content)) => (Uuid::nil(), Some((*content, NaiveDate::MIN))),
            Some(TriedDraft::Version(id)) => {
                let version = self.store.get_methodology_version(id).await?.ok_or(AppError::NotFound)?;
                version.status.expect_draft().map_err(|refusal| AppError::conflict(&refusal))?;
                (id, Some((version.content, version.valid_from)))
            }
        };
        let transaction = self.store.begin_write(&call.scope).await?;
        call.commit(transaction, told(action, id)).await?;
        let published = self.store.published_contents().await?;
        let current = Arc::new(in_force(published.clone()).await?);
        let Some((content, earliest)) = content else { return Ok((Arc::clone(&current), current)) };
        Ok((current, Arc::new(self.compile(published, content, earliest).await?)))
    }
}

/// The parameters with what is published.
async fn in_force(published: Vec<(i64, Overlay)>) -> Result<Parameters, AppError> {
    let compiled = off_thread(move || {
        let contents: Vec<&Overlay> = published.iter().map(|(_, content)| content).collect();
        Parameters::with(&contents)
    });
    Ok(compiled.await?.map_err(balsts_store::StoreError::from)?)
}
