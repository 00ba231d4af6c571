//! Documents of a plan in Latvian: the plan, its contract and the guarantee letters of its orders as HTML or PDF, and the workbook in
//! the order of the "IBM matrix" as XLSX.

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use balsts_app::{Issued, IssuedPlan, LedgerDay, NamedProvider, PlanExecution, ProviderIdentity};
use balsts_documents::{
    contract::{self, Contract},
    guarantee_letter::{self, GuaranteeLetter},
    parties::{Official, Provider},
    plan::{self, Plan, PlanSums},
    workbook::{self, MonthActual, Signed, TeamMember, Workbook, WorkbookError},
};
use balsts_domain::{
    access::Permission,
    assessments::Member,
    calculation::CalculationFacts,
    ledger::EntryKind,
    month::Month,
    parameters::catalogue::MethodologyId,
    plans::status::{PlanDocument, PlanParty},
    text::Language,
};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    ApiState,
    body::{Query, off_thread},
    bounds::LineNumber,
    documents::{Format, Parties, in_latvian, official, shown},
    forms::{self, Asked, Pdf, Xlsx},
    identity::Identified,
    orders, plans,
    preconditions::{self, RequestId},
    problem::{AccessFailures, ApiError, Conflict, Failures, Missing, NotAcceptable},
};

/// A guarantee letter tells money and a provider, no health data.
const READ_LETTER: Permission = orders::READ;

/// Which version of a plan a document shows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct VersionQuery {
    /// Number of the version; the one that comes next is the draft. Where it is left out: the version in force, or the draft
    /// before the first is signed.
    #[param(inline)]
    version: Option<LineNumber>,
}

/// Get a plan as a document
///
/// The support plan that worker and recipient sign, in Latvian: parties, goals, services with volume, price, payer and provider,
/// volumes by month, sums. A draft and the version that it becomes give the same document; a draft that cannot be signed says
/// so. HTML, or PDF where `Accept` asks for it and the server is built with it. The office must be described. The read is
/// recorded in the access log.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path, description = "Identifier of the plan"), VersionQuery),
    responses(
        (status = 200, description = "The document", content(
            (String = "text/html", example = json!("<!DOCTYPE html>\n<html lang=\"lv\">...</html>\n")),
            (Pdf = "application/pdf", example = json!("%PDF-1.7 ...")),
        )),
        AccessFailures, Conflict, Failures, Missing, NotAcceptable,
    ),
    security(("bearer" = ["plans:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/plans/{id}/document")]
pub(crate) async fn get_plan_document(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
    query: Query<VersionQuery>,
    format: Asked<Format>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(plans::READ)?, request_id);
    let of = (preconditions::id(&id)?, query.0.number());
    let issued = state.app.issue_of_plan(&call, &state.parameters, of, "get_plan_document").await?;
    let names = Names::new(&issued);
    shown(plan::plan(&names.plan(&issued), &state.parameters, &in_latvian), format.0).await
}

/// Get the contract of a plan as a document
///
/// The contract of the office with the person, in Latvian: parties, subject, term, settlement, rights and duties, liability,
/// amendments, disputes. The plan is its annex, named by version and hash. Which version is chosen as for the plan.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path, description = "Identifier of the plan"), VersionQuery),
    responses(
        (status = 200, description = "The document", content(
            (String = "text/html", example = json!("<!DOCTYPE html>\n<html lang=\"lv\">...</html>\n")),
            (Pdf = "application/pdf", example = json!("%PDF-1.7 ...")),
        )),
        AccessFailures, Conflict, Failures, Missing, NotAcceptable,
    ),
    security(("bearer" = ["plans:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/plans/{id}/contract/document")]
pub(crate) async fn get_contract_document(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
    query: Query<VersionQuery>,
    format: Asked<Format>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(plans::READ)?, request_id);
    let of = (preconditions::id(&id)?, query.0.number());
    let issued = state.app.issue_of_plan(&call, &state.parameters, of, "get_contract_document").await?;
    let names = Names::new(&issued);
    let signed_by = issued.signer(PlanDocument::Contract, PlanParty::OfficeHead);
    let head = head(&issued.issued, signed_by);
    let contract = Contract { plan: &names.plan(&issued), content_hash: &issued.content_hash, head: &head };
    shown(contract::contract(&contract), format.0).await
}

