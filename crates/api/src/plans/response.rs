//! The answers of plans.

use balsts_app::{CheckedPlan, PlanCorrection, PlanSignature, PlanStep, PlanSummary, PlanVersion};
use balsts_domain::{
    money::Money,
    parameters::{Parameters, catalogue::Service},
    pilot::{
        budget::{PilotAmounts, PilotNeed},
        ranking as pilot_ranking,
    },
    plans::{
        Goal, PlanContent, PlanLine,
        amounts::{Amounts, Ceiling},
        corrections::{CorrectedLine, Correction},
        findings::Finding,
        order::{self, PlacedLine},
        ranking::{RankedLine, Ranking},
        status::Revision,
    },
    text::{Language, Refusal},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::request::PlanDraft;
use crate::{
    budgets::{TotalBudget, hex},
    i18n,
    names::{
        Financing, FindingSeverity, FundingSource, GoalAuthor, GoalTerm, IntensityPeriod, Methodology, PlanDocument,
        PlanParty, PlanStatus, PlanStepKind, PriceKind, ProposedChange, RevisionOutcome, RevisionReason, ServiceTarget,
        SigningMethod, Unit,
    },
    types::{Date, Euros, Number, Quantity, TimeOfDay, YearMonth},
};

/// A plan in a list, without personal data.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanSummaryResponse {
    /// Identifier.
    id: Uuid,
    /// The budget.
    budget_id: Uuid,
    /// The application.
    application_id: Uuid,
    /// Identifier of the person.
    person_id: Uuid,
    /// Where it stands.
    status: PlanStatus,
    /// Number of the version in force; 0 before the first is signed.
    current: u32,
    /// Whether there is a draft.
    has_draft: bool,
    /// Agreed budget of the version in force, EUR; zero before.
    agreed: Euros,
}

/// A page of plans.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanList {
    /// The plans, in the order in which they were drafted.
    pub(super) items: Vec<PlanSummaryResponse>,
    /// Cursor of the next page; null on the last.
    pub(super) next: Option<String>,
}

/// A goal of a plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Goal)]
pub(crate) struct GoalResponse {
    /// Its number in the plan.
    number: u32,
    /// How soon it is to be reached.
    term: GoalTerm,
    /// Support area.
    area: u8,
    /// Whose goal it is.
    author: GoalAuthor,
    /// The goal in words.
    text: String,
    /// By what it is seen to be reached.
    measure: Option<String>,
}

/// How often a service is received.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Intensity)]
pub(crate) struct IntensityResponse {
    /// So much, in the service's unit.
    volume: Quantity,
    /// In so long.
    per: IntensityPeriod,
}

/// The volume of a line in one month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonthVolume)]
pub(crate) struct MonthVolumeResponse {
    /// The month.
    month: YearMonth,
    /// So much, in the service's unit.
    volume: Quantity,
}

/// A time that comes every week.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WeeklyTime)]
pub(crate) struct WeeklyTimeResponse {
    /// 1 is Monday, 7 Sunday.
    weekday: u8,
    /// Its beginning.
    from: TimeOfDay,
    /// Its end.
    to: TimeOfDay,
}

