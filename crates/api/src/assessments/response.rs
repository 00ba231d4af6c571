//! The answers of assessments, and what their examples show.

use balsts_app::Assessment;
use balsts_domain::assessments::{Agreement, Content, Opinion, RightsReport};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::parts::{AssessmentFindings, Goals, Recommended, Texts, shown_parts};
use crate::{
    names::{AgreementForm, AssessmentKind, AssessmentStatus, ReportedTo},
    types::Date,
};

/// The opinion of a member of the team.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OpinionResponse {
    /// Subject of the member whose opinion it is.
    author: String,
    /// Profession.
    profession: String,
    /// Methods used.
    #[schema(inline)]
    methods: Texts,
    /// What the specialist found.
    conclusions: String,
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
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgreementResponse {
    /// Subject of the member.
    member: String,
    /// How.
    form: AgreementForm,
    /// The day.
    agreed_on: Date,
    /// Subject of who recorded it.
    recorded_by: String,
}

/// That a suspicion that a child's rights are breached was reported.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RightsReportResponse {
    /// To whom.
    to: ReportedTo,
    /// The day on which the suspicion arose.
    noticed_on: Date,
    /// The day of the report.
    reported_on: Date,
    /// The last day to report: the next working day of the office.
    due_on: Date,
    /// Whether it was reported later than that.
    late: bool,
    /// What is suspected.
    suspicion: String,
    /// Subject of who recorded it.
    recorded_by: String,
}

/// A needs assessment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssessmentResponse {
    /// Identifier.
    id: Uuid,
    /// The case: the identifier of its application.
    case_id: Uuid,
    /// Why it is made.
    kind: AssessmentKind,
    /// The day on which it takes place.
    assessed_on: Date,
    /// Where it stands.
    status: AssessmentStatus,
    /// The day on which it was completed.
    completed_on: Option<Date>,
    /// What the worker records.
    findings: AssessmentFindings,
    /// What the members of the team write.
    opinions: Vec<OpinionResponse>,
    /// Who agrees with the protocol as it stands.
    agreements: Vec<AgreementResponse>,
    /// Reports to police and orphans' court; empty for whoever is not of the office.
    rights_reports: Vec<RightsReportResponse>,
    /// Subject of who began it.
    created_by: String,
}

/// The assessments of a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssessmentList {
    /// Those that the caller may see, in the order in which they were begun.
    pub(super) items: Vec<AssessmentResponse>,
}

impl From<Opinion> for OpinionResponse {
    fn from(opinion: Opinion) -> Self {
        let Opinion { author, profession, methods, conclusions, goals, services, written_on } = opinion;
        let (methods, goals, services) = shown_parts(methods, goals, services);
        Self { author, profession, methods, conclusions, goals, services, written_on: Date(written_on) }
    }
}

impl From<Agreement> for AgreementResponse {
    fn from(agreement: Agreement) -> Self {
        let Agreement { member, form, agreed_on, recorded_by } = agreement;
        Self { member, form: AgreementForm(form), agreed_on: Date(agreed_on), recorded_by }
    }
}

impl From<RightsReport> for RightsReportResponse {
    fn from(report: RightsReport) -> Self {
        Self {
            to: ReportedTo(report.to),
            noticed_on: Date(report.noticed_on),
            reported_on: Date(report.reported_on),
            due_on: Date(report.due_on),
            late: report.reported_on > report.due_on,
            suspicion: report.suspicion,
            recorded_by: report.recorded_by,
        }
    }
}

impl From<&Assessment> for AssessmentResponse {
    fn from(assessment: &Assessment) -> Self {
        let Content { findings, opinions, agreements } = assessment.content.clone();
        Self {
            id: assessment.id,
            case_id: assessment.application_id,
            kind: AssessmentKind(assessment.kind),
            assessed_on: Date(assessment.assessed_on),
            status: AssessmentStatus(assessment.status),
            completed_on: assessment.completed_on.map(Date),
            findings: findings.into(),
            opinions: opinions.into_iter().map(OpinionResponse::from).collect(),
            agreements: agreements.into_iter().map(AgreementResponse::from).collect(),
            rights_reports: assessment.reports.iter().cloned().map(RightsReportResponse::from).collect(),
            created_by: assessment.created_by.clone(),
        }
    }
}

fn goal() -> Value {
    json!({
        "term": "long", "area": "Mobilitāte", "author": "parent", "text": "Pārvietojas pa māju patstāvīgi.",
        "measure": "Soļi bez atbalsta",
    })
}

/// What the worker of an invented case records.
pub(super) fn request_example() -> Value {
    json!({
        "kind": "initial", "assessed_on": "2023-03-20",
        "findings": {
            "place": "home", "participants": [{"name": "Demo Vecāks", "capacity": "vecāks"}],
            "members": [{"subject": "demo-specialist", "name": "Demo Speciāliste", "profession": "ergoterapeite"}],
            "problem_areas": ["Pārvietošanās mājoklī"], "methods": ["Novērošana"], "goals": [goal()],
            "functioning": [{"domain": 4, "level": 3}], "education_load": "20 stundas nedēļā",
            "alternative_communication": null,
            "services_received": [{"service": "Aprūpe mājās", "provider": "Demo aprūpes birojs",
                "frequency": "10 stundas nedēļā", "payer": "pašvaldība"}],
            "background": "Saņem aprūpi mājās.",
        },
    })
}

/// The opinion of its specialist.
pub(super) fn opinion_example() -> Value {
    json!({
        "profession": "ergoterapeite", "methods": ["COPM"], "conclusions": "Ieteicamas nodarbības.", "goals": [goal()],
        "services": [{"service": "specialist", "volume": "20", "frequency": "reizi nedēļā", "term": "5 mēneši"}],
        "written_on": "2023-03-21",
    })
}

/// The assessment of an invented case, as the office sees it.
pub(crate) fn example() -> Value {
    let mut opinion = opinion_example();
    if let Some(members) = opinion.as_object_mut() {
        members.insert("author".to_owned(), json!("demo-specialist"));
    }
    let request = request_example();
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000021", "case_id": "018bcfe5-6800-7000-8000-000000000002",
        "kind": "initial", "assessed_on": "2023-03-20", "status": "completed", "completed_on": "2023-03-22",
        "findings": request.get("findings"), "opinions": [opinion],
        "agreements": [{"member": "demo-specialist", "form": "email", "agreed_on": "2023-03-22",
            "recorded_by": "demo-social-worker"}],
        "rights_reports": [], "created_by": "demo-social-worker",
    })
}