/// Get a guarantee letter as a document
///
/// The office's promise to pay the provider, in Latvian: service, volume, intensity, period, price, total, how and when the office
/// pays. It tells no diagnosis and no budget. Only a service that was ordered by guarantee letter has one.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path, description = "Identifier of the order")),
    responses(
        (status = 200, description = "The document", content(
            (String = "text/html", example = json!("<!DOCTYPE html>\n<html lang=\"lv\">...</html>\n")),
            (Pdf = "application/pdf", example = json!("%PDF-1.7 ...")),
        )),
        AccessFailures, Conflict, Failures, Missing, NotAcceptable,
    ),
    security(("bearer" = ["orders:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "budget_manager", "accountant", "auditor", "integrator"]))),
)]
#[get("/v1/orders/{id}/document")]
pub(crate) async fn get_order_document(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
    format: Asked<Format>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(READ_LETTER)?, request_id);
    let letter = state.app.issue_of_letter(&call, preconditions::id(&id)?, "get_order_document").await?;
    let parties = Parties::new(&letter.issued);
    let order = &letter.order.summary;
    let prices: Vec<_> = letter.order.prices.iter().map(|price| (price.valid_from, price.unit_price)).collect();
    let document = guarantee_letter::guarantee_letter(
        &GuaranteeLetter {
            issuer: &parties.issuer,
            number: letter.order.terms.reference.as_deref(),
            date: letter.ordered_on,
            provider: &provider(&letter.provider),
            person: &parties.person,
            representative: parties.representative.as_ref(),
            methodology: letter.issued.application.summary.methodology,
            service: &order.service,
            recipient: letter.line.recipient,
            volume: order.volume,
            intensity: letter.line.intensity,
            from: order.valid_from,
            to: order.valid_to,
            prices: &prices,
            total: letter.total,
            payment: letter.order.terms.payment.as_deref(),
            other: letter.order.terms.other.as_deref(),
            signed_by: &head(&letter.issued, None),
        },
        &state.parameters,
        &in_latvian,
    );
    shown(document, format.0).await
}

/// Get a plan as a workbook
///
/// The plan and its execution as XLSX, in Latvian, with a sheet for each table of the "IBM matrix" that workers know: personal data,
/// team, goals and services, amounts by source, annex of the contract, volumes by month, providers and prices, application,
/// planned and actual volume and money, technical data. Which version is chosen as for the plan.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path, description = "Identifier of the plan"), VersionQuery),
    responses(
        (status = 200, description = "The workbook", content(
            (Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", example = json!("PK...")),
        )),
        AccessFailures, Conflict, Failures, Missing,
    ),
    security(("bearer" = ["plans:read"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "auditor", "recipient", "integrator"]))),
)]
#[get("/v1/plans/{id}/workbook")]
pub(crate) async fn get_plan_workbook(
    caller: Identified,
    state: Data<ApiState>,
    request_id: RequestId,
    id: Path<String>,
    query: Query<VersionQuery>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(plans::READ)?, request_id);
    let of = (preconditions::id(&id)?, query.0.number());
    let execution = state.app.issue_of_execution(&call, &state.parameters, of, "get_plan_workbook").await?;
    let name = format!("atbalsta-plans-{}.xlsx", execution.plan.number);
    let written = off_thread(move || Ok(written(&execution, &state))).await?;
    forms::workbook(&name, Language::Lv, written)
}

impl VersionQuery {
    fn number(&self) -> Option<u32> {
        self.version.as_ref().map(|version| version.0)
    }
}

/// What a plan refers to, by name.
struct Names {
    parties: Parties,
    providers: BTreeMap<Uuid, Provider>,
    worker: Official,
}

impl Names {
    fn new(issued: &IssuedPlan) -> Self {
        // The plan's worker has signed it; before that the one who calculated the budget stands for them.
        let signed_by = issued.signer(PlanDocument::Plan, PlanParty::Worker);
        let calculated_by = issued.issued.budget.as_ref().map(|budget| budget.calculated.calculated_by.as_str());
        let worker = signed_by.or(calculated_by).unwrap_or_default();
        Self {
            parties: Parties::new(&issued.issued),
            providers: issued.providers.iter().map(|(offer, known)| (*offer, provider(known))).collect(),
            worker: official(&issued.issued.office, worker),
        }
    }

    fn plan<'a>(&'a self, issued: &'a IssuedPlan) -> Plan<'a> {
        Plan {
            issuer: &self.parties.issuer,
            person: &self.parties.person,
            representative: self.parties.representative.as_ref(),
            methodology: issued.issued.application.summary.methodology,
            version: issued.number,
            content: &issued.content,
            sums: PlanSums { indicative: issued.indicative, agreed: issued.agreed, payable: issued.payable },
            providers: &self.providers,
            can_be_signed: issued.can_be_signed,
            worker: &self.worker,
        }
    }
}

fn provider(known: &NamedProvider) -> Provider {
    let (name, registration_number) = match &known.identity {
        ProviderIdentity::Legal { name, registration_number } => (name.clone(), Some(registration_number.clone())),
        ProviderIdentity::Natural { given_name, family_name, .. } => (format!("{given_name} {family_name}"), None),
    };
    Provider { name, registration_number, register_number: known.register_number.clone() }
}