/// A line of a plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanLine)]
pub(crate) struct PlanLineResponse {
    /// Its number in the plan.
    number: u32,
    /// Code of the service.
    service: String,
    /// Name of the service; null where the catalogue has none.
    name: Option<String>,
    /// What the volume is counted in; null where the catalogue has no such service.
    unit: Option<Unit>,
    /// Who receives it.
    recipient: ServiceTarget,
    /// Number of the goal that it serves.
    goal: Option<u32>,
    /// Volume for the period.
    volume: Quantity,
    /// Pilot: the volume that the assessment asks for, where the plan has less of it for want of money.
    needed_volume: Option<Quantity>,
    /// Least volume that is of use.
    minimum_volume: Option<Quantity>,
    /// How often.
    intensity: Option<IntensityResponse>,
    /// Volume by month.
    schedule: Vec<MonthVolumeResponse>,
    /// When in a week.
    times: Vec<WeeklyTimeResponse>,
    /// Identifier of the offer that was chosen.
    offer: Option<Uuid>,
    /// EUR a unit.
    unit_price: Euros,
    /// Volume × unit price, EUR, rounded half up.
    amount: Euros,
    /// Whether the line is compared with the indicative budget.
    counted: bool,
    /// How the price comes about.
    price_kind: Option<PriceKind>,
    /// Who pays.
    funding: FundingSource,
    /// Place in the order that worker and person agreed on.
    priority: Option<u32>,
    /// Pilot: the experts' rank.
    expert_rank: Option<u32>,
    /// Pilot: the parent's rank.
    parent_rank: Option<u32>,
    /// The person pays first and is repaid.
    self_prepaid: bool,
    /// Support of family or community, at no cost.
    free_support: bool,
    /// The provider is a relative of the person.
    provider_is_relative: bool,
    /// Codes of services that the provider gives within this one.
    includes: Vec<String>,
    /// The worker's reason.
    reason: Option<String>,
}

/// How the experts ordered the support areas inside which they ranked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AreaRanks)]
pub(crate) struct AreaRanksResponse {
    /// The areas in their order; empty where they gave none.
    order: Vec<u8>,
}

/// What a plan says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanContent)]
pub(crate) struct PlanContentResponse {
    /// First day of the period.
    from: Date,
    /// Its last day.
    to: Date,
    /// Goals.
    goals: Vec<GoalResponse>,
    /// Lines.
    lines: Vec<PlanLineResponse>,
    /// What else was agreed.
    notes: Option<String>,
    /// Pilot: the experts ranked inside support areas; null where they ranked the whole plan.
    area_ranks: Option<AreaRanksResponse>,
}

/// The sum of the lines that one source pays.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceAmount {
    /// Who pays.
    funding: FundingSource,
    /// EUR.
    amount: Euros,
}

/// The sums of a plan against its budget, EUR.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanAmounts)]
pub(crate) struct PlanAmountsResponse {
    /// Indicative budget of the period.
    indicative: Euros,
    /// The part of it that the state pays, which can't be spent on other services.
    of_which_state: Euros,
    /// The lines that the indicative budget counts, whoever pays: the agreed budget.
    agreed: Euros,
    /// Their part that the individual budget pays.
    payable: Euros,
    /// What the plan leaves of the indicative budget, for a later revision.
    available: Euros,
    /// By how much the agreed budget is above the indicative; null where it fits.
    excess: Option<Euros>,
    /// By how much the payable part is above the indicative without the part that the state pays; null where it fits.
    payable_excess: Option<Euros>,
    /// Every line, by who pays.
    by_source: Vec<SourceAmount>,
}

/// Something that is wrong with a plan, or worth knowing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanFinding)]
pub(crate) struct FindingResponse {
    /// Whether it keeps the plan from being signed.
    severity: FindingSeverity,
    /// JSON Pointer in the plan.
    #[schema(example = "/lines/2/volume")]
    pointer: String,
    /// Stable code.
    #[schema(example = "above_maximum_respite")]
    code: String,
    /// What it is, in words.
    detail: String,
}

/// Why a version was revised.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanRevision)]
pub(crate) struct RevisionResponse {
    /// Reason.
    reason: RevisionReason,
    /// What it does.
    outcome: RevisionOutcome,
    /// Whether an equal service can take the place of one that is left out.
    equal_substitute: bool,
    /// In words.
    text: String,
    /// The day on which it was opened.
    opened_on: Date,
}

/// A signed version of a plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanVersion)]
pub(crate) struct PlanVersionResponse {
    /// Its number, from 1.
    number: u32,
    /// What it says.
    content: PlanContentResponse,
    /// SHA-256 of the canonical content, hexadecimal.
    content_hash: String,
    /// Why the version before was revised; null for the first.
    revision: Option<RevisionResponse>,
    /// Indicative budget that it fits, EUR.
    indicative: Euros,
    /// Agreed budget, EUR.
    agreed: Euros,
    /// Its part that the individual budget pays, EUR.
    payable: Euros,
    /// Day of the last signature.
    signed_on: Date,
}

