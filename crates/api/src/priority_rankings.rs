//! `/v1/priority-rankings`: the order of a plan's services out of the experts' and the parent's ranking, and what a budget
//! covers from the top. Stateless.

use std::collections::HashMap;

use actix_web::post;
use balsts_domain::{
    pilot::ranking::{ExpertRank, RankedLine, RankingInput, RankingWeights, ServiceRanks, rank_services as rank},
    text::{Language, Message},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    body::Json,
    bounds::{Area, Count, Label, List},
    examples,
    i18n::{Accepted, Localised, render},
    names::Financing,
    problem::{ApiError, BodyFailures, Failures, Fault},
    types::{Amount, Euros, Number},
};

type RankingLines = List<RankingLineRequest, 1, 200>;
type Areas = List<Area, 0, 99>;

/// A service of the plan with its two ranks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RankingLineRequest {
    /// Code of the service, unique in the plan.
    service: Label,
    /// The experts' rank over the whole plan, 1 to the number of services. Give either this in every line, or `area` with
    /// `expert_area_rank` in every line.
    expert_rank: Option<Count>,
    /// Support area of the service.
    area: Option<Area>,
    /// The experts' rank inside the area, 1 to the number of the area's services.
    expert_area_rank: Option<Count>,
    /// The parent's rank over the whole plan, 1 to the number of services.
    parent_rank: Count,
    /// Cost of the service in the period, EUR; required where a budget is given.
    cost: Option<Amount>,
}

/// The two rankings of a plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PriorityRankingRequest {
    /// The services of the plan, in any order.
    #[schema(inline)]
    lines: RankingLines,
    /// The experts' own order of the support areas; only with ranks inside areas. Without it areas are interleaved by rank.
    #[schema(inline)]
    area_order: Option<Areas>,
    /// Budget to be used from the top, EUR.
    budget: Option<Amount>,
}

/// A service at its place in the combined order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RankedLineResponse {
    /// Place in the combined order, from 1.
    position: u32,
    /// Code of the service.
    service: String,
    /// The experts' rank over the whole plan.
    expert_rank: u32,
    /// The parent's rank.
    parent_rank: u32,
    /// 0.7 x the experts' rank + 0.3 x the parent's; a lower score comes earlier.
    score: Number,
    /// Cost of the service, EUR.
    cost: Option<Euros>,
    /// What the budget pays of it, EUR; null without a budget.
    financed: Option<Euros>,
    /// Whether that is all, a part or nothing; null without a budget.
    financing: Option<Financing>,
    /// How the score comes about, and what the budget covers.
    explanation: String,
}

/// The combined order of a plan's services.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PriorityRankingResponse {
    /// The services, first to last.
    lines: Vec<RankedLineResponse>,
    /// Their codes, first to last.
    order: Vec<String>,
    /// What of the budget is not used, EUR; null without a budget.
    budget_left: Option<Euros>,
}

/// Rank the services of a plan
///
/// The pilot's combined order of a plan's services: the experts' ranking weighs 70 %, the parent's 30 %. With a budget, the
/// services are financed from the top until it is used up; worker and parent may agree otherwise.
#[utoipa::path(
    tag = "rules",
    request_body(content = PriorityRankingRequest, examples(
        ("whole_plan" = (summary = "Ranks over the whole plan", value = json!(example()))),
        ("areas" = (summary = "The experts ranked inside support areas; with a budget", value = json!(example_by_area()))),
    )),
    responses(
        (status = 200, description = "The combined order", body = PriorityRankingResponse, examples(
            ("whole_plan" = (value = json!(examples::answered(example(), answer)))),
            ("areas" = (value = json!(examples::answered(example_by_area(), answer)))),
        )),
        Failures, BodyFailures,
    ),
)]
#[post("/v1/priority-rankings")]
pub(crate) async fn rank_services(
    language: Accepted,
    request: Json<PriorityRankingRequest>,
) -> Result<Localised<PriorityRankingResponse>, ApiError> {
    Ok(Localised(answer(request.0, language.0)?, language.0))
}

