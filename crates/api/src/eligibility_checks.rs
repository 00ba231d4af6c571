//! `/v1/eligibility-checks`: whether a person may receive a budget, criterion by criterion. Stateless.

use actix_web::post;
use balsts_domain::{
    eligibility::{self, Eligibility, EligibilityFacts},
    text::Language,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    body::Json,
    i18n::{self, Accepted, Localised},
    names::{DisabilityGroup, Impairment, Methodology},
    problem::{ApiError, BodyFailures, Failures},
    types::Date,
};

/// A disability as the commission determined it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DisabilityRequest {
    /// Its group; `none` where the commission determined no disability.
    pub(crate) group: DisabilityGroup,
    /// Last day in force; none for life.
    pub(crate) valid_until: Option<Date>,
}

/// What is known of the person; what is left out is not known.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EligibilityCheckRequest {
    /// The methodology.
    methodology: Methodology,
    /// The day of the decision.
    date: Date,
    /// Birth date.
    birth_date: Option<Date>,
    /// Disability.
    disability: Option<DisabilityRequest>,
    /// Functional impairments of a child; an empty list says that there are none.
    #[validate(length(max = 6))]
    #[schema(max_items = 6)]
    impairment_types: Option<Vec<Impairment>>,
    /// Disorder of mental nature (adults).
    mental_disorder: Option<bool>,
    /// Lives in the community, not in a long-term care institution (adults).
    lives_in_community: Option<bool>,
    /// Assessed in the deinstitutionalisation project (pilot).
    assessed_in_di_project: Option<bool>,
    /// First day of the pilot (pilot).
    pilot_start: Option<Date>,
    /// Last day of the pilot (pilot).
    pilot_end: Option<Date>,
}

/// One criterion's outcome.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CriterionResponse {
    /// The criterion.
    #[schema(example = "age")]
    criterion: String,
    /// Whether it is met; null where data is missing.
    met: Option<bool>,
    /// Legal basis.
    legal_basis: String,
    /// Why.
    explanation: String,
}

/// Whether a person may receive a budget.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EligibilityCheckResponse {
    /// False as soon as a criterion fails; null while data is missing, which is not a refusal.
    eligible: Option<bool>,
    /// Every criterion of the methodology.
    criteria: Vec<CriterionResponse>,
    /// Members of the request that are missing.
    missing: Vec<String>,
}

/// Check eligibility
///
/// Every criterion of the methodology on the day of the decision, each with its outcome, legal basis and reason. A refusal
/// lists every criterion that failed; missing data is "cannot be decided", with what is missing.
#[utoipa::path(
    tag = "rules",
    request_body(content = EligibilityCheckRequest, example = json!({
        "methodology": "children-2023", "date": "2023-03-01", "birth_date": "2013-01-01",
        "disability": {"group": "child", "valid_until": null}, "impairment_types": ["movement"],
    })),
    responses(
        (status = 200, description = "The outcome", body = EligibilityCheckResponse, example = json!({
            "eligible": true,
            "criteria": [
                {"criterion": "functional_impairment", "met": true, "legal_basis": "S2, 1. posms; S3, veidlapa, 4. zemsvītras piezīme",
                 "explanation": "Konstatēti funkcionālie traucējumi."},
                {"criterion": "disability", "met": true, "legal_basis": "S2, 1. posms; S3, veidlapa, 4. zemsvītras piezīme",
                 "explanation": "Invaliditāte ir spēkā."},
                {"criterion": "age", "met": true, "legal_basis": "S2, 1. posms; S3, veidlapa, 4. zemsvītras piezīme",
                 "explanation": "2023-03-01 bērna vecums ir 10 gadi: mazāk par 18."},
            ],
            "missing": [],
        })),
        Failures, BodyFailures,
    ),
)]
#[post("/v1/eligibility-checks")]
pub(crate) async fn check_eligibility(
    language: Accepted,
    body: Json<EligibilityCheckRequest>,
) -> Result<Localised<EligibilityCheckResponse>, ApiError> {
    let request = body.0;
    let facts = EligibilityFacts {
        birth_date: request.birth_date.map(|date| date.0),
        disability: request.disability.map(|disability| eligibility::Disability {
            group: disability.group.0,
            valid_until: disability.valid_until.map(|date| date.0),
        }),
        impairment_types: request.impairment_types.map(|types| types.into_iter().map(|kind| kind.0).collect()),
        mental_disorder: request.mental_disorder,
        lives_in_community: request.lives_in_community,
        assessed_in_di_project: request.assessed_in_di_project,
        pilot_start: request.pilot_start.map(|date| date.0),
        pilot_end: request.pilot_end.map(|date| date.0),
    };
    let outcome = eligibility::check(request.methodology.0, request.date.0, &facts);
    Ok(Localised(EligibilityCheckResponse::new(outcome, language.0), language.0))
}

impl EligibilityCheckResponse {
    pub(crate) fn new(outcome: Eligibility, language: Language) -> Self {
        let criteria = outcome.criteria.iter().map(|criterion| CriterionResponse {
            criterion: criterion.criterion.to_string(),
            met: criterion.met,
            legal_basis: criterion.legal_basis.in_language(language).to_owned(),
            explanation: i18n::render(&criterion.explanation, language),
        });
        Self {
            eligible: outcome.eligible,
            criteria: criteria.collect(),
            missing: outcome.missing.into_iter().map(ToOwned::to_owned).collect(),
        }
    }
}
