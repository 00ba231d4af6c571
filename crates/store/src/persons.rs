//! The children and adults that a municipality knows, sealed, and found by the keyed hash of their personal code, or of the identification
//! number of who has none.

use balsts_domain::{access::Scope, identifier::Identifier, retention::Ended};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    EntityTrait, QueryFilter, TryInsertResult,
    entity::prelude::*,
    sea_query::OnConflict,
};
use serde::{Deserialize, Serialize};

use crate::{
    InsertError, Purpose, StoreError, WriteTransaction,
    representatives::visible,
    vault::{Place, Vault},
};

pub(crate) mod person {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "person")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub code_index: Vec<u8>,
        pub personal_code: Vec<u8>,
        pub given_name: Vec<u8>,
        pub family_name: Vec<u8>,
        pub contact: Vec<u8>,
        pub created_at: DateTimeUtc,
        pub last_ended_kind: Option<String>,
        pub last_ended_on: Option<Date>,
        pub erased_on: Option<Date>,
        pub erased_by: Option<String>,
        pub erasure_reason: Option<Vec<u8>>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How a person can be reached. What is not known is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Declared address.
    pub address: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Language of communication, ISO 639-1.
    pub language: Option<String>,
}

impl Contact {
    /// The same, and where it says nothing what was known before.
    #[must_use]
    fn or(self, before: Self) -> Self {
        Self {
            address: self.address.or(before.address),
            phone: self.phone.or(before.phone),
            email: self.email.or(before.email),
            language: self.language.or(before.language),
        }
    }
}

/// The child or adult that an application is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Identifier.
    pub id: Uuid,
    /// Personal code, or identification number.
    pub identifier: Identifier,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Contact.
    pub contact: Contact,
}

/// What becomes of a person whom the municipality knows already.
#[derive(Debug, Clone, Copy)]
enum Known {
    /// Names and contact are those that are given.
    Renewed,
    /// They stay.
    Kept,
}

pub(crate) const fn person_place(column: &'static str, row: Uuid) -> Place {
    Place { table: "person", column, row }
}

fn text(bytes: Vec<u8>, table: &'static str, id: Uuid) -> Result<String, StoreError> {
    String::from_utf8(bytes).map_err(|_| StoreError::Inconsistent { table, id })
}

impl WriteTransaction {
    /// Stores a person, or what is new about the one with the same identifier in the municipality. Tells its identifier,
    /// which is the given one only if the person is new. What follows is live, so that no retention counts.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where the person is known and then not again and again, or what the database says.
    pub async fn save_person(&self, scope: &Scope, person: &Person, at: DateTime<Utc>) -> Result<Uuid, StoreError> {
        self.stored_person(scope, person, Known::Renewed, at).await
    }

    /// Stores a person who comes from another municipality. One with the same identifier stays as this one knows them; what
    /// follows is live. Tells the identifier as [`save_person`](Self::save_person) does.
    ///
    /// # Errors
    /// Those of [`save_person`](Self::save_person).
    pub async fn receive_person(&self, scope: &Scope, person: &Person, at: DateTime<Utc>) -> Result<Uuid, StoreError> {
        self.stored_person(scope, person, Known::Kept, at).await
    }

    async fn stored_person(
        &self,
        scope: &Scope,
        person: &Person,
        known: Known,
        at: DateTime<Utc>,
    ) -> Result<Uuid, StoreError> {
        // Again where an erasure came between: the person is not known any more.
        for _ in 0..2 {
            if let Some(id) = self.try_store_person(scope, person, known, at).await? {
                return Ok(id);
            }
        }
        Err(StoreError::Stale)
    }

