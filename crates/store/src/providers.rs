//! Providers: rows to domain types and back, the bank account and who a natural person is sealed on the way. They belong to no
//! municipality, so that no query divides them by one; what the caller may see of one is asked of the domain.

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::{
    access::{MunicipalityCode, Scope},
    account::Iban,
    personal_code::PersonalCode,
    providers::ProviderKind,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::Query,
};
use serde::{Deserialize, Serialize};

use crate::{
    InsertError, Store, StoreError, WriteTransaction,
    applications::known,
    offers::offer,
    qualifications::qualification,
    vault::{Place, Vault},
};

pub(crate) mod provider {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "provider")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub registered_by: String,
        pub kind: String,
        pub name: Option<String>,
        pub registration_number: Option<String>,
        pub person: Option<Vec<u8>>,
        pub person_index: Option<Vec<u8>>,
        pub register_number: Option<String>,
        pub bank_account: Option<Vec<u8>>,
        pub version: i64,
        pub created_by: String,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod served {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "provider_municipality")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub municipality: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub provider_id: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod account {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "provider_account")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: String,
        pub provider_id: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who a provider is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderIdentity {
    /// A legal person.
    Legal {
        /// Name.
        name: String,
        /// Registration number of eleven digits.
        registration_number: String,
    },
    /// A natural person.
    Natural {
        /// Given name.
        given_name: String,
        /// Family name.
        family_name: String,
        /// Personal code.
        personal_code: PersonalCode,
    },
}

impl ProviderIdentity {
    /// The name as documents and payments have it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Legal { name, .. } => name.clone(),
            Self::Natural { given_name, family_name, .. } => format!("{given_name} {family_name}"),
        }
    }
}

/// What is sealed of a natural person.
#[derive(Serialize, Deserialize)]
struct SealedPerson {
    given_name: String,
    family_name: String,
    personal_code: String,
}

/// A provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Identifier.
    pub id: Uuid,
    /// The municipality whose office registered it.
    pub registered_by: MunicipalityCode,
    /// Who it is.
    pub identity: ProviderIdentity,
    /// Number in the Register of Social Service Providers; none where it is not in it.
    pub register_number: Option<String>,
    /// The municipalities that it serves, in order of their codes.
    pub municipalities: Vec<MunicipalityCode>,
    /// Bank account.
    pub bank_account: Option<Iban>,
    /// The issuer's identifiers of who signs in for it, sorted.
    pub subjects: Vec<String>,
    /// Counts up with every change.
    pub version: i64,
}

/// A provider as a document names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedProvider {
    /// Identifier.
    pub id: Uuid,
    /// Who it is.
    pub identity: ProviderIdentity,
    /// Number in the Register of Social Service Providers.
    pub register_number: Option<String>,
}

/// What everybody may see of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSummary {
    /// Identifier.
    pub id: Uuid,
    /// The municipality whose office registered it.
    pub registered_by: MunicipalityCode,
    /// What kind of person it is.
    pub kind: ProviderKind,
    /// Name of a legal person.
    pub name: Option<String>,
    /// Registration number of a legal person.
    pub registration_number: Option<String>,
    /// Number in the Register of Social Service Providers.
    pub register_number: Option<String>,
    /// The municipalities that it serves, in order of their codes.
    pub municipalities: Vec<MunicipalityCode>,
}

/// Which providers a list shows.
#[derive(Debug, Clone, Default)]
pub struct ProviderFilter {
    /// Serving this municipality.
    pub municipality: Option<MunicipalityCode>,
    /// With this registration number.
    pub registration_number: Option<String>,
    /// For which this subject signs in.
    pub subject: Option<String>,
    /// After this one, in the order of identifiers.
    pub after: Option<Uuid>,
}

/// A provider, told by itself or by something of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfProvider {
    /// By its identifier.
    Provider(Uuid),
    /// By that of an offer.
    Offer(Uuid),
    /// By that of a qualification document.
    Qualification(Uuid),
}

impl From<&Provider> for ProviderSummary {
    fn from(provider: &Provider) -> Self {
        let (kind, name, registration_number) = match &provider.identity {
            ProviderIdentity::Legal { name, registration_number } => {
                (ProviderKind::Legal, Some(name.clone()), Some(registration_number.clone()))
            }
            ProviderIdentity::Natural { .. } => (ProviderKind::Natural, None, None),
        };
        Self {
            id: provider.id,
            registered_by: provider.registered_by,
            kind,
            name,
            registration_number,
            register_number: provider.register_number.clone(),
            municipalities: provider.municipalities.clone(),
        }
    }
}

