//! The requests of assessments.

use balsts_app::{NewAssessment, NewRightsReport};
use balsts_domain::assessments::Opinion;
use serde::Deserialize;
use utoipa::ToSchema;

use super::parts::{AssessmentFindings, Goals, Recommended, Texts, opinion_parts};
use crate::{
    bounds::{Label, Sentences},
    names::{AgreementForm, AssessmentKind, ReportedTo},
    types::Date,
};

/// An assessment as the worker writes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssessmentRequest {
    /// Why it is made.
    kind: AssessmentKind,
    /// The day on which it takes place; to complete it, not a later one than today.
    assessed_on: Date,
    /// What the worker records.
    findings: AssessmentFindings,
}

/// The opinion of a member of the team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteOpinion {
    /// Subject of the member whose opinion it is; the caller where left out. A specialist writes the own one only.
    pub(super) author: Option<Label>,
    /// Profession.
    profession: Label,
    /// Methods used.
    #[schema(inline)]
    methods: Texts,
    /// What the specialist found.
    conclusions: Sentences,
    /// Goals.
    #[schema(inline)]
    goals: Goals,
    /// Recommended services.
    #[schema(inline)]
    services: Recommended,
    /// The day.
    written_on: Date,
}

/// That a member agrees with the protocol as it stands.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgreeAssessment {
    /// Subject of the member; the caller where left out. A specialist agrees for itself only.
    pub(super) member: Option<Label>,
    /// How.
    pub(super) form: AgreementForm,
    /// The day.
    pub(super) agreed_on: Date,
}

/// That a suspicion that a child's rights are breached was reported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordRightsReport {
    /// To whom.
    to: ReportedTo,
    /// The day on which the suspicion arose.
    noticed_on: Date,
    /// The day of the report.
    reported_on: Date,
    /// What is suspected.
    suspicion: Sentences,
}

impl From<AssessmentRequest> for NewAssessment {
    fn from(request: AssessmentRequest) -> Self {
        Self { kind: request.kind.0, assessed_on: request.assessed_on.0, findings: request.findings.into() }
    }
}

impl WriteOpinion {
    /// The author named, and the opinion.
    pub(super) fn parsed(self) -> (Option<String>, Opinion) {
        let (methods, goals, services) = opinion_parts(self.methods, self.goals, self.services);
        let opinion = Opinion {
            author: String::new(),
            profession: self.profession.0,
            methods,
            conclusions: self.conclusions.0,
            goals,
            services,
            written_on: self.written_on.0,
        };
        (self.author.map(|author| author.0), opinion)
    }
}

impl From<RecordRightsReport> for NewRightsReport {
    fn from(request: RecordRightsReport) -> Self {
        Self {
            to: request.to.0,
            noticed_on: request.noticed_on.0,
            reported_on: request.reported_on.0,
            suspicion: request.suspicion.0,
        }
    }
}
