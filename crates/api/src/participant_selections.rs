//! `/v1/participant-selections`: who takes part in the pilot, on codes without names. Stateless.

use actix_web::post;
use balsts_domain::{
    pilot::selection::{
        AgeGroup, AgeGroupTarget, Excluded, GroupResult, ImpairmentQuota, PilotApplication, Placement, Selection,
        SelectionGroup, SelectionParameters, SelectionStage as Stage, select_participants as select,
    },
    text::Language,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    body::{self, Json},
    bounds::{Age, Count, Label, List, WholePercent},
    examples,
    i18n::{Accepted, Localised, render},
    names::{ExclusionReason, Impairment, SelectionCriterion, SelectionStage},
    problem::{ApiError, BodyFailures, Failures},
    types::{Date, Minute},
};

type PilotApplications = List<PilotApplicationRequest, 0, 10_000>;
type AgeGroupTargets = List<AgeGroupTargetRequest, 0, 50>;
type ImpairmentQuotas = List<ImpairmentQuotaRequest, 0, 6>;

/// An application for the pilot, anonymised.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PilotApplicationRequest {
    /// Pseudonymous code of the child, unique in the request.
    code: Label,
    /// The municipality.
    municipality: Label,
    /// Planning region of the municipality, where known.
    region: Option<Label>,
    /// Birth date of the child.
    birth_date: Date,
    /// The type of functional impairment.
    impairment: Impairment,
    /// Whether the child is home-schooled; false where left out.
    #[schema(default = false)]
    home_schooled: Option<bool>,
    /// When the office received the application, local time.
    received_at: Minute,
}

/// How many children an age group should have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgeGroupTargetRequest {
    /// Youngest age.
    from: Age,
    /// Oldest age, inclusive.
    to: Age,
    /// Children.
    target: Count,
}

/// What part of the children should have an impairment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImpairmentQuotaRequest {
    /// The impairment.
    impairment: Impairment,
    /// Percent of all children selected.
    percent: WholePercent,
}

/// The figures of a selection; what is left out is as in the pilot.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SelectionParametersRequest {
    /// The day on which ages count.
    reference_date: Date,
    /// Children from each municipality; 10.
    per_municipality: Option<Count>,
    /// Age groups, youngest first; 0-2, 3-7, 8-10, 11-14, 15-17 with 20 children each.
    #[schema(inline)]
    age_groups: Option<AgeGroupTargets>,
    /// Quotas by impairment; vision and hearing 5 %, movement, mental and multiple 30 % each. A child with another
    /// impairment is taken only where no child with one of these is left.
    #[schema(inline)]
    impairments: Option<ImpairmentQuotas>,
    /// The least number of children from each planning region; 20.
    minimum_per_region: Option<Count>,
    /// The age from which a person is no child any more; 18.
    adult_age: Option<Age>,
    /// Last day of the pilot, where a child that becomes an adult by then must not take part.
    pilot_end: Option<Date>,
    /// The last minute in which an application is in time.
    closing: Option<Minute>,
    /// Whether places that a municipality can't fill go to others at once; false.
    #[schema(default = false)]
    move_unfilled_places: Option<bool>,
}

/// Applications for the pilot and the figures of the selection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParticipantSelectionRequest {
    /// The applications; their order does not matter.
    #[schema(inline)]
    applications: PilotApplications,
    /// The figures of the selection.
    parameters: SelectionParametersRequest,
}

/// A child that has a place, or one that waits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlacementResponse {
    /// Code of the child.
    code: String,
    /// The municipality.
    municipality: String,
    /// Planning region.
    region: Option<String>,
    /// Age group on the reference date.
    #[schema(example = "3-7")]
    age_group: String,
    /// The type of functional impairment.
    impairment: Impairment,
    /// Whether the child is home-schooled.
    home_schooled: bool,
    /// When the office received the application.
    received_at: Minute,
    /// The stage that decided.
    stage: SelectionStage,
    /// What set the child apart from the nearest one that was decided otherwise.
    criterion: SelectionCriterion,
    /// The decision in words.
    explanation: String,
}