fn answer(request: PriorityRankingRequest, language: Language) -> Result<PriorityRankingResponse, ApiError> {
    let input = ranking_input(request)?;
    let ranking =
        rank(&input, RankingWeights::children_pilot_2018()).map_err(|refusals| ApiError::refused(&refusals))?;
    let costs: HashMap<&str, _> = input.lines.iter().map(|line| (line.service.as_str(), line.cost)).collect();
    let line = |line: &RankedLine| RankedLineResponse {
        position: line.position,
        service: line.service.clone(),
        expert_rank: line.expert_rank,
        parent_rank: line.parent_rank,
        score: Number(line.score),
        cost: costs.get(line.service.as_str()).copied().flatten().map(Euros),
        financed: line.financing.map(|financing| Euros(financing.financed)),
        financing: line.financing.map(|financing| Financing(financing.financing)),
        explanation: [Some(line.explanation()), line.financing_explanation()]
            .iter()
            .flatten()
            .map(|message| render(message, language))
            .collect::<Vec<_>>()
            .join(" "),
    };
    Ok(PriorityRankingResponse {
        lines: ranking.lines.iter().map(line).collect(),
        order: ranking.lines.iter().map(|line| line.service.clone()).collect(),
        budget_left: ranking.budget_left.map(Euros),
    })
}

fn ranking_input(request: PriorityRankingRequest) -> Result<RankingInput, ApiError> {
    let mut faults = Vec::new();
    let mut lines = Vec::new();
    for (index, line) in request.lines.into_iter().enumerate() {
        match expert_rank(&line) {
            Ok(expert) => lines.push(ServiceRanks {
                service: line.service.0,
                expert,
                parent_rank: line.parent_rank.0,
                cost: line.cost.map(|cost| cost.0),
            }),
            Err((code, member)) => faults.push(Fault {
                pointer: format!("/lines/{index}{member}"),
                code,
                message: Message::new("ranking-expert-rank-form"),
            }),
        }
    }
    if !faults.is_empty() {
        return Err(ApiError::Refused(faults));
    }
    Ok(RankingInput {
        lines,
        area_order: request.area_order.map(|order| order.into_iter().map(|area| area.0).collect()),
        budget: request.budget.map(|budget| budget.0),
    })
}

/// The experts' rank of a line, in one of its two forms; on failure the code and the member.
fn expert_rank(line: &RankingLineRequest) -> Result<ExpertRank, (&'static str, &'static str)> {
    match (line.expert_rank, line.area, line.expert_area_rank) {
        (Some(rank), None, None) => Ok(ExpertRank::Overall(rank.0)),
        (None, Some(area), Some(rank)) => Ok(ExpertRank::InArea { area: area.0, rank: rank.0 }),
        (Some(_), _, _) => Err(("mixed_ranks", "")),
        (None, None, Some(_)) => Err(("missing_field", "/area")),
        (None, Some(_), None) => Err(("missing_field", "/expert_area_rank")),
        (None, None, None) => Err(("missing_field", "/expert_rank")),
    }
}

/// The second golden case.
fn example() -> Value {
    let line = |line: Value| {
        let [service, expert, parent] = line.as_array().and_then(|line| line.first_chunk::<3>())?.clone();
        Some(json!({"service": service, "expert_rank": expert, "parent_rank": parent}))
    };
    let lines = examples::at(examples::PILOT_RULES, "/rankings/1/lines");
    json!({"lines": lines.as_array().into_iter().flatten().cloned().filter_map(line).collect::<Vec<_>>()})
}

fn example_by_area() -> Value {
    json!({
        "lines": [
            {"service": "home_care", "area": 1, "expert_area_rank": 1, "parent_rank": 1, "cost": "2400.00"},
            {"service": "psychologist_child", "area": 2, "expert_area_rank": 1, "parent_rank": 3, "cost": "480.00"},
            {"service": "specialist", "area": 2, "expert_area_rank": 2, "parent_rank": 2, "cost": "1500.00"},
        ],
        "area_order": [2, 1],
        "budget": "3000.00",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(lines: Value) -> Vec<String> {
        let request = serde_json::from_value(json!({ "lines": lines })).unwrap();
        match answer(request, Language::En) {
            Err(ApiError::Refused(faults)) => faults.iter().map(|f| format!("{} {}", f.code, f.pointer)).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_line_has_one_form_of_the_experts_rank() {
        assert_eq!(
            faults(json!([
                {"service": "a", "parent_rank": 1},
                {"service": "b", "parent_rank": 2, "area": 1},
                {"service": "c", "parent_rank": 3, "expert_area_rank": 1},
                {"service": "d", "parent_rank": 4, "expert_rank": 1, "area": 1},
                {"service": "e", "parent_rank": 5, "expert_rank": 1},
            ])),
            [
                "missing_field /lines/0/expert_rank",
                "missing_field /lines/1/expert_area_rank",
                "missing_field /lines/2/area",
                "mixed_ranks /lines/3",
            ]
        );
        assert_eq!(
            faults(json!([{"service": "a", "parent_rank": 1, "area": 1, "expert_area_rank": 2}])),
            ["rank_out_of_range /lines/0/expert_area_rank"]
        );
    }
}