const fn place(column: &'static str, row: Uuid) -> Place {
    Place { table: "provider", column, row }
}

/// A code that the program itself has stored.
pub(crate) fn code(text: &str, table: &'static str, id: Uuid) -> Result<MunicipalityCode, StoreError> {
    text.parse().map_err(|_| StoreError::Inconsistent { table, id })
}

impl WriteTransaction {
    /// Stores a new provider.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where there is one with the same number or personal code.
    pub async fn insert_provider(&self, scope: &Scope, new: &Provider, at: DateTime<Utc>) -> Result<(), InsertError> {
        let mut row = self.sealed_provider(new, at)?;
        row.created_by = Set(scope.subject.clone());
        row.created_at = Set(at);
        provider::Entity::insert(row).exec_without_returning(&self.0).await.map_err(InsertError::failed)?;
        self.insert_served(new).await
    }

    /// Stores a changed provider under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first, [`InsertError::Exists`] where another has its number or personal
    /// code.
    pub async fn update_provider(&self, changed: &mut Provider, at: DateTime<Utc>) -> Result<(), InsertError> {
        let version = changed.version.saturating_add(1);
        let mut row = self.sealed_provider(changed, at)?;
        (row.id, row.registered_by, row.version) = (NotSet, NotSet, Set(version));
        let updated = provider::Entity::update_many()
            .set(row)
            .filter(provider::Column::Id.eq(changed.id))
            .filter(provider::Column::Version.eq(changed.version))
            .exec(&self.0)
            .await
            .map_err(InsertError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale.into());
        }
        changed.version = version;
        let before = served::Entity::delete_many().filter(served::Column::ProviderId.eq(changed.id));
        before.exec(&self.0).await.map_err(StoreError::failed)?;
        self.insert_served(changed).await
    }

    fn sealed_provider(&self, provider: &Provider, at: DateTime<Utc>) -> Result<provider::ActiveModel, StoreError> {
        let (vault, id) = (self.vault()?, provider.id);
        let summary = ProviderSummary::from(provider);
        let (person, person_index) = match &provider.identity {
            ProviderIdentity::Legal { .. } => (None, None),
            ProviderIdentity::Natural { given_name, family_name, personal_code } => {
                let person = SealedPerson {
                    given_name: given_name.clone(),
                    family_name: family_name.clone(),
                    personal_code: personal_code.reveal(),
                };
                // Of another kind than that of recipients: the two cannot be joined.
                let index = vault.index("provider_personal_code", &person.personal_code);
                (Some(vault.seal_json(place("person", id), &person)?), Some(index))
            }
        };
        let account = provider.bank_account.as_ref().map(|account| account.reveal().as_bytes());
        Ok(provider::ActiveModel {
            id: Set(id),
            registered_by: Set(provider.registered_by.to_string()),
            kind: Set(summary.kind.as_str().to_owned()),
            name: Set(summary.name),
            registration_number: Set(summary.registration_number),
            person: Set(person),
            person_index: Set(person_index),
            register_number: Set(summary.register_number),
            bank_account: Set(account.map(|account| vault.seal(place("bank_account", id), account)).transpose()?),
            version: Set(provider.version),
            created_by: NotSet,
            created_at: NotSet,
            updated_at: Set(at),
        })
    }

    async fn insert_served(&self, provider: &Provider) -> Result<(), InsertError> {
        let rows = provider.municipalities.iter().map(|municipality| {
            Ok(served::ActiveModel { municipality: Set(municipality.to_string()), provider_id: Set(provider.id) })
        });
        self.insert_all(rows).await
    }

    /// Stores who signs in for a provider, in place of those before.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where somebody signs in for another one.
    pub async fn save_provider_accounts(&self, provider: &Provider) -> Result<(), InsertError> {
        let before = account::Entity::delete_many().filter(account::Column::ProviderId.eq(provider.id));
        before.exec(&self.0).await.map_err(StoreError::failed)?;
        let rows = provider
            .subjects
            .iter()
            .map(|subject| Ok(account::ActiveModel { subject: Set(subject.clone()), provider_id: Set(provider.id) }));
        self.insert_all(rows).await
    }

    /// Gets a provider for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_provider(&self, id: Uuid) -> Result<Option<Provider>, StoreError> {
        let mut query = provider::Entity::find_by_id(id);
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let Some(row) = query.one(&self.0).await.map_err(StoreError::failed)? else { return Ok(None) };
        let subjects = account::Entity::find()
            .filter(account::Column::ProviderId.eq(id))
            .order_by_asc(account::Column::Subject)
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let municipalities = served_by(&self.0, &[id]).await?.into_iter().map(|(_, code)| code).collect();
        let subjects = subjects.into_iter().map(|account| account.subject).collect();
        opened(self.vault()?, row, municipalities, subjects).map(Some)
    }

    /// Names and accounts of providers, in one query; of those that have an account.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub(crate) async fn find_payees(
        &self,
        ids: &BTreeSet<Uuid>,
    ) -> Result<BTreeMap<Uuid, (String, String)>, StoreError> {
        let query = provider::Entity::find().filter(provider::Column::Id.is_in(ids.iter().copied()));
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        let vault = self.vault()?;
        let payee = |row: provider::Model| {
            let id = row.id;
            let Some(account) = account_of(vault, &row)? else { return Ok(None) };
            Ok(Some((id, (identity(vault, row)?.name(), account.reveal().to_owned()))))
        };
        rows.into_iter().filter_map(|row| payee(row).transpose()).collect()
    }

    /// Finds providers as documents name them, natural persons too, in one query. What is not there is left out.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_named_providers(&self, ids: &[Uuid]) -> Result<Vec<NamedProvider>, StoreError> {
        let query = provider::Entity::find().filter(provider::Column::Id.is_in(ids.iter().copied()));
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        let vault = self.vault()?;
        let named = |row: provider::Model| {
            let (id, register_number) = (row.id, row.register_number.clone());
            Ok(NamedProvider { id, identity: identity(vault, row)?, register_number })
        };
        rows.into_iter().map(named).collect()
    }
}

