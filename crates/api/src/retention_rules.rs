//! `/v1/retention-rules`: how long each kind of record is kept.

use actix_web::{get, web::Data};
use balsts_domain::{
    retention::{Keeping, RetentionRule, RetentionRules},
    text::{Language, Text},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ApiState, examples,
    i18n::{Accepted, Localised},
    names::{RecordKind, RetentionCountsFrom},
    problem::Failures,
    services::ReferenceResponse,
};

/// How long a kind of record is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetentionRuleResponse {
    /// The kind of record.
    record: RecordKind,
    /// What starts the period.
    event: String,
    /// The day that the period is counted from.
    counts_from: RetentionCountsFrom,
    /// How long, as an ISO 8601 duration in years or days.
    #[schema(pattern = "^P[1-9][0-9]*[YD]$", example = "P5Y")]
    period: String,
    /// What stays after the record is erased; null where nothing does.
    kept_after: Option<String>,
    /// Legal source; null where the sources give none.
    source: Option<ReferenceResponse>,
    /// What was chosen and why where the sources leave a gap.
    decision: Option<String>,
}

/// The rules of retention.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetentionRuleList {
    /// One rule for each kind of record.
    items: Vec<RetentionRuleResponse>,
}

/// List retention rules
///
/// How long each kind of record is kept, from what day that counts, and what stays when it is erased: the accounting record
/// outlives the identity.
#[utoipa::path(
    tag = "catalogue",
    responses(
        (status = 200, description = "The rules", body = RetentionRuleList,
            example = json!(examples::shown(|parameters, language| Ok(rules(&parameters.retention, language))))),
        Failures,
    ),
)]
#[get("/v1/retention-rules")]
pub(crate) async fn list_retention_rules(state: Data<ApiState>, language: Accepted) -> Localised<RetentionRuleList> {
    Localised(rules(&state.parameters.retention, language.0), language.0)
}

fn rules(rules: &RetentionRules, language: Language) -> RetentionRuleList {
    let text = |text: &Text| text.in_language(language).to_owned();
    let shown = |rule: &RetentionRule| RetentionRuleResponse {
        record: RecordKind(rule.record),
        event: text(&rule.event),
        counts_from: RetentionCountsFrom(rule.counts_from),
        period: match rule.keep {
            Keeping::Years(years) => format!("P{years}Y"),
            Keeping::Days(days) => format!("P{days}D"),
        },
        kept_after: rule.kept_after.as_ref().map(text),
        source: rule.source.as_ref().map(|source| ReferenceResponse::new(source, language)),
        decision: rule.decision.as_ref().map(text),
    };
    RetentionRuleList { items: rules.all().iter().map(shown).collect() }
}
