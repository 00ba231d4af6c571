//! Documents of cases: what is known of each; the content itself is in the object store. A row is never deleted, so that the trace of
//! a deleted document stays.

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::{
    access::{MunicipalityCode, Scope},
    case_documents::{CaseDocumentType, CaseSection, DocumentMedium, FiledDocuments, sees_office_only, types_seen_by},
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::SimpleExpr,
};

use crate::{
    Reach, Store, StoreError, WriteTransaction,
    applications::known,
    files::{Deletion, StoredFile},
    providers::code,
    representatives::visible,
    vault::{ERASED, Place, Vault},
};

pub(crate) mod case_document {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_document")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub application_id: Uuid,
        pub person_id: Uuid,
        pub section: String,
        pub kind: String,
        pub medium: String,
        pub dated: Date,
        pub office_only: bool,
        pub media_type: String,
        pub size: i64,
        pub content_hash: Vec<u8>,
        pub content_key: Vec<u8>,
        pub added_by: String,
        pub created_at: DateTimeUtc,
        pub deletion_requested_on: Option<Date>,
        pub deletion_request: Option<Vec<u8>>,
        pub deletion: Option<Vec<u8>>,
        pub version: i64,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A document of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseDocument {
    /// Identifier.
    pub id: Uuid,
    /// The municipality that has it.
    pub municipality: MunicipalityCode,
    /// The case: its application.
    pub application_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// The section of the case's file.
    pub section: CaseSection,
    /// What it is.
    pub kind: CaseDocumentType,
    /// In what form it exists.
    pub medium: DocumentMedium,
    /// Its day.
    pub dated: NaiveDate,
    /// Whether nobody outside the office sees it.
    pub office_only: bool,
    /// The file.
    pub file: StoredFile,
    /// Subject of who added it.
    pub added_by: String,
    /// When.
    pub added_at: DateTime<Utc>,
    /// Who asks that it be deleted.
    pub deletion_request: Option<Deletion>,
    /// Who deleted it.
    pub deletion: Option<Deletion>,
    /// Counts up with every change.
    pub version: i64,
}

const KEY: &str = "content_key";

const fn place(column: &'static str, row: Uuid) -> Place {
    Place { table: "case_document", column, row }
}

/// The rows that a scope sees.
fn seen(scope: &Scope) -> Condition {
    let types = types_seen_by(scope.role).iter().map(|kind| kind.as_str());
    let own = visible(scope, case_document::Column::MunicipalityCode, case_document::Column::PersonId)
        .add(case_document::Column::Kind.is_in(types));
    if sees_office_only(scope.role) { own } else { own.add(case_document::Column::OfficeOnly.eq(false)) }
}

/// The rows with a content.
pub(crate) fn stored() -> SimpleExpr {
    case_document::Column::ContentKey.ne(ERASED.to_vec())
}

impl WriteTransaction {
    /// Stores what is known of a new document.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_case_document(&self, new: &CaseDocument) -> Result<(), StoreError> {
        let row = case_document::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(new.municipality.to_string()),
            application_id: Set(new.application_id),
            person_id: Set(new.person_id),
            section: Set(new.section.as_str().to_owned()),
            kind: Set(new.kind.as_str().to_owned()),
            medium: Set(new.medium.as_str().to_owned()),
            dated: Set(new.dated),
            office_only: Set(new.office_only),
            media_type: Set(new.file.media_type.as_str().to_owned()),
            size: Set(new.file.stored_size()),
            content_hash: Set(new.file.content_hash.clone()),
            added_by: Set(new.added_by.clone()),
            created_at: Set(new.added_at),
            version: Set(new.version),
            ..self.changing(new, new.added_at)?
        };
        case_document::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// What of a document changes.
    fn changing(&self, document: &CaseDocument, at: DateTime<Utc>) -> Result<case_document::ActiveModel, StoreError> {
        let vault = self.vault()?;
        let sealed = |column, deletion: &Option<Deletion>| {
            deletion.as_ref().map(|deletion| vault.seal_json(place(column, document.id), deletion)).transpose()
        };
        let open_request = document.deletion_request.as_ref().filter(|_| document.deletion.is_none());
        Ok(case_document::ActiveModel {
            id: NotSet,
            content_key: Set(document.file.sealed_key(vault, place(KEY, document.id))?),
            deletion_requested_on: Set(open_request.map(|request| request.on)),
            deletion_request: Set(sealed("deletion_request", &document.deletion_request)?),
            deletion: Set(sealed("deletion", &document.deletion)?),
            updated_at: Set(at),
            ..Default::default()
        })
    }