/// A child that may not take part.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExcludedResponse {
    /// Code of the child.
    code: String,
    /// The stage that decided.
    stage: SelectionStage,
    /// Why.
    criterion: ExclusionReason,
    /// The reason in words.
    explanation: String,
}

/// What a target is about.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TargetKind {
    /// The number of children from a municipality.
    Municipality,
    /// The least number of children from a planning region.
    Region,
    /// The number of children of an age group.
    AgeGroup,
    /// The number of children with an impairment.
    Impairment,
}

/// A target and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TargetResponse {
    /// What the target is about.
    kind: TargetKind,
    /// Name of the municipality or region, the age group or the impairment.
    #[schema(example = "3-7")]
    group: String,
    /// Children asked for, before shortfalls are spread.
    wanted: u32,
    /// Children that have places.
    got: u32,
    /// Whether there are at least as many as asked for.
    met: bool,
    /// The target in words.
    explanation: String,
}

/// The outcome of a selection.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ParticipantSelectionResponse {
    /// The children that have places, by municipality.
    selected: Vec<PlacementResponse>,
    /// The children that wait, in their order.
    waiting_list: Vec<PlacementResponse>,
    /// The children that may not take part, by code.
    excluded: Vec<ExcludedResponse>,
    /// Every target of the parameters.
    targets: Vec<TargetResponse>,
}

/// Select the participants of the pilot
///
/// The pilot's selection by municipality, age group and impairment, ties by home-schooling and time of receipt, with a
/// waiting list. It works on codes, not names, and gives the same answer to the same applications in any order. Each child
/// comes with the stage and the criterion that decided. At most 10,000 applications, and no more than fit the server's limit
/// on bodies (1 MiB, if not configured otherwise).
#[utoipa::path(
    tag = "rules",
    request_body(content = ParticipantSelectionRequest, example = json!(example())),
    responses(
        (status = 200, description = "The outcome", body = ParticipantSelectionResponse,
            example = json!(examples::answered(example(), answer))),
        Failures, BodyFailures,
    ),
)]
#[post("/v1/participant-selections")]
pub(crate) async fn select_participants(
    language: Accepted,
    request: Json<ParticipantSelectionRequest>,
) -> Result<Localised<ParticipantSelectionResponse>, ApiError> {
    let language = language.0;
    Ok(Localised(body::off_thread(move || answer(request.0, language)).await?, language))
}

fn answer(request: ParticipantSelectionRequest, language: Language) -> Result<ParticipantSelectionResponse, ApiError> {
    let parameters = parameters(request.parameters);
    let applications: Vec<_> = request.applications.into_iter().map(application).collect();
    let selection = select(&applications, &parameters).map_err(|refusals| ApiError::refused(&refusals))?;
    Ok(response(selection, language))
}

fn application(request: PilotApplicationRequest) -> PilotApplication {
    PilotApplication {
        code: request.code.0,
        municipality: request.municipality.0,
        region: request.region.map(|region| region.0),
        birth_date: request.birth_date.0,
        impairment: request.impairment.0,
        home_schooled: request.home_schooled == Some(true),
        received_at: request.received_at.0,
    }
}

fn parameters(request: SelectionParametersRequest) -> SelectionParameters {
    let pilot = SelectionParameters::children_pilot_2018(request.reference_date.0);
    let age_group = |group: AgeGroupTargetRequest| AgeGroupTarget {
        group: AgeGroup { from: group.from.0, to: group.to.0 },
        target: group.target.0,
    };
    let quota =
        |quota: ImpairmentQuotaRequest| ImpairmentQuota { impairment: quota.impairment.0, percent: quota.percent.0 };
    SelectionParameters {
        per_municipality: request.per_municipality.map_or(pilot.per_municipality, |count| count.0),
        age_groups: request.age_groups.map_or(pilot.age_groups, |groups| groups.into_iter().map(age_group).collect()),
        impairments: request.impairments.map_or(pilot.impairments, |quotas| quotas.into_iter().map(quota).collect()),
        minimum_per_region: request.minimum_per_region.map_or(pilot.minimum_per_region, |count| count.0),
        reference_date: pilot.reference_date,
        adult_age: request.adult_age.map_or(pilot.adult_age, |age| age.0),
        pilot_end: request.pilot_end.map(|date| date.0),
        closing: request.closing.map(|minute| minute.0),
        move_unfilled_places: request.move_unfilled_places == Some(true),
    }
}

