//! The requests of `/v1/applications`; what they tell beside the criteria is `circumstances`.

use balsts_app::{Applicant, Contact, Grounds, NewApplication, NewDecision, NewRevocation};
use balsts_domain::{
    eligibility::{Disability, EligibilityFacts},
    identifier::{IdentificationNumber, Identifier, IdentifierRefusal},
    personal_code::PersonalCode,
    text::Message,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::circumstances::CircumstancesRequest;
use crate::{
    bounds::{Label, List, Sentences},
    eligibility_checks::DisabilityRequest,
    names::{Delivery, Impairment, Methodology, Outcome},
    problem::ApiError,
    types::{Date, Minute},
};

/// A Latvian personal code, with a hyphen after the sixth digit or without. Which dates it may tell is checked by the rules.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[0-9]{6}-?[0-9]{5}$", example = "320000-00001")]
pub(crate) struct PersonalCodeText(String);

impl PersonalCodeText {
    /// The code; 422 where it is none. The text is not repeated.
    pub(crate) fn code(&self, pointer: &str) -> Result<PersonalCode, ApiError> {
        let refuse = |_| ApiError::refuse(pointer, "invalid_personal_code", Message::new("application-personal-code"));
        self.0.parse().map_err(refuse)
    }
}

/// An identification number of who has no personal code: letters and digits, with single separators between. Small letters and
/// separators make no difference.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[0-9A-Za-z]([ ./-]?[0-9A-Za-z]){3,29}$", example = "LT-123-4567")]
pub(crate) struct IdentificationNumberText(String);

impl IdentificationNumberText {
    /// The number; 422 where it is none. The text is not repeated.
    fn number(&self, pointer: &str) -> Result<IdentificationNumber, ApiError> {
        let message = || Message::new("application-identification-number");
        self.0.parse().map_err(|_| ApiError::refuse(pointer, "invalid_identification_number", message()))
    }
}

/// The one identifier of a person.
///
/// # Errors
/// 422: there is none, there are two, or it is none; the pointers begin with the given one.
pub(crate) fn identifier(
    code: Option<&PersonalCodeText>,
    number: Option<&IdentificationNumberText>,
    pointer: &str,
) -> Result<Identifier, ApiError> {
    let refused = |refusal: IdentifierRefusal| ApiError::refused(&[refusal]).under(pointer);
    let code = code.map(|code| code.code(&format!("{pointer}/personal_code"))).transpose()?;
    let number = number.map(|number| number.number(&format!("{pointer}/identification_number"))).transpose()?;
    Identifier::one(code, number).map_err(refused)
}

/// The child or adult that the application is about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonRequest {
    /// Personal code.
    personal_code: Option<PersonalCodeText>,
    /// Identification number of who has no personal code: one of both is given.
    identification_number: Option<IdentificationNumberText>,
    /// Given name.
    given_name: Label,
    /// Family name.
    family_name: Label,
    /// Declared address.
    address: Option<Label>,
    /// Telephone number.
    phone: Option<Label>,
    /// E-mail address.
    email: Option<Label>,
    /// Language of communication.
    language: Option<Label>,
}

/// Who leads a case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignWorker {
    /// The issuer's identifier of the worker; null where none leads it any more.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true)]
    pub(super) worker: Option<Label>,
}

/// Who applies: the adult, or a representative.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicantRequest {
    /// Given name.
    given_name: Label,
    /// Family name.
    family_name: Label,
    /// Personal code, where it is known.
    personal_code: Option<PersonalCodeText>,
    /// In what capacity, such as parent, guardian or the adult itself.
    relation: Label,
}

/// What is known for the criteria; what is left out is not known yet.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EvidenceRequest {
    /// Birth date.
    birth_date: Option<Date>,
    /// Disability.
    disability: Option<DisabilityRequest>,
    /// Functional impairments of a child; an empty list says that there are none.
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

impl From<EvidenceRequest> for EligibilityFacts {
    fn from(evidence: EvidenceRequest) -> Self {
        let date = |date: Option<Date>| date.map(|date| date.0);
        let disability = |disability: DisabilityRequest| Disability {
            group: disability.group.0,
            valid_until: date(disability.valid_until),
        };
        Self {
            birth_date: date(evidence.birth_date),
            disability: evidence.disability.map(disability),
            impairment_types: evidence.impairment_types.map(|types| types.into_iter().map(|kind| kind.0).collect()),
            mental_disorder: evidence.mental_disorder,
            lives_in_community: evidence.lives_in_community,
            assessed_in_di_project: evidence.assessed_in_di_project,
            pilot_start: date(evidence.pilot_start),
            pilot_end: date(evidence.pilot_end),
        }
    }
}