    /// Stores that a deletion is asked for or done, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_case_document(
        &self,
        scope: &Scope,
        changed: &mut CaseDocument,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let version = changed.version.saturating_add(1);
        let change = case_document::ActiveModel { version: Set(version), ..self.changing(changed, at)? };
        let updated = case_document::Entity::update_many()
            .set(change)
            .filter(case_document::Column::Id.eq(changed.id))
            .filter(case_document::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(case_document::Column::Version.eq(changed.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        changed.version = version;
        Ok(())
    }

    /// Gets a document for a change: on PostgreSQL its row is locked to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_case_document(&self, scope: &Scope, id: Uuid) -> Result<Option<CaseDocument>, StoreError> {
        let mut query = case_document::Entity::find_by_id(id).filter(seen(scope));
        if self.0.get_database_backend() == DbBackend::Postgres {
            query = query.lock_exclusive();
        }
        let row = query.one(&self.0).await.map_err(StoreError::failed)?;
        row.map(|row| opened(self.vault()?, row)).transpose()
    }

    /// Those of some documents that the scope sees, in one query.
    ///
    /// # Errors
    /// What the database says.
    pub async fn known_documents(&self, scope: &Scope, ids: &BTreeSet<Uuid>) -> Result<BTreeSet<Uuid>, StoreError> {
        let query = case_document::Entity::find()
            .filter(case_document::Column::Id.is_in(ids.iter().copied()))
            .filter(seen(scope))
            .filter(stored());
        let ids: Result<Vec<Uuid>, _> =
            query.select_only().column(case_document::Column::Id).into_tuple().all(&self.0).await;
        Ok(ids.map_err(StoreError::failed)?.into_iter().collect())
    }

    /// Lists the documents of a case in the order in which they were added, the traces of deleted ones as well.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_case_documents(
        &self,
        scope: &Scope,
        application: Uuid,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<CaseDocument>, StoreError> {
        let query = case_document::Entity::find()
            .filter(case_document::Column::ApplicationId.eq(application))
            .filter(seen(scope));
        self.page(query, after, limit).await
    }

    /// Lists the documents of the country whose deletion is asked for and not done, in the order of their identifiers. The
    /// transaction must reach the country.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_deletion_requests(
        &self,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<CaseDocument>, StoreError> {
        let query = case_document::Entity::find()
            .filter(case_document::Column::DeletionRequestedOn.is_not_null())
            .filter(stored());
        self.page(query, after, limit).await
    }

    /// Counts the documents of a case that are there, by section.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn count_case_documents(
        &self,
        scope: &Scope,
        application: Uuid,
    ) -> Result<Vec<(CaseSection, FiledDocuments)>, StoreError> {
        let query = case_document::Entity::find()
            .select_only()
            .column(case_document::Column::Section)
            .column(case_document::Column::Medium)
            .column_as(case_document::Column::Id.count(), "documents")
            .filter(case_document::Column::ApplicationId.eq(application))
            .filter(seen(scope))
            .filter(stored())
            .group_by(case_document::Column::Section)
            .group_by(case_document::Column::Medium);
        let rows: Vec<(String, String, i64)> = query.into_tuple().all(&self.0).await.map_err(StoreError::failed)?;
        let mut counted: BTreeMap<usize, (CaseSection, FiledDocuments)> = BTreeMap::new();
        for (section, medium, documents) in rows {
            let inconsistent = || StoreError::Inconsistent { table: "case_document", id: application };
            let section = known(CaseSection::ALL, &section, CaseSection::as_str).ok_or_else(inconsistent)?;
            let medium = known(DocumentMedium::ALL, &medium, DocumentMedium::as_str).ok_or_else(inconsistent)?;
            let place = CaseSection::ALL.iter().position(|other| *other == section).unwrap_or_default();
            let (_, filed) = counted.entry(place).or_insert((section, FiledDocuments::default()));
            filed.add(medium, u64::try_from(documents).unwrap_or_default());
        }
        Ok(counted.into_values().collect())
    }

    async fn page(
        &self,
        mut query: Select<case_document::Entity>,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<CaseDocument>, StoreError> {
        let vault = self.vault()?;
        if let Some(after) = after {
            query = query.filter(case_document::Column::Id.gt(after));
        }
        let query = query.order_by_asc(case_document::Column::Id).limit(limit);
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        rows.into_iter().map(|row| opened(vault, row)).collect()
    }

    /// The documents of a person that have a content.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_contents_of(&self, scope: &Scope, person: Uuid) -> Result<Vec<Uuid>, StoreError> {
        let query = case_document::Entity::find()
            .filter(case_document::Column::PersonId.eq(person))
            .filter(case_document::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(stored());
        let ids = query.select_only().column(case_document::Column::Id).into_tuple().all(&self.0);
        ids.await.map_err(StoreError::failed)
    }
}

impl Store {
    /// The municipality that has a document.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_office_of_document(&self, id: Uuid) -> Result<Option<MunicipalityCode>, StoreError> {
        let row = case_document::Entity::find_by_id(id).one(&self.read(Reach::Country)).await;
        row.map_err(StoreError::failed)?.map(|row| code(&row.municipality_code, "case_document", id)).transpose()
    }
}

fn opened(vault: &Vault, row: case_document::Model) -> Result<CaseDocument, StoreError> {
    let id = row.id;
    let inconsistent = || StoreError::Inconsistent { table: "case_document", id };
    let deletion = |column, sealed| Deletion::opened(vault, place(column, id), sealed);
    Ok(CaseDocument {
        id,
        municipality: code(&row.municipality_code, "case_document", id)?,
        application_id: row.application_id,
        person_id: row.person_id,
        section: known(CaseSection::ALL, &row.section, CaseSection::as_str).ok_or_else(inconsistent)?,
        kind: known(CaseDocumentType::ALL, &row.kind, CaseDocumentType::as_str).ok_or_else(inconsistent)?,
        medium: known(DocumentMedium::ALL, &row.medium, DocumentMedium::as_str).ok_or_else(inconsistent)?,
        dated: row.dated,
        office_only: row.office_only,
        file: StoredFile::opened(
            vault,
            place(KEY, id),
            (&row.media_type, row.size, row.content_hash),
            &row.content_key,
        )?,
        added_by: row.added_by,
        added_at: row.created_at,
        deletion_request: deletion("deletion_request", row.deletion_request)?,
        deletion: deletion("deletion", row.deletion)?,
        version: row.version,
    })
}
