//! `/v1/national-summary`: what the offices of the country claim, and the pseudonymous lines behind it.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, web::Data};
use balsts_app::SummaryCell;
use balsts_documents::{
    national_summary::{self, ClaimedAmounts, ClaimedCell},
    workbook,
};
use balsts_domain::{
    access::{NationalPermission, Role},
    money::Money,
    month::Month,
    parameters::municipalities::Municipalities,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::{
    ApiState,
    body::{Query, off_thread},
    forms::{Asked, Xlsx},
    i18n::{Accepted, Localised},
    identity::Identified,
    monthly_reports::{MonthlyReportLine, MonthlyReportLines, lines_example},
    names::{Methodology, PlanningRegion},
    pages::{cut, number_cursor, page_size},
    preconditions::RequestId,
    problem::{AccessFailures, ApiError, Failures, Missing, NotAcceptable, Refused},
    reports::{self, MadeReport, ReportFormat, ReportForms, SummaryFormat},
    types::{Atvk, Euros, YearMonth},
};

const READ: NationalPermission = NationalPermission(&[Role::MinistryReviewer, Role::MinistryAdmin]);

/// The months of a summary, both included.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct NationalSummaryQuery {
    /// The first month.
    #[param(value_type = String, pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$", example = "2023-01")]
    from: YearMonth,
    /// The last month; two years at most.
    #[param(value_type = String, pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$", example = "2023-12")]
    to: YearMonth,
}

/// Sums of claims, EUR.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub(crate) struct ClaimedSums {
    /// Paid, and claimed.
    #[schema(value_type = Euros)]
    paid: Money,
    /// Approved, waiting for the funding, and claimed.
    #[schema(value_type = Euros)]
    awaiting_funding: Money,
    /// Both together.
    #[schema(value_type = Euros)]
    claimed: Money,
    /// What the state pays.
    #[schema(value_type = Euros)]
    state: Money,
    /// What the municipality pays.
    #[schema(value_type = Euros)]
    municipality: Money,
    /// What the parents pay.
    #[schema(value_type = Euros)]
    parents: Money,
}

impl From<&SummaryCell> for ClaimedSums {
    fn from(cell: &SummaryCell) -> Self {
        let (paid, awaiting_funding) = (Money::from_cents(cell.paid), Money::from_cents(cell.awaiting));
        Self {
            paid,
            awaiting_funding,
            claimed: paid + awaiting_funding,
            state: Money::from_cents(cell.state),
            municipality: Money::from_cents(cell.municipal),
            parents: Money::from_cents(cell.parents),
        }
    }
}

impl ClaimedSums {
    const fn amounts(&self) -> ClaimedAmounts {
        [self.paid, self.awaiting_funding, self.claimed, self.state, self.municipality, self.parents]
    }

    fn add(&mut self, other: Self) {
        self.paid += other.paid;
        self.awaiting_funding += other.awaiting_funding;
        self.claimed += other.claimed;
        self.state += other.state;
        self.municipality += other.municipality;
        self.parents += other.parents;
    }
}

/// What the report of a municipality and month claims for a methodology.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NationalSummaryCell {
    /// ATVK code of the municipality.
    municipality: Atvk,
    /// Its planning region.
    region: Option<PlanningRegion>,
    /// The month.
    month: YearMonth,
    /// The methodology.
    methodology: Methodology,
    /// Different recipients of what is claimed.
    recipients: u32,
    /// The sums.
    sums: ClaimedSums,
}

/// Sums of cells that have something in common.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NationalSummaryGroup {
    /// What they have in common.
    #[schema(example = "riga")]
    of: String,
    /// The sums.
    sums: ClaimedSums,
}

/// What the offices of the country claim.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NationalSummary {
    /// By municipality, month and methodology.
    cells: Vec<NationalSummaryCell>,
    /// By municipality, by its ATVK code.
    municipalities: Vec<NationalSummaryGroup>,
    /// By planning region.
    regions: Vec<NationalSummaryGroup>,
    /// By methodology.
    methodologies: Vec<NationalSummaryGroup>,
    /// By month.
    months: Vec<NationalSummaryGroup>,
    /// All together.
    total: ClaimedSums,
}

impl NationalSummary {
    fn of(found: &[SummaryCell], municipalities: &Municipalities) -> Self {
        let region = |cell: &SummaryCell| municipalities.find(cell.municipality).map(|of| of.planning_region);
        let cell = |cell: &SummaryCell| NationalSummaryCell {
            municipality: Atvk(cell.municipality),
            region: region(cell).map(PlanningRegion),
            month: YearMonth(cell.month),
            methodology: Methodology(cell.methodology),
            recipients: cell.recipients,
            sums: cell.into(),
        };
        let cells: Vec<_> = found.iter().map(cell).collect();
        let mut total = ClaimedSums::default();
        cells.iter().for_each(|cell| total.add(cell.sums));
        Self {
            municipalities: groups(&cells, |cell| cell.municipality.0.to_string()),
            regions: groups(&cells, |cell| cell.region.map(|region| region.0.to_string()).unwrap_or_default()),
            methodologies: groups(&cells, |cell| cell.methodology.0.to_string()),
            months: groups(&cells, |cell| cell.month.0.to_string()),
            cells,
            total,
        }
    }
}

