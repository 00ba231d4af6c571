//! What the recipient, or who speaks for the recipient, does with a draft: ranks its lines, and chooses the provider of one.

use actix_web::{
    HttpResponse, put,
    web::{Data, Path},
};
use balsts_app::ChosenOffer;
use balsts_domain::{
    access::{NO_MACHINE, Permission, Role},
    plans::ranking::RankedLine,
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{PlanResponse, examples, shown};
use crate::{
    ApiState,
    body::Json,
    bounds::{LineNumber, List, Rank},
    i18n::Accepted,
    identity::Identified,
    preconditions::{self, IfMatch, RequestId},
    problem::{AccessFailures, ApiError, BodyFailures, Failures, Missing, PreconditionFailures},
};

const RANK: Permission =
    Permission { municipal: &[Role::SocialWorker, Role::OfficeHead, Role::Recipient], scope: "plans:write" };
/// The choice of a provider is the person's [domain 5.3]; the worker replaces the draft.
const CHOOSE: Permission = Permission { municipal: &[Role::Recipient], scope: NO_MACHINE };

/// A line in the order of the recipient.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RankedLineRequest {
    /// Number of the line.
    line: LineNumber,
    /// Its place, 1 first.
    rank: Rank,
}

type RankedLines = List<RankedLineRequest, 1, 100>;

/// How the recipient ranks the lines of a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RankPlan {
    /// The lines with their places; some may be left out.
    #[schema(inline)]
    lines: RankedLines,
}

/// The provider that the recipient chooses.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChoosePlanOffer {
    /// Identifier of the provider's offer.
    offer: Uuid,
    /// The provider is a relative of the person.
    #[serde(default)]
    provider_is_relative: bool,
}

impl From<RankedLineRequest> for RankedLine {
    fn from(request: RankedLineRequest) -> Self {
        Self { line: request.line.0, rank: request.rank.0 }
    }
}

/// Rank the lines of a draft
///
/// Keeps in which order the recipient puts the lines, beside the priority that the worker writes: where the two differ, the draft
/// tells a warning. The recipient ranks, or the office records it for the recipient. The draft and the signatures under it stay as
/// they are.
#[utoipa::path(
    tag = "plans",
    params(("id" = Uuid, Path, description = "Identifier of the plan"), IfMatch),
    request_body(content = RankPlan, example = json!({"lines": [{"line": 2, "rank": 1}, {"line": 1, "rank": 2}]})),
    responses(
        (status = 200, description = "The plan", body = PlanResponse, example = json!(examples::answer())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = ["plans:write"])),
    extensions(("x-roles" = json!(["social_worker", "office_head", "recipient", "integrator"]))),
)]
#[put("/v1/plans/{id}/ranking")]
pub(crate) async fn rank_plan(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    id: Path<String>,
    version: IfMatch,
    body: Json<RankPlan>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(RANK)?, request_id);
    let of = (preconditions::id(&id)?, version.0);
    let lines = body.0.lines.into_iter().map(RankedLine::from).collect();
    let plan = state.app.rank_plan(&call, &state.parameters, of, lines).await?;
    Ok(shown(&state, &plan, language.0, HttpResponse::Ok()))
}

/// Choose the provider of a line
///
/// The recipient chooses an offer for a line of a draft: the line has its price from now on. What is wrong with the draft then, the
/// answer tells. Signatures under the draft before are gone. For a plan in force, ask for it (`POST /v1/cases/{id}/requests`).
#[utoipa::path(
    tag = "plans",
    params(
        ("id" = Uuid, Path, description = "Identifier of the plan"),
        ("number" = u32, Path, description = "Number of the line", minimum = 1, maximum = 9999),
        IfMatch,
    ),
    request_body(content = ChoosePlanOffer, example = json!({"offer": "018bcfe5-6800-7000-8000-000000000013"})),
    responses(
        (status = 200, description = "The plan", body = PlanResponse, example = json!(examples::answer())),
        AccessFailures, Failures, Missing, BodyFailures, PreconditionFailures,
    ),
    security(("bearer" = [])),
    extensions(("x-roles" = json!(["recipient"]))),
)]
#[put("/v1/plans/{id}/lines/{number}/offer")]
pub(crate) async fn choose_plan_offer(
    caller: Identified,
    state: Data<ApiState>,
    language: Accepted,
    request_id: RequestId,
    path: Path<(String, String)>,
    version: IfMatch,
    body: Json<ChoosePlanOffer>,
) -> Result<HttpResponse, ApiError> {
    let call = state.call(caller.scope(CHOOSE)?, request_id);
    let (id, number) = path.into_inner();
    let number = number.parse().map_err(|_| ApiError::NotFound)?;
    let ChoosePlanOffer { offer, provider_is_relative } = body.0;
    let chosen = (number, ChosenOffer { offer, provider_is_relative });
    let of = (preconditions::id(&id)?, version.0);
    let plan = state.app.choose_plan_offer(&call, &state.parameters, of, chosen).await?;
    Ok(shown(&state, &plan, language.0, HttpResponse::Ok()))
}