/// A signature under a plan or its contract.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanSignature)]
pub(crate) struct PlanSignatureResponse {
    /// Number of the version that is signed; one more than the version in force for a draft.
    version: u32,
    /// What is signed.
    document: PlanDocument,
    /// Who signed.
    party: PlanParty,
    /// The day.
    signed_on: Date,
    /// How.
    method: SigningMethod,
    /// SHA-256 of what is signed, hexadecimal.
    document_hash: String,
    /// Name or subject of who signed; null for the recipient's signature where the programme team asks.
    signer: Option<String>,
    /// Subject of who recorded it.
    recorded_by: String,
}

/// What happened to a signed plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanStep)]
pub(crate) struct PlanStepResponse {
    /// What.
    kind: PlanStepKind,
    /// Cause of a suspension, reason of a termination.
    code: String,
    /// The day.
    on: Date,
    /// Until when a suspension is expected to last.
    until: Option<Date>,
    /// In words.
    text: String,
    /// Who prepared the decision of a termination.
    prepared_by: Option<String>,
    /// The talk that came before.
    talk: Option<String>,
    /// Subject of who recorded it.
    recorded_by: String,
}

/// A line in the order of the recipient.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RankedLine)]
pub(crate) struct RankedLineResponse {
    /// Number of the line.
    line: u32,
    /// Its place, 1 first.
    rank: u32,
}

/// How the recipient ranks the lines.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanRanking)]
pub(crate) struct PlanRankingResponse {
    /// The lines, the most important first.
    lines: Vec<RankedLineResponse>,
    /// The day.
    ranked_on: Date,
    /// Subject of who ranked, or recorded it for the recipient.
    recorded_by: String,
}

/// A line at its place in the combined order of the pilot.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderedLine {
    /// Place in the order, from 1.
    #[schema(minimum = 1)]
    position: u32,
    /// Number of the line.
    line: u32,
    /// Code of the service.
    service: String,
    /// The experts' rank over the whole plan.
    expert_rank: u32,
    /// The parent's rank.
    parent_rank: u32,
    /// 0.7 x the experts' rank + 0.3 x the parent's; a lower score comes earlier.
    score: Number,
    /// What the budget pays of the line, financed from the top, EUR; zero where others pay it.
    financed: Euros,
    /// Whether that is all that is needed, a part or nothing: the line lies beyond the money.
    financing: Financing,
    /// How the score comes about.
    explanation: String,
}

/// A plan in the pilot.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PilotPlan {
    /// What every service of the plan costs, with what waits for money, whoever pays: the needed budget, EUR.
    needed: Euros,
    /// Provisional budget, EUR.
    provisional: Euros,
    /// Final budget, EUR; null until the period is redistributed.
    #[serde(rename = "final")]
    final_budget: Option<Euros>,
    /// The total budget of this plan by source.
    total: Option<TotalBudget>,
    /// The lines in the combined order of experts and parent; null where their ranks make none yet.
    order: Option<Vec<OrderedLine>>,
}

impl PilotPlan {
    fn new(amounts: PilotAmounts, content: &PlanContent, parameters: &Parameters, language: Language) -> Self {
        let need = PilotNeed::of(content);
        let rules = parameters.pilot.rules_on(content.from);
        let order = rules.and_then(|rules| order::order(content, amounts.ceiling(), rules.weights));
        let line = |placed: PlacedLine| {
            let explanation = i18n::render(&placed.place.explanation(), language);
            let (financed, financing) = placed
                .place
                .financing
                .map_or((Money::ZERO, pilot_ranking::Financing::None), |of| (of.financed, of.financing));
            OrderedLine {
                position: placed.place.position,
                line: placed.line,
                service: placed.place.service,
                expert_rank: placed.place.expert_rank,
                parent_rank: placed.place.parent_rank,
                score: Number(placed.place.score),
                financed: Euros(financed),
                financing: Financing(financing),
                explanation,
            }
        };
        Self {
            needed: Euros(need.needed),
            provisional: Euros(amounts.provisional),
            final_budget: amounts.final_budget.map(Euros),
            total: amounts.total_for(need).map(TotalBudget::from),
            order: order.map(|lines| lines.into_iter().map(line).collect()),
        }
    }
}