fn made(
    municipalities: &Municipalities,
    (from, to): (Month, Month),
    summary: &NationalSummary,
    format: ReportFormat,
) -> Result<MadeReport, ApiError> {
    let cell = |cell: &NationalSummaryCell| ClaimedCell {
        municipality: cell.municipality.0,
        month: cell.month.0,
        methodology: cell.methodology.0,
        recipients: cell.recipients,
        amounts: cell.sums.amounts(),
    };
    let groups = |groups: &[NationalSummaryGroup]| -> Vec<(String, ClaimedAmounts)> {
        groups.iter().map(|group| (group.of.clone(), group.sums.amounts())).collect()
    };
    let cells: Vec<ClaimedCell> = summary.cells.iter().map(cell).collect();
    let shown = national_summary::NationalSummary {
        from,
        to,
        cells: &cells,
        municipalities: groups(&summary.municipalities),
        regions: groups(&summary.regions),
        methodologies: groups(&summary.methodologies),
        months: groups(&summary.months),
        total: summary.total.amounts(),
        known: municipalities,
    };
    let forms = ReportForms {
        name: format!("kopsavilkums-{from}-{to}"),
        page: &|| national_summary::national_summary(&shown),
        csv: &|| national_summary::csv(&shown),
        workbook: &|| workbook::national_summary(&shown),
    };
    forms.made(format, String::new())
}

fn groups(cells: &[NationalSummaryCell], of: impl Fn(&NationalSummaryCell) -> String) -> Vec<NationalSummaryGroup> {
    let mut groups: BTreeMap<String, ClaimedSums> = BTreeMap::new();
    for cell in cells {
        groups.entry(of(cell)).or_default().add(cell.sums);
    }
    groups.into_iter().map(|(of, sums)| NationalSummaryGroup { of, sums }).collect()
}

fn example() -> Value {
    let sums = json!({"paid": "19.89", "awaiting_funding": "6.64", "claimed": "26.53", "state": "13.27",
        "municipality": "13.26", "parents": "0.00"});
    let group = |of: &str| json!([{"of": of, "sums": sums}]);
    json!({
        "cells": [{"municipality": "0001000", "region": "riga", "month": "2023-10", "methodology": "children-2023",
            "recipients": 1, "sums": sums}],
        "municipalities": group("0001000"), "regions": group("riga"), "methodologies": group("children-2023"),
        "months": group("2023-10"), "total": sums,
    })
}

/// Get the national summary
///
/// What the monthly reports claim that are submitted, approved or funded: by municipality, planning region, methodology and month.
/// The lines behind a cell are at `/v1/national-summary/lines`. As `Accept` asks: JSON, a page in Latvian with a chart,
/// comma-separated values of the cells, or a workbook (XLSX).
#[utoipa::path(
    tag = "monthly-reports",
    params(NationalSummaryQuery),
    responses(
        (status = 200, description = "The summary", content(
            (NationalSummary = "application/json", example = json!(example())),
            (String = "text/html", example = json!("<!DOCTYPE html>\n<html lang=\"lv\">...</html>\n")),
            (String = "text/csv", example = json!("municipality,name,region,...\r\n")),
            (Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", example = json!("PK...")),
        )),
        AccessFailures, Failures, Refused, NotAcceptable,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_reviewer", "ministry_admin"]))),
)]
#[get("/v1/national-summary")]
pub(crate) async fn get_national_summary(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    query: Result<Query<NationalSummaryQuery>, ApiError>,
    format: Result<Asked<SummaryFormat>, ApiError>,
) -> Result<HttpResponse, ApiError> {
    // Before the query, so that who may not ask is told no more.
    caller.national(READ)?;
    let NationalSummaryQuery { from, to } = query?.0;
    let SummaryFormat(format) = format?.0;
    let found = state.app.national_summary(from.0, to.0).await?;
    let summary = NationalSummary::of(&found, &state.parameters.municipalities);
    if format == ReportFormat::Json {
        return Ok(reports::summary(&summary, language.0));
    }
    let made = off_thread(move || made(&state.parameters.municipalities, (from.0, to.0), &summary, format)).await?;
    Ok(made.sent())
}

/// The cell whose lines to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SummaryLinesQuery {
    /// The municipality, by its ATVK code.
    #[param(value_type = String, pattern = "^[0-9]{7}$", example = "0001000")]
    municipality: Atvk,
    /// The month.
    #[param(value_type = String, pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$", example = "2023-10")]
    month: YearMonth,
    /// The methodology; all where left out.
    #[param(inline)]
    methodology: Option<Methodology>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    #[param(minimum = 1)]
    cursor: Option<u32>,
}

/// List the lines of the national summary
///
/// The pseudonymous lines of the report behind a cell, in their order: what it claims, without what is paid by now of an earlier
/// claim. The read is recorded in the access log.
#[utoipa::path(
    tag = "monthly-reports",
    params(SummaryLinesQuery),
    responses(
        (status = 200, description = "A page of lines", body = MonthlyReportLines, example = json!(lines_example())),
        AccessFailures, Failures, Missing,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["ministry_reviewer", "ministry_admin"]))),
)]
#[get("/v1/national-summary/lines")]
pub(crate) async fn list_summary_lines(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    query: Result<Query<SummaryLinesQuery>, ApiError>,
) -> Result<Localised<MonthlyReportLines>, ApiError> {
    // Before the query, so that who may not ask is told no more.
    let call = state.call(caller.national(READ)?, request_id);
    let SummaryLinesQuery { municipality, month, methodology, limit, cursor } = query?.0;
    let limit = page_size(limit)?;
    let of = (municipality.0, month.0, methodology.map(|methodology| methodology.0));
    let found = state
        .app
        .list_summary_lines(&call, of, number_cursor(cursor)?.unwrap_or_default(), limit.saturating_add(1))
        .await?;
    let (found, next) = cut(found, limit, |line| line.number);
    Ok(Localised(MonthlyReportLines { items: found.iter().map(MonthlyReportLine::from).collect(), next }, language.0))
}