    async fn try_store_person(
        &self,
        scope: &Scope,
        person: &Person,
        renewed: Known,
        at: DateTime<Utc>,
    ) -> Result<Option<Uuid>, StoreError> {
        let row = self.sealed_person(scope, person, at)?;
        let columns = [person::Column::MunicipalityCode, person::Column::CodeIndex];
        let inserted = person::Entity::insert(row)
            .on_conflict(OnConflict::columns(columns).do_nothing().to_owned())
            .try_insert()
            .exec_without_returning(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if matches!(inserted, TryInsertResult::Inserted(rows) if rows > 0) {
            return Ok(Some(person.id));
        }
        let index = self.vault()?.person_index(&person.identifier);
        let known = person::Entity::find()
            .filter(person::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(person::Column::CodeIndex.eq(index))
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let Some(known) = known else { return Ok(None) };
        let row = match renewed {
            Known::Kept => {
                person::ActiveModel { last_ended_kind: Set(None), last_ended_on: Set(None), ..Default::default() }
            }
            Known::Renewed => {
                // What is sealed opens in its own row only. What the new application leaves out stays known.
                let before = match known.erased_on {
                    Some(_) => Contact::default(),
                    None => self.vault()?.open_json(person_place("contact", known.id), &known.contact)?,
                };
                let contact = person.contact.clone().or(before);
                let mut row = self.sealed_person(scope, &Person { id: known.id, contact, ..person.clone() }, at)?;
                (row.id, row.created_at) = (NotSet, NotSet);
                row
            }
        };
        let updated = person::Entity::update_many()
            .set(row)
            .filter(person::Column::Id.eq(known.id))
            .filter(person::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            // An erasure that came between is not undone.
            .filter(person::Column::ErasedOn.is_null())
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok((updated.rows_affected == 1).then_some(known.id))
    }

    /// Gets a person.
    ///
    /// # Errors
    /// [`StoreError::Erased`], [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_person(&self, scope: &Scope, id: Uuid) -> Result<Option<Person>, StoreError> {
        self.person_where(scope, person::Column::Id.eq(id)).await
    }

    /// Gets the person with an identifier.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_person_known_by(
        &self,
        scope: &Scope,
        identifier: &Identifier,
    ) -> Result<Option<Person>, StoreError> {
        let index = self.vault()?.person_index(identifier);
        self.person_where(scope, person::Column::CodeIndex.eq(index)).await
    }

    /// The pseudonym of a person for a purpose.
    ///
    /// # Errors
    /// [`StoreError::NoKeys`].
    pub fn pseudonym(&self, person: &Person, purpose: &Purpose) -> Result<String, StoreError> {
        Ok(self.vault()?.pseudonym(purpose, &person.identifier))
    }

    async fn person_where(&self, scope: &Scope, condition: Expr) -> Result<Option<Person>, StoreError> {
        let row = person::Entity::find()
            .filter(condition)
            .filter(visible(scope, person::Column::MunicipalityCode, person::Column::Id))
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        row.map(|row| opened_person(self.vault()?, row)).transpose()
    }

    /// Stores new persons, none of whom the municipality knows, each with what its retention counts from.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where it knows one of them.
    pub async fn insert_persons<'a>(
        &self,
        scope: &Scope,
        persons: impl Iterator<Item = (&'a Person, Option<Ended>)>,
        at: DateTime<Utc>,
    ) -> Result<(), InsertError> {
        let row = |(person, ended): (&Person, Option<Ended>)| {
            let mut row = self.sealed_person(scope, person, at)?;
            row.last_ended_kind = Set(ended.map(|ended| ended.record.as_str().to_owned()));
            row.last_ended_on = Set(ended.map(|ended| ended.on));
            Ok(row)
        };
        self.insert_all(persons.map(row)).await
    }

    fn sealed_person(
        &self,
        scope: &Scope,
        person: &Person,
        at: DateTime<Utc>,
    ) -> Result<person::ActiveModel, StoreError> {
        let vault = self.vault()?;
        let place = |column| person_place(column, person.id);
        Ok(person::ActiveModel {
            id: Set(person.id),
            municipality_code: Set(scope.municipality.to_string()),
            code_index: Set(vault.person_index(&person.identifier)),
            personal_code: Set(vault.seal(place("personal_code"), person.identifier.kept().as_bytes())?),
            given_name: Set(vault.seal(place("given_name"), person.given_name.as_bytes())?),
            family_name: Set(vault.seal(place("family_name"), person.family_name.as_bytes())?),
            contact: Set(vault.seal_json(place("contact"), &person.contact)?),
            created_at: Set(at),
            last_ended_kind: Set(None),
            last_ended_on: Set(None),
            erased_on: Set(None),
            erased_by: Set(None),
            erasure_reason: Set(None),
        })
    }
}

pub(crate) fn opened_person(vault: &Vault, row: person::Model) -> Result<Person, StoreError> {
    if row.erased_on.is_some() {
        return Err(StoreError::Erased);
    }
    let open = |column, sealed: &[u8]| -> Result<String, StoreError> {
        text(vault.open(person_place(column, row.id), sealed)?, "person", row.id)
    };
    let identifier = Identifier::from_kept(&open("personal_code", &row.personal_code)?);
    Ok(Person {
        id: row.id,
        identifier: identifier.ok_or(StoreError::Inconsistent { table: "person", id: row.id })?,
        given_name: open("given_name", &row.given_name)?,
        family_name: open("family_name", &row.family_name)?,
        contact: vault.open_json(person_place("contact", row.id), &row.contact)?,
    })
}
