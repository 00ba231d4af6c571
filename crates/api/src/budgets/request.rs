//! The requests of budgets.

use balsts_app::{GivenFacts, NewCalculation, NewSignature};
use balsts_domain::{
    budgets::{CalculationForm, CriterionEvidence, SeenDocument},
    parameters::catalogue::MethodologyId,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    body,
    bounds::{Label, List, PeriodNumber},
    calculations::{self, AdultCalculationRequest, ChildCalculationRequest, Place},
    names::{DocumentKind, Party, Register},
    problem::ApiError,
    types::Date,
};

/// A document that was received.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeenDocumentRequest {
    /// What it is.
    kind: DocumentKind,
    /// Its title or number.
    title: Option<Label>,
    /// Its day.
    date: Option<Date>,
}

/// Where an identified criterion or need is known from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CriterionEvidenceRequest {
    /// The criterion or need, by its name in the calculation.
    criterion: Label,
    /// The source of information, in words.
    source: Label,
}

type Registers = List<Register, 0, 4>;
type SeenDocuments = List<SeenDocumentRequest, 0, 50>;
type CriterionSources = List<CriterionEvidenceRequest, 0, 13>;

/// What the calculation form says beside the calculation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CalculationFormRequest {
    /// Registers that were consulted. Special care, severity and the transport allowance are taken from theirs.
    #[schema(inline)]
    registers: Registers,
    /// Documents that were received.
    #[schema(inline)]
    documents: SeenDocuments,
    /// The source of each identified criterion or need.
    #[schema(inline)]
    evidence: CriterionSources,
    /// Why it is calculated again.
    reason: Option<Label>,
}

/// The methodology of the pilot.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub(crate) enum PilotMethodology {
    /// Approved in 2018.
    #[serde(rename = "children-pilot-2018")]
    ChildrenPilot2018,
}

/// A child's provisional budget in an open period of the pilot, asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProvisionalCalculationRequest {
    /// The methodology.
    #[serde(rename = "methodology")]
    _methodology: PilotMethodology,
    /// The day of the calculation.
    date: Date,
    /// Birth date of the child.
    birth_date: Date,
    /// Whether an opinion on special care need is in force on the 1st of the period's first month.
    special_care: bool,
    /// Number of the period, which gives its months and the funding for one child.
    period: PeriodNumber,
}

/// What a budget is calculated from, told apart by its methodology.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "methodology", mapping(
    ("children-2023" = "#/components/schemas/ChildCalculationRequest"),
    ("adults-2023" = "#/components/schemas/AdultCalculationRequest"),
    ("children-pilot-2018" = "#/components/schemas/ProvisionalCalculationRequest"),
)))]
#[allow(dead_code, reason = "the schema of the requests; each is parsed by its own type")]
pub(crate) enum StoredCalculationRequest {
    /// A child.
    Child(ChildCalculationRequest),
    /// An adult.
    Adult(AdultCalculationRequest),
    /// A child in the pilot.
    Pilot(ProvisionalCalculationRequest),
}

/// What a request is about, read before all of it.
#[derive(Deserialize)]
struct Peek {
    #[serde(default)]
    methodology: serde_json::Value,
}

impl From<ProvisionalCalculationRequest> for GivenFacts {
    fn from(request: ProvisionalCalculationRequest) -> Self {
        Self::InPeriod {
            period: request.period.0,
            date: request.date.0,
            birth_date: request.birth_date.0,
            special_care: request.special_care,
        }
    }
}

/// The facts that a calculation is asked for with.
fn given(calculation: &RawValue) -> Result<GivenFacts, ApiError> {
    let bytes = calculation.get().as_bytes();
    let is_pilot = |peek: Peek| peek.methodology == MethodologyId::ChildrenPilot2018.as_str();
    if serde_json::from_slice(bytes).is_ok_and(is_pilot) {
        return Ok(body::parse::<ProvisionalCalculationRequest>(bytes)?.into());
    }
    let (_, facts) = calculations::parse(bytes, Place::Single);
    Ok(GivenFacts::All(facts?))
}

/// The indicative budget of a granted application, asked for; in the pilot the provisional one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateBudget {
    /// What it is calculated from: the request of `/v1/budget-calculations`, or a child and a period of the pilot.
    #[schema(value_type = StoredCalculationRequest)]
    calculation: Box<RawValue>,
    /// The rest of the form.
    form: CalculationFormRequest,
}

/// A signature under the calculation that holds.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateSignature {
    /// Who signs. The worker signs as the caller.
    party: Party,
    /// The day of the signature.
    signed_on: Date,
    /// Name of the recipient or representative who signs; required of the recipient.
    signer: Option<Label>,
}

impl CreateBudget {
    /// # Errors
    /// Every fault of the calculation.
    pub(super) fn parsed(self) -> Result<NewCalculation<GivenFacts>, ApiError> {
        let facts = given(&self.calculation).map_err(|error| error.under("/calculation"))?;
        let CalculationFormRequest { registers, documents, evidence, reason } = self.form;
        let text = |label: Option<Label>| label.map(|label| label.0);
        let document = |document: SeenDocumentRequest| SeenDocument {
            kind: document.kind.0,
            title: text(document.title),
            date: document.date.map(|date| date.0),
        };
        let source = |evidence: CriterionEvidenceRequest| CriterionEvidence {
            criterion: evidence.criterion.0,
            source: evidence.source.0,
        };
        let form = CalculationForm {
            registers: registers.0.into_iter().map(|register| register.0).collect(),
            documents: documents.0.into_iter().map(document).collect(),
            evidence: evidence.0.into_iter().map(source).collect(),
            reason: text(reason),
        };
        Ok(NewCalculation { facts, form })
    }
}

impl From<CreateSignature> for NewSignature {
    fn from(request: CreateSignature) -> Self {
        let CreateSignature { party, signed_on, signer } = request;
        Self { party: party.0, signed_on: signed_on.0, signer: signer.map(|name| name.0) }
    }
}