/// An application as it is received.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateApplication {
    /// The methodology.
    pub(crate) methodology: Methodology,
    /// When it was received, to the minute, local time.
    pub(crate) received_at: Minute,
    /// The child or adult.
    pub(crate) person: PersonRequest,
    /// Who applies.
    pub(crate) applicant: ApplicantRequest,
    /// What is known for the criteria.
    pub(crate) evidence: EvidenceRequest,
    /// What it tells beside the criteria.
    pub(crate) circumstances: Option<CircumstancesRequest>,
}

/// The act on an application.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateDecision {
    /// What it decides; it must agree with the criteria.
    outcome: Outcome,
    /// The day of the act, on which it is sent.
    decided_on: Date,
    /// How it is sent; it decides when it counts as notified.
    delivery: Delivery,
    /// Its number in the register of the office.
    number: Option<Label>,
    /// Who prepared it, by the identifier of the issuer.
    prepared_by: Label,
}

/// An application that is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateWithdrawal {
    /// The day on which the applicant said so.
    pub(super) withdrawn_on: Date,
}

type LegalBasis = List<Label, 1, 10>;

/// The act that ends a grant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateRevocation {
    /// Its number in the register of the office.
    number: Option<Label>,
    /// The day of the act, on which it is sent.
    decided_on: Date,
    /// The first day without a budget.
    effective_from: Date,
    /// How it is sent.
    delivery: Delivery,
    /// Why the grant ends, as the act says it.
    reason: Sentences,
    /// The norms that it rests on.
    #[schema(inline)]
    legal_basis: LegalBasis,
    /// Who prepared it, by the identifier of the issuer.
    prepared_by: Label,
}

impl From<CreateDecision> for NewDecision {
    fn from(request: CreateDecision) -> Self {
        let CreateDecision { outcome, decided_on, delivery, number, prepared_by } = request;
        Self {
            outcome: outcome.0,
            number: number.map(|number| number.0),
            decided_on: decided_on.0,
            delivery: delivery.0,
            prepared_by: prepared_by.0,
        }
    }
}

impl From<CreateRevocation> for NewRevocation {
    fn from(request: CreateRevocation) -> Self {
        let CreateRevocation { number, decided_on, effective_from, delivery, reason, legal_basis, prepared_by } =
            request;
        let legal_basis = legal_basis.into_iter().map(|norm| norm.0).collect();
        Self {
            number: number.map(|number| number.0),
            decided_on: decided_on.0,
            effective_from: effective_from.0,
            delivery: delivery.0,
            grounds: Grounds { reason: reason.0, legal_basis },
            prepared_by: prepared_by.0,
        }
    }
}

impl CreateApplication {
    /// The application as the use case takes it.
    ///
    /// # Errors
    /// 422: a personal code or identification number is none, or there is not just one.
    pub(crate) fn parsed(self) -> Result<NewApplication, ApiError> {
        let request = self;
        let CreateApplication { methodology, received_at, person, applicant, evidence, circumstances } = request;
        let text = |label: Option<Label>| label.map(|label| label.0);
        let identifier = identifier(person.personal_code.as_ref(), person.identification_number.as_ref(), "/person");
        let of_applicant = applicant.personal_code.map(|code| code.code("/applicant/personal_code")).transpose();
        let (identifier, of_applicant) = match (identifier, of_applicant) {
            (Ok(identifier), Ok(of_applicant)) => (identifier, of_applicant),
            (Err(one), Err(other)) => return Err(one.and(other)),
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        Ok(NewApplication {
            methodology: methodology.0,
            received_at: received_at.0,
            identifier,
            given_name: person.given_name.0,
            family_name: person.family_name.0,
            contact: Contact {
                address: text(person.address),
                phone: text(person.phone),
                email: text(person.email),
                language: text(person.language),
            },
            applicant: Applicant {
                given_name: applicant.given_name.0,
                family_name: applicant.family_name.0,
                personal_code: of_applicant.map(PersonalCode::reveal),
                relation: applicant.relation.0,
            },
            evidence: evidence.into(),
            circumstances: circumstances.map(Into::into),
        })
    }
}