/// A support plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Plan)]
pub(crate) struct PlanResponse {
    /// Identifier.
    id: Uuid,
    /// The budget.
    budget_id: Uuid,
    /// The application.
    application_id: Uuid,
    /// Identifier of the person.
    person_id: Uuid,
    /// Methodology of the budget.
    methodology: Methodology,
    /// Where it stands.
    status: PlanStatus,
    /// What is being drafted; null where nothing is.
    draft: Option<PlanContentResponse>,
    /// Everything that is wrong with the draft, or worth knowing.
    findings: Vec<FindingResponse>,
    /// Whether the draft can be signed.
    can_be_signed: bool,
    /// Sums of the draft, or of the version in force where there is no draft.
    amounts: PlanAmountsResponse,
    /// What the plan needs in the pilot, and the order of its lines: of the draft, or of the version in force where there is no
    /// draft; null under the other methodologies.
    pilot: Option<PilotPlan>,
    /// Why the version in force is being revised; null where it is not.
    revision: Option<RevisionResponse>,
    /// How the recipient ranks the lines of the draft, or did before the version in force was signed; null where that was not told.
    ranking: Option<PlanRankingResponse>,
    /// The version in force; null before the first is signed.
    current: Option<PlanVersionResponse>,
    /// Signatures under the draft and under the version in force.
    signatures: Vec<PlanSignatureResponse>,
    /// What happened, oldest first.
    steps: Vec<PlanStepResponse>,
}

/// What is proposed for a line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CorrectedLineResponse {
    /// Number of the line.
    line: u32,
    /// Code of the service.
    service: String,
    /// Volume as drafted, in the service's unit.
    drafted: Quantity,
    /// Volume as proposed.
    proposed: Quantity,
    /// What it costs then, EUR.
    amount: Euros,
    /// What changes.
    change: ProposedChange,
    /// Why; empty where nothing changes.
    reasons: Vec<String>,
}

/// A correction of a draft that fits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanCorrection)]
pub(crate) struct PlanCorrectionResponse {
    /// The draft with what is proposed: send it back as the draft to accept it.
    #[schema(value_type = PlanDraft)]
    draft: PlanContent,
    /// The lines that the budget counts; all others stay as they are.
    lines: Vec<CorrectedLineResponse>,
    /// The sums of the proposed plan.
    amounts: PlanAmountsResponse,
    /// Weighted priority lost: among n lines the one of priority p weighs n + 1 - p, and a line loses the part of its weight
    /// that it loses of its volume. In billionths.
    loss: u64,
    /// Whether no plan that fits loses less; false only where the search would have taken too long.
    optimal: bool,
    /// What is found in the proposed plan still: what no smaller volume mends.
    findings: Vec<FindingResponse>,
}

impl PlanCorrectionResponse {
    pub(crate) fn new(proposed: PlanCorrection, language: Language) -> Self {
        let PlanCorrection { correction, ceiling, findings } = proposed;
        Self::of(correction, &ceiling, &findings, language)
    }

    pub(crate) fn of(correction: Correction, ceiling: &Ceiling, findings: &[Finding], language: Language) -> Self {
        let line = |line: &CorrectedLine| CorrectedLineResponse {
            line: line.number,
            service: line.service.clone(),
            drafted: Quantity(line.drafted),
            proposed: Quantity(line.proposed),
            amount: Euros(line.amount),
            change: ProposedChange(line.change),
            reasons: line.reasons.iter().map(|reason| i18n::render(reason, language)).collect(),
        };
        Self {
            lines: correction.lines.iter().map(line).collect(),
            amounts: PlanAmountsResponse::new(&correction.amounts, ceiling),
            loss: correction.loss,
            optimal: correction.optimal,
            findings: findings.iter().map(|finding| FindingResponse::new(finding, language)).collect(),
            draft: correction.content,
        }
    }
}