fn response(selection: Selection, language: Language) -> ParticipantSelectionResponse {
    let placement = |placement: Placement| PlacementResponse {
        stage: SelectionStage(placement.stage()),
        criterion: SelectionCriterion(placement.criterion),
        explanation: render(&placement.explanation(), language),
        code: placement.child.code,
        municipality: placement.child.municipality,
        region: placement.child.region,
        age_group: placement.child.age_group.to_string(),
        impairment: Impairment(placement.child.impairment),
        home_schooled: placement.child.home_schooled,
        received_at: Minute(placement.child.received_at),
    };
    let excluded = |excluded: Excluded| ExcludedResponse {
        code: excluded.code,
        stage: SelectionStage(Stage::Eligibility),
        criterion: ExclusionReason(excluded.reason),
        explanation: render(&excluded.reason.explanation(), language),
    };
    ParticipantSelectionResponse {
        selected: selection.chosen.into_iter().map(placement).collect(),
        waiting_list: selection.waiting.into_iter().map(placement).collect(),
        excluded: selection.excluded.into_iter().map(excluded).collect(),
        targets: selection.targets.iter().map(|result| target(result, language)).collect(),
    }
}

fn target(result: &GroupResult, language: Language) -> TargetResponse {
    let (kind, group) = match &result.group {
        SelectionGroup::Municipality(name) => (TargetKind::Municipality, name.clone()),
        SelectionGroup::Region(name) => (TargetKind::Region, name.clone()),
        SelectionGroup::AgeGroup(group) => (TargetKind::AgeGroup, group.to_string()),
        SelectionGroup::Impairment(impairment) => (TargetKind::Impairment, impairment.as_str().to_owned()),
    };
    TargetResponse {
        kind,
        group,
        wanted: result.wanted,
        got: result.got,
        met: !result.missed(),
        explanation: render(&result.explanation(), language),
    }
}

fn example() -> Value {
    let application = |code, birth_date, impairment, home_schooled, received_at| {
        json!({"code": code, "municipality": "Bauska", "region": "Zemgale", "birth_date": birth_date,
            "impairment": impairment, "home_schooled": home_schooled, "received_at": received_at})
    };
    json!({
        "applications": [
            application("B-001", "2014-05-20", "movement", false, "2018-11-05T09:12"),
            application("B-002", "2015-01-11", "movement", true, "2018-11-06T15:40"),
            application("B-003", "2008-09-02", "mental", false, "2018-11-05T09:30"),
            application("B-004", "2000-02-02", "mental", false, "2018-11-05T10:00"),
        ],
        "parameters": {"reference_date": "2019-01-01", "per_municipality": 2, "minimum_per_region": 2},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_that_are_left_out_are_the_pilots() {
        let request = json!({"reference_date": "2019-01-01"});
        let pilot = SelectionParameters::children_pilot_2018("2019-01-01".parse().unwrap());
        assert_eq!(parameters(serde_json::from_value(request).unwrap()), pilot);
    }

    #[test]
    fn every_child_is_accounted_for_with_its_reason() {
        let outcome = examples::answered(example(), answer);
        let codes = |list: &str| -> Vec<&str> {
            let children = outcome[list].as_array().unwrap();
            children.iter().map(|child| child["code"].as_str().unwrap()).collect()
        };
        assert_eq!(codes("selected"), ["B-002", "B-003"]);
        assert_eq!(codes("waiting_list"), ["B-001"]);
        assert_eq!(outcome["waiting_list"][0]["criterion"], "home_schooled");
        assert_eq!(outcome["excluded"][0]["criterion"], "adult");
        assert_eq!(outcome["excluded"][0]["stage"], "eligibility");
    }
}
