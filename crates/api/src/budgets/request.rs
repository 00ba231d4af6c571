//! The requests of budgets.

use balsts_app::{NewCalculation, NewSignature};
use balsts_domain::budgets::{CalculationForm, CriterionEvidence, SeenDocument};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    bounds::{Label, List},
    calculations::{self, BudgetCalculationRequest, Place},
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

/// The indicative budget of a granted application, asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateBudget {
    /// What it is calculated from: the request of `/v1/budget-calculations`.
    #[schema(value_type = BudgetCalculationRequest)]
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
    pub(super) fn parsed(self) -> Result<NewCalculation, ApiError> {
        let (_, facts) = calculations::parse(self.calculation.get().as_bytes(), Place::Single);
        let facts = facts.map_err(|error| error.under("/calculation"))?;
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