impl From<&PlanSummary> for PlanSummaryResponse {
    fn from(plan: &PlanSummary) -> Self {
        Self {
            id: plan.id,
            budget_id: plan.budget_id,
            application_id: plan.application_id,
            person_id: plan.person_id,
            status: PlanStatus(plan.status),
            current: plan.current,
            has_draft: plan.has_draft,
            agreed: Euros(plan.agreed),
        }
    }
}

/// How plans are shown.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) parameters: &'a Parameters,
    pub(crate) ceiling: Option<&'a Ceiling>,
    pub(crate) language: Language,
}

impl Shown<'_> {
    pub(crate) fn content(self, content: &PlanContent) -> PlanContentResponse {
        PlanContentResponse {
            from: Date(content.from),
            to: Date(content.to),
            goals: content.goals.iter().map(GoalResponse::from).collect(),
            lines: content.lines.iter().map(|line| self.line(line)).collect(),
            notes: content.notes.clone(),
            area_ranks: content.area_ranks.as_ref().map(|ranks| AreaRanksResponse { order: ranks.order.clone() }),
        }
    }

    fn line(self, line: &PlanLine) -> PlanLineResponse {
        let service = self.parameters.catalogue.find(&line.service);
        let service: Option<&Service> = service.map(AsRef::as_ref);
        PlanLineResponse {
            number: line.number,
            service: line.service.clone(),
            name: service.map(|service| service.name.in_language(self.language).to_owned()),
            unit: service.map(|service| Unit(service.unit)),
            recipient: ServiceTarget(line.recipient),
            goal: line.goal,
            volume: Quantity(line.volume),
            needed_volume: line.needed_volume.map(Quantity),
            minimum_volume: line.minimum_volume.map(Quantity),
            intensity: line.intensity.map(|intensity| IntensityResponse {
                volume: Quantity(intensity.volume),
                per: IntensityPeriod(intensity.per),
            }),
            schedule: line
                .schedule
                .iter()
                .map(|planned| MonthVolumeResponse {
                    month: YearMonth(planned.month),
                    volume: Quantity(planned.volume),
                })
                .collect(),
            times: line
                .times
                .iter()
                .map(|time| WeeklyTimeResponse {
                    weekday: time.weekday,
                    from: TimeOfDay(time.from),
                    to: TimeOfDay(time.to),
                })
                .collect(),
            offer: line.offer,
            unit_price: Euros(line.unit_price),
            amount: Euros(line.amount()),
            counted: self.ceiling.is_some_and(|ceiling| ceiling.counts(line)),
            price_kind: line.price_kind.map(PriceKind),
            funding: FundingSource(line.funding),
            priority: line.priority,
            expert_rank: line.expert_rank,
            parent_rank: line.parent_rank,
            self_prepaid: line.self_prepaid,
            free_support: line.free_support,
            provider_is_relative: line.provider_is_relative,
            includes: line.includes.clone(),
            reason: line.reason.clone(),
        }
    }

    pub(crate) fn version(self, version: &PlanVersion) -> PlanVersionResponse {
        PlanVersionResponse {
            number: version.number,
            content: self.content(&version.content),
            content_hash: hex(&version.content_hash),
            revision: version.revision.as_ref().map(RevisionResponse::from),
            indicative: Euros(version.ceiling),
            agreed: Euros(version.agreed),
            payable: Euros(version.payable),
            signed_on: Date(version.signed_on),
        }
    }
}

impl From<&Goal> for GoalResponse {
    fn from(goal: &Goal) -> Self {
        Self {
            number: goal.number,
            term: GoalTerm(goal.term),
            area: goal.area,
            author: GoalAuthor(goal.author),
            text: goal.text.clone(),
            measure: goal.measure.clone(),
        }
    }
}