impl Store {
    /// Which of providers are registered.
    ///
    /// # Errors
    /// What the database says.
    pub async fn known_providers(&self, ids: &BTreeSet<Uuid>) -> Result<BTreeSet<Uuid>, StoreError> {
        if ids.is_empty() {
            return Ok(BTreeSet::new());
        }
        let query = provider::Entity::find().select_only().column(provider::Column::Id);
        let query = query.filter(provider::Column::Id.is_in(ids.iter().copied())).into_tuple::<Uuid>();
        Ok(query.all(self.reader()).await.map_err(StoreError::failed)?.into_iter().collect())
    }

    /// The municipality whose office registered a provider; for somebody who signs in as a provider, of the own one only.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_registering_office(
        &self,
        of: OfProvider,
        subject: Option<&str>,
    ) -> Result<Option<MunicipalityCode>, StoreError> {
        let id = provider::Column::Id;
        let mut query = match of {
            OfProvider::Provider(provider) => provider::Entity::find_by_id(provider),
            OfProvider::Offer(offer) => provider::Entity::find().filter(id.in_subquery(
                offer::Entity::find_by_id(offer).select_only().column(offer::Column::ProviderId).into_query(),
            )),
            OfProvider::Qualification(document) => provider::Entity::find().filter(
                id.in_subquery(
                    qualification::Entity::find_by_id(document)
                        .select_only()
                        .column(qualification::Column::ProviderId)
                        .into_query(),
                ),
            ),
        };
        if let Some(subject) = subject {
            query = query.filter(signs_in(subject));
        }
        let row = query.one(self.reader()).await.map_err(StoreError::failed)?;
        row.map(|row| code(&row.registered_by, "provider", row.id)).transpose()
    }

    /// The provider that somebody signs in for.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_provider_of(&self, subject: &str) -> Result<Option<Uuid>, StoreError> {
        let account = account::Entity::find_by_id(subject).one(self.reader()).await.map_err(StoreError::failed)?;
        Ok(account.map(|account| account.provider_id))
    }

    /// Lists providers in the order of their identifiers.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_providers(
        &self,
        filter: &ProviderFilter,
        limit: u64,
    ) -> Result<Vec<ProviderSummary>, StoreError> {
        let mut query = provider::Entity::find().order_by_asc(provider::Column::Id).limit(limit);
        if let Some(municipality) = filter.municipality {
            query = query.filter(serves(provider::Column::Id, municipality));
        }
        if let Some(number) = &filter.registration_number {
            query = query.filter(provider::Column::RegistrationNumber.eq(number));
        }
        if let Some(subject) = &filter.subject {
            query = query.filter(signs_in(subject));
        }
        if let Some(after) = filter.after {
            query = query.filter(provider::Column::Id.gt(after));
        }
        let rows = query.all(self.reader()).await.map_err(StoreError::failed)?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let served = served_by(self.reader(), &ids).await?;
        rows.into_iter().map(|row| summary(row, &served)).collect()
    }
}

