//! The requests of `/v1/providers`.

use balsts_app::NewProvider;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    applications::PersonalCodeText,
    bounds::{Label, List},
    problem::ApiError,
    types::Atvk,
};

/// Registration number of a legal person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[0-9]{11}$", example = "40000000000")]
pub(crate) struct RegistrationNumber(pub(super) String);

/// A legal person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LegalPersonRequest {
    /// Name.
    name: Label,
    /// Registration number.
    registration_number: RegistrationNumber,
}

/// A natural person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NaturalPersonRequest {
    /// Given name.
    given_name: Label,
    /// Family name.
    family_name: Label,
    /// Personal code.
    personal_code: PersonalCodeText,
}

type Served = List<Atvk, 0, 100>;
type Subjects = List<Label, 0, 100>;

/// Who a provider is, what it serves, and who signs in for it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderRequest {
    /// The legal person that it is.
    legal: Option<LegalPersonRequest>,
    /// The natural person that it is, where it is no legal one.
    natural: Option<NaturalPersonRequest>,
    /// Number in the Register of Social Service Providers; left out where it is not in it.
    register_number: Option<Label>,
    /// The municipalities that it serves.
    #[schema(inline)]
    municipalities: Served,
    /// Bank account, an IBAN in a country of SEPA.
    bank_account: Option<Label>,
    /// The issuer's identifiers of who signs in as the provider; nobody does for two.
    #[schema(inline)]
    subjects: Subjects,
}

impl ProviderRequest {
    pub(super) fn parsed(self) -> Result<NewProvider, ApiError> {
        let natural = self.natural.map(|person| {
            let code = person.personal_code.code("/natural/personal_code")?;
            Ok::<_, ApiError>((person.given_name.0, person.family_name.0, code))
        });
        Ok(NewProvider {
            legal: self.legal.map(|person| (person.name.0, person.registration_number.0)),
            natural: natural.transpose()?,
            register_number: self.register_number.map(|number| number.0),
            municipalities: self.municipalities.into_iter().map(|code| code.0).collect(),
            bank_account: self.bank_account.map(|account| account.0),
            subjects: self.subjects.into_iter().map(|subject| subject.0).collect(),
        })
    }
}

/// Which providers to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProvidersQuery {
    /// Only those that serve this municipality.
    #[param(value_type = Option<String>, pattern = "^[0-9]{7}$", example = "0001000")]
    pub(super) municipality: Option<Atvk>,
    /// Only the legal person with this number.
    #[param(pattern = "^[0-9]{11}$", example = "40000000000")]
    pub(super) registration_number: Option<String>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub(super) limit: Option<u8>,
    /// Where the page begins: `next` of the page before.
    pub(super) cursor: Option<Uuid>,
}