impl PlanAmountsResponse {
    pub(crate) fn new(amounts: &Amounts, ceiling: &Ceiling) -> Self {
        Self {
            indicative: Euros(ceiling.indicative),
            of_which_state: Euros(ceiling.of_which_state),
            agreed: Euros(amounts.agreed),
            payable: Euros(amounts.payable),
            available: Euros(amounts.available),
            excess: amounts.excess.map(Euros),
            payable_excess: amounts.payable_excess.map(Euros),
            by_source: amounts
                .by_source
                .iter()
                .map(|(funding, amount)| SourceAmount { funding: FundingSource(*funding), amount: Euros(*amount) })
                .collect(),
        }
    }
}

impl FindingResponse {
    pub(crate) fn new(finding: &Finding, language: Language) -> Self {
        Self {
            severity: FindingSeverity(finding.severity),
            pointer: finding.pointer(),
            code: finding.code().to_owned(),
            detail: i18n::render(&finding.message(), language),
        }
    }
}

impl From<&Revision> for RevisionResponse {
    fn from(revision: &Revision) -> Self {
        Self {
            reason: RevisionReason(revision.reason),
            outcome: RevisionOutcome(revision.outcome),
            equal_substitute: revision.equal_substitute,
            text: revision.words.clone(),
            opened_on: Date(revision.opened_on),
        }
    }
}

impl From<&Ranking> for PlanRankingResponse {
    fn from(ranking: &Ranking) -> Self {
        let line = |ranked: &RankedLine| RankedLineResponse { line: ranked.line, rank: ranked.rank };
        Self {
            lines: ranking.lines.iter().map(line).collect(),
            ranked_on: Date(ranking.ranked_on),
            recorded_by: ranking.recorded_by.clone(),
        }
    }
}

impl From<&PlanSignature> for PlanSignatureResponse {
    fn from(signature: &PlanSignature) -> Self {
        Self {
            version: signature.number,
            document: PlanDocument(signature.document),
            party: PlanParty(signature.party),
            signed_on: Date(signature.signed_on),
            method: SigningMethod(signature.method),
            document_hash: hex(&signature.document_hash),
            signer: Some(signature.signer.clone()).filter(|signer| !signer.is_empty()),
            recorded_by: signature.recorded_by.clone(),
        }
    }
}

impl From<&PlanStep> for PlanStepResponse {
    fn from(step: &PlanStep) -> Self {
        Self {
            kind: PlanStepKind(step.kind),
            code: step.code.clone(),
            on: Date(step.on),
            until: step.until.map(Date),
            text: step.words.text.clone(),
            prepared_by: step.words.prepared_by.clone(),
            talk: step.words.talk.clone(),
            recorded_by: step.recorded_by.clone(),
        }
    }
}

impl PlanResponse {
    pub(crate) fn new(checked: &CheckedPlan, parameters: &Parameters, language: Language) -> Self {
        let CheckedPlan { plan, methodology, ceiling, pilot, amounts, findings } = checked;
        let content = plan.draft.as_ref().or(plan.current.as_ref().map(|current| &current.content));
        let shown = Shown { parameters, ceiling: Some(ceiling), language };
        Self {
            id: plan.summary.id,
            budget_id: plan.summary.budget_id,
            application_id: plan.summary.application_id,
            person_id: plan.summary.person_id,
            methodology: Methodology(*methodology),
            status: PlanStatus(plan.summary.status),
            draft: plan.draft.as_ref().map(|draft| shown.content(draft)),
            findings: findings.iter().map(|finding| FindingResponse::new(finding, language)).collect(),
            can_be_signed: plan.draft.is_some() && balsts_domain::plans::check::can_be_signed(findings),
            amounts: PlanAmountsResponse::new(amounts, ceiling),
            pilot: pilot.zip(content).map(|(of, content)| PilotPlan::new(of, content, parameters, language)),
            revision: plan.revision.as_ref().map(RevisionResponse::from),
            ranking: plan.ranking.as_ref().map(PlanRankingResponse::from),
            current: plan.current.as_ref().map(|version| shown.version(version)),
            signatures: plan.signatures.iter().map(PlanSignatureResponse::from).collect(),
            steps: plan.steps.iter().map(PlanStepResponse::from).collect(),
        }
    }
}
