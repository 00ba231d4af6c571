//! Proposals of services that the catalogue lacks: a municipality proposes, the ministry decides, every office is told.

use balsts_domain::{
    events::EventType,
    methodology_versions::MethodologyVersionStatus,
    parameters::{
        Parameters,
        catalogue::{Description, MethodologyId},
    },
    service_proposals::{self, ProposalDecision, ProposalOutcome, ProposalStatus},
};
use balsts_store::{DecidedProposal, Reach, RecordedAnswer, ServiceProposal};
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// A proposal as it is made.
#[derive(Debug)]
pub struct NewProposal {
    /// Name of the service.
    pub name: String,
    /// The methodology that lacks it.
    pub methodology: MethodologyId,
    /// What is known of it.
    pub description: Description,
    /// Why it is needed.
    pub reason: String,
}

/// A decision as it is made.
#[derive(Debug)]
pub struct NewProposalDecision {
    /// The outcome.
    pub outcome: ProposalOutcome,
    /// Code of the equal service, or of the one that is added.
    pub service: Option<String>,
    /// The version that adds it.
    pub methodology_version: Option<Uuid>,
    /// Why.
    pub reason: Option<String>,
}

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "service_proposal", id, event }
}

impl App {
    /// Stores a proposal. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::KeyReused`], or the database.
    pub async fn create_service_proposal(
        &self,
        call: &Call<'_>,
        new: NewProposal,
        answer: impl FnOnce(&ServiceProposal) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let NewProposal { name, methodology, description, reason } = new;
        let proposal = ServiceProposal {
            id: (call.new_id)(),
            municipality: call.scope.municipality,
            name,
            methodology,
            description,
            reason,
            status: ProposalStatus::Open,
            created_by: call.scope.subject.clone(),
            created_at: call.at,
            decision: None,
            version: 1,
        };
        transaction.insert_service_proposal(&call.scope, &proposal).await?;
        let told = told("create_service_proposal", Some(EventType::ServiceProposalCreated), proposal.id);
        Ok(call.commit_once(transaction, told, answer(&proposal), None).await?)
    }

    /// Gets a proposal that the caller sees.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_service_proposal(&self, call: &Call<'_>, id: Uuid) -> Result<ServiceProposal, AppError> {
        self.store.get_service_proposal(&call.scope, id).await?.ok_or(AppError::NotFound)
    }

    /// Lists the proposals that the caller sees.
    ///
    /// # Errors
    /// The database.
    pub async fn list_service_proposals(
        &self,
        call: &Call<'_>,
        status: Option<ProposalStatus>,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<ServiceProposal>, AppError> {
        Ok(self.store.list_service_proposals(&call.scope, status, after, limit).await?)
    }

    /// Decides on an open proposal, and tells every office.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is decided, [`AppError::Refused`] where the
    /// decision lacks something, or the database.
    pub async fn decide_service_proposal(
        &self,
        call: &Call<'_>,
        parameters: &Parameters,
        (id, version): (Uuid, i64),
        new: NewProposalDecision,
    ) -> Result<ServiceProposal, AppError> {
        let added = match new.methodology_version {
            Some(id) => Some(self.added_by(id).await?),
            None => None,
        };
        let transaction = self.store.begin_write(Reach::Country).await?;
        let proposal = transaction.find_service_proposal(&call.scope, id).await?;
        let mut proposal = proposal.ok_or(AppError::NotFound)?;
        if proposal.version != version {
            return Err(AppError::Stale);
        }
        proposal.status.expect_open().map_err(|refusal| AppError::conflict(&refusal))?;
        let decision = ProposalDecision {
            outcome: new.outcome,
            service: new.service.as_deref(),
            added: added.as_ref().map(|codes| codes.as_deref()),
            reason: new.reason.as_deref(),
        };
        service_proposals::check_decision(decision, &parameters.catalogue)
            .map_err(|refusals| AppError::refused(&refusals))?;
        proposal.status = new.outcome.into();
        proposal.decision = Some(DecidedProposal {
            service: new.service,
            methodology_version: new.methodology_version,
            reason: new.reason,
            by: call.scope.subject.clone(),
            at: call.at,
        });
        transaction.decide_service_proposal(&mut proposal).await?;
        let kind = EventType::ServiceProposalDecided;
        call.tell_everybody(&transaction, &parameters.municipalities, kind, id).await?;
        call.commit(transaction, told("decide_service_proposal", None, id)).await?;
        Ok(proposal)
    }

    /// The codes of the services that a version adds; none where there is no such version, or it was given up.
    async fn added_by(&self, id: Uuid) -> Result<Option<Vec<String>>, AppError> {
        let version = self.store.get_methodology_version(id).await?;
        let version = version.filter(|version| version.status != MethodologyVersionStatus::Withdrawn);
        Ok(version.map(|version| version.content.services.into_iter().map(|service| service.code).collect()))
    }
}