/// Who signs for the office: who did, or who signed the decision.
fn head(issued: &Issued, signed_by: Option<&str>) -> Official {
    let decided_by = issued.application.decision.as_ref().map(|decision| decision.signed_by.as_str());
    official(&issued.office, signed_by.or(decided_by).unwrap_or_default())
}

fn written(execution: &PlanExecution, state: &ApiState) -> Result<Vec<u8>, WorkbookError> {
    let issued = &execution.plan;
    let names = Names::new(issued);
    let application = &issued.issued.application;
    let contact = &application.person.contact;
    let contacts: Vec<_> = [&contact.phone, &contact.email].into_iter().flatten().cloned().collect();
    let calculated = issued.issued.budget.as_ref().map(|budget| &budget.calculated);
    let birth_date = match calculated.map(|calculated| &calculated.facts) {
        Some(CalculationFacts::Child(facts)) => Some(facts.birth_date),
        Some(CalculationFacts::Pilot(facts)) => Some(facts.birth_date),
        _ => application.decision.as_ref().and_then(|decision| decision.facts.birth_date),
    };
    let methodology = methodology(application.summary.methodology, issued.content.from, state);
    let workbook = Workbook {
        plan: &names.plan(issued),
        id: issued.plan.summary.id,
        status: issued.plan.summary.status,
        birth_date,
        contacts: &contacts,
        team: &team(execution, &names),
        balance: Some(&execution.balance),
        months: &months(&execution.days),
        signatures: &signatures(issued),
        content_hash: &issued.content_hash,
        methodology: &methodology,
    };
    workbook::workbook(&workbook, &state.parameters)
}

/// Title and version of the methodology on a day.
fn methodology(id: MethodologyId, on: NaiveDate, state: &ApiState) -> String {
    let parameters = &state.parameters;
    let (title, version) = match id {
        MethodologyId::Children2023 => {
            (&parameters.children.title, parameters.children.rules_on(on).map(|rules| &rules.version))
        }
        MethodologyId::Adults2023 => {
            (&parameters.adults.title, parameters.adults.rules_on(on).map(|rules| &rules.version))
        }
        MethodologyId::ChildrenPilot2018 => {
            (&parameters.pilot.title, parameters.pilot.rules_on(on).map(|rules| &rules.version))
        }
    };
    version.map_or_else(|| title.lv.to_string(), |version| format!("{}, {version}. versija", title.lv))
}

/// The team of the latest assessment; where there is none, the worker and whoever speaks for the person.
fn team(execution: &PlanExecution, names: &Names) -> Vec<TeamMember> {
    if let Some(assessment) = &execution.assessment {
        let member = |member: &Member| TeamMember {
            name: member.name.clone(),
            role: member.profession.clone(),
            on: Some(assessment.assessed_on),
        };
        return assessment.content.findings.members.iter().map(member).collect();
    }
    let calculated = execution.plan.issued.budget.as_ref().map(|budget| budget.calculated.facts.date());
    let (name, role) = (names.worker.name.clone(), names.worker.position.clone());
    let worker = TeamMember { name, role, on: calculated };
    let representative = names.parties.representative.as_ref().map(|one| TeamMember {
        name: format!("{} {}", one.given_name, one.family_name),
        role: one.relation().to_owned(),
        on: None,
    });
    [Some(worker), representative].into_iter().flatten().collect()
}

fn months(days: &[LedgerDay]) -> Vec<MonthActual> {
    let mut months: BTreeMap<(u32, NaiveDate), MonthActual> = BTreeMap::new();
    for day in days.iter().filter(|day| matches!(day.kind, EntryKind::Delivered | EntryKind::Paid)) {
        let month = Month::of(day.on).first_day();
        let of =
            months.entry((day.line, month)).or_insert(MonthActual { line: day.line, month, ..MonthActual::default() });
        if day.kind == EntryKind::Paid {
            of.paid = of.paid.saturating_add(day.cents);
        } else {
            of.delivered = of.delivered.saturating_add(day.cents);
            of.delivered_volume = of.delivered_volume.saturating_add(day.thousandths);
        }
    }
    months.into_values().collect()
}

fn signatures(issued: &IssuedPlan) -> Vec<Signed> {
    let of_version = issued.plan.signatures.iter().filter(|known| known.number == issued.number);
    let signed = of_version.map(|known| Signed {
        document: known.document,
        party: known.party,
        name: match known.party {
            PlanParty::Recipient => known.signer.clone(),
            PlanParty::Worker | PlanParty::OfficeHead => official(&issued.issued.office, &known.signer).name,
        },
        on: known.signed_on,
        method: known.method,
        hash: known.document_hash.clone(),
    });
    signed.collect()
}
