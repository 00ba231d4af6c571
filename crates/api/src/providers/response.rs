//! The answers of `/v1/providers`.

use balsts_app::{Provider, ProviderIdentity, ProviderSummary, SeenProvider};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{names::ProviderKind, types::Atvk};

/// A provider as everybody may see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderSummaryResponse {
    /// Identifier.
    id: Uuid,
    /// What kind of person it is.
    kind: ProviderKind,
    /// Name of a legal person; null of a natural one.
    name: Option<String>,
    /// Registration number of a legal person.
    registration_number: Option<String>,
    /// Number in the Register of Social Service Providers; null where it is not in it.
    register_number: Option<String>,
    /// The municipalities that it serves, by their codes.
    municipalities: Vec<Atvk>,
    /// The municipality whose office registered it.
    registered_by: Atvk,
}

/// Providers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderList {
    /// The providers in the order of their registration.
    pub(super) items: Vec<ProviderSummaryResponse>,
    /// Cursor of the next page; null on the last.
    pub(super) next: Option<String>,
}

/// A provider. What is personal is null for whoever does not need it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderResponse {
    /// Identifier.
    id: Uuid,
    /// What kind of person it is.
    kind: ProviderKind,
    /// Name of a legal person, or given and family name.
    name: Option<String>,
    /// Given name of a natural person.
    given_name: Option<String>,
    /// Family name of a natural person.
    family_name: Option<String>,
    /// Personal code of a natural person.
    personal_code: Option<String>,
    /// Registration number of a legal person.
    registration_number: Option<String>,
    /// Number in the Register of Social Service Providers; null where it is not in it.
    register_number: Option<String>,
    /// The municipalities that it serves, by their codes.
    municipalities: Vec<Atvk>,
    /// The municipality whose office registered it.
    registered_by: Atvk,
    /// Bank account, an IBAN.
    bank_account: Option<String>,
    /// The issuer's identifiers of who signs in as the provider.
    subjects: Option<Vec<String>>,
}

impl From<ProviderSummary> for ProviderSummaryResponse {
    fn from(provider: ProviderSummary) -> Self {
        Self {
            id: provider.id,
            kind: ProviderKind(provider.kind),
            name: provider.name,
            registration_number: provider.registration_number,
            register_number: provider.register_number,
            municipalities: provider.municipalities.into_iter().map(Atvk).collect(),
            registered_by: Atvk(provider.registered_by),
        }
    }
}

impl ProviderResponse {
    /// All of it, for who registers it.
    pub(super) fn whole(provider: &Provider) -> Self {
        let summary = ProviderSummary::from(provider);
        let (name, natural) = match &provider.identity {
            ProviderIdentity::Legal { .. } => (summary.name, None),
            ProviderIdentity::Natural { given_name, family_name, personal_code } => {
                (Some(format!("{given_name} {family_name}")), Some((given_name, family_name, personal_code)))
            }
        };
        Self {
            id: provider.id,
            kind: ProviderKind(summary.kind),
            name,
            given_name: natural.map(|(given_name, ..)| given_name.clone()),
            family_name: natural.map(|(_, family_name, _)| family_name.clone()),
            personal_code: natural.map(|(.., code)| code.reveal()),
            registration_number: summary.registration_number,
            register_number: summary.register_number,
            municipalities: summary.municipalities.into_iter().map(Atvk).collect(),
            registered_by: Atvk(provider.registered_by),
            bank_account: provider.bank_account.map(|account| account.reveal().to_owned()),
            subjects: Some(provider.subjects.clone()),
        }
    }

    /// What the caller may see of it.
    pub(super) fn seen(SeenProvider { provider, sees_all }: &SeenProvider) -> Self {
        let whole = Self::whole(provider);
        if *sees_all {
            return whole;
        }
        Self {
            name: ProviderSummary::from(provider).name,
            given_name: None,
            family_name: None,
            personal_code: None,
            bank_account: None,
            subjects: None,
            ..whole
        }
    }
}

/// An invented provider.
pub(super) fn example() -> Value {
    json!({
        "id": "018bcfe5-6800-7000-8000-000000000011", "kind": "legal", "name": "SIA Demo", "given_name": null,
        "family_name": null, "personal_code": null, "registration_number": "40000000000", "register_number": "1234",
        "municipalities": ["0001000"], "registered_by": "0001000", "bank_account": "LV80BANK0000435195001",
        "subjects": ["demo-provider"],
    })
}

/// The same as a list shows it.
pub(super) fn summary_example() -> Value {
    let mut summary = example();
    if let Some(members) = summary.as_object_mut() {
        for personal in ["given_name", "family_name", "personal_code", "bank_account", "subjects"] {
            members.remove(personal);
        }
    }
    summary
}

/// What registers it.
pub(super) fn request_example() -> Value {
    json!({
        "legal": {"name": "SIA Demo", "registration_number": "40000000000"}, "register_number": "1234",
        "municipalities": ["0001000"], "bank_account": "LV80BANK0000435195001", "subjects": ["demo-provider"],
    })
}