/// That a provider serves a municipality.
pub(crate) fn serves<C: ColumnTrait>(provider: C, municipality: MunicipalityCode) -> sea_orm::sea_query::SimpleExpr {
    let serving = Query::select()
        .column(served::Column::ProviderId)
        .from(served::Entity)
        .and_where(served::Column::Municipality.eq(municipality.as_str()))
        .to_owned();
    provider.in_subquery(serving)
}

fn signs_in(subject: &str) -> sea_orm::sea_query::SimpleExpr {
    let own = Query::select()
        .column(account::Column::ProviderId)
        .from(account::Entity)
        .and_where(account::Column::Subject.eq(subject))
        .to_owned();
    provider::Column::Id.in_subquery(own)
}

/// The municipalities that providers serve, in order of their codes.
async fn served_by(
    connection: &impl ConnectionTrait,
    providers: &[Uuid],
) -> Result<Vec<(Uuid, MunicipalityCode)>, StoreError> {
    let query = served::Entity::find()
        .filter(served::Column::ProviderId.is_in(providers.iter().copied()))
        .order_by_asc(served::Column::Municipality);
    let rows = query.all(connection).await.map_err(StoreError::failed)?;
    let served =
        |row: served::Model| Ok((row.provider_id, code(&row.municipality, "provider_municipality", row.provider_id)?));
    rows.into_iter().map(served).collect()
}

fn summary(row: provider::Model, served: &[(Uuid, MunicipalityCode)]) -> Result<ProviderSummary, StoreError> {
    let inconsistent = StoreError::Inconsistent { table: "provider", id: row.id };
    Ok(ProviderSummary {
        id: row.id,
        registered_by: code(&row.registered_by, "provider", row.id)?,
        kind: known(ProviderKind::ALL, &row.kind, ProviderKind::as_str).ok_or(inconsistent)?,
        name: row.name,
        registration_number: row.registration_number,
        register_number: row.register_number,
        municipalities: served.iter().filter(|(provider, _)| *provider == row.id).map(|(_, code)| *code).collect(),
    })
}

fn opened(
    vault: &Vault,
    row: provider::Model,
    municipalities: Vec<MunicipalityCode>,
    subjects: Vec<String>,
) -> Result<Provider, StoreError> {
    let id = row.id;
    Ok(Provider {
        id,
        registered_by: code(&row.registered_by, "provider", id)?,
        register_number: row.register_number.clone(),
        municipalities,
        bank_account: account_of(vault, &row)?,
        subjects,
        version: row.version,
        identity: identity(vault, row)?,
    })
}

fn account_of(vault: &Vault, row: &provider::Model) -> Result<Option<Iban>, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "provider", id: row.id };
    let Some(sealed) = &row.bank_account else { return Ok(None) };
    let account = vault.open(place("bank_account", row.id), sealed)?;
    let account = std::str::from_utf8(&account).ok().and_then(|text| text.parse().ok());
    account.map(Some).ok_or_else(inconsistent)
}

fn identity(vault: &Vault, row: provider::Model) -> Result<ProviderIdentity, StoreError> {
    let id = row.id;
    let inconsistent = || StoreError::Inconsistent { table: "provider", id };
    match (row.name, row.registration_number, row.person) {
        (Some(name), Some(registration_number), None) => Ok(ProviderIdentity::Legal { name, registration_number }),
        (None, None, Some(sealed)) => {
            let SealedPerson { given_name, family_name, personal_code } =
                vault.open_json(place("person", id), &sealed)?;
            let personal_code = personal_code.parse().map_err(|_| inconsistent())?;
            Ok(ProviderIdentity::Natural { given_name, family_name, personal_code })
        }
        _ => Err(inconsistent()),
    }
}
