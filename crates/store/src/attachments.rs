//! Files that are attached to invoices and claims: what is known of each; the content itself is in the object store. A row is never
//! deleted, so that the trace of a deleted file stays.

use balsts_domain::{
    access::{MunicipalityCode, Scope},
    attachments::AttachmentKind,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{Query, SelectStatement, SimpleExpr},
};

use crate::{
    Reach, Store, StoreError, WriteTransaction,
    applications::known,
    files::{Deletion, StoredFile},
    invoices::line,
    persons::person,
    providers::code,
    vault::{ERASED, Place, Vault},
};

pub(crate) mod attachment {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "invoice_attachment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub municipality_code: String,
        pub invoice_id: Uuid,
        pub person_id: Option<Uuid>,
        pub kind: String,
        pub embedded: bool,
        pub media_type: String,
        pub size: i64,
        pub content_hash: Vec<u8>,
        pub content_key: Vec<u8>,
        pub added_by: String,
        pub created_at: DateTimeUtc,
        pub deletion: Option<Vec<u8>>,
        pub deletion_requested_on: Option<Date>,
        pub deletion_request: Option<Vec<u8>>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A file that is attached to an invoice or claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Identifier.
    pub id: Uuid,
    /// The municipality that has it.
    pub municipality: MunicipalityCode,
    /// The invoice or claim.
    pub invoice_id: Uuid,
    /// Whose claim it is; none of a provider's invoice.
    pub person_id: Option<Uuid>,
    /// What it is.
    pub kind: AttachmentKind,
    /// Whether it came inside an e-invoice.
    pub embedded: bool,
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

const fn place(column: &'static str, row: Uuid) -> Place {
    Place { table: "invoice_attachment", column, row }
}

/// The rows with a content.
pub(crate) fn stored() -> SimpleExpr {
    attachment::Column::ContentKey.ne(ERASED.to_vec())
}

/// The invoices of providers that are for a person, and for nobody else who is not erased.
fn invoices_ending_with(scope: &Scope, id: Uuid) -> Condition {
    let lines = || {
        let mut lines = Query::select();
        lines
            .column(line::Column::InvoiceId)
            .from(line::Entity)
            .and_where(line::Column::MunicipalityCode.eq(scope.municipality.as_str()));
        lines
    };
    let own: SelectStatement = lines().and_where(line::Column::PersonId.eq(id)).to_owned();
    let others = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::MunicipalityCode.eq(scope.municipality.as_str()))
        .filter(person::Column::ErasedOn.is_null())
        .filter(person::Column::Id.ne(id))
        .into_query();
    let of_others: SelectStatement = lines().and_where(line::Column::PersonId.in_subquery(others)).to_owned();
    Condition::all()
        .add(attachment::Column::InvoiceId.in_subquery(own))
        .add(attachment::Column::InvoiceId.not_in_subquery(of_others))
}

/// The files that end with a person: those of the person's claims, and of invoices that are for nobody else any more.
fn ending_with(scope: &Scope, person: Uuid) -> Condition {
    let own = Condition::any().add(attachment::Column::PersonId.eq(person)).add(invoices_ending_with(scope, person));
    Condition::all().add(attachment::Column::MunicipalityCode.eq(scope.municipality.as_str())).add(own)
}

impl WriteTransaction {
    /// Stores what is known of a new file.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_attachment(&self, scope: &Scope, new: &Attachment) -> Result<(), StoreError> {
        let row = attachment::ActiveModel {
            id: Set(new.id),
            municipality_code: Set(scope.municipality.to_string()),
            invoice_id: Set(new.invoice_id),
            person_id: Set(new.person_id),
            kind: Set(new.kind.as_str().to_owned()),
            embedded: Set(new.embedded),
            media_type: Set(new.file.media_type.as_str().to_owned()),
            size: Set(new.file.stored_size()),
            content_hash: Set(new.file.content_hash.clone()),
            added_by: Set(new.added_by.clone()),
            created_at: Set(new.added_at),
            version: Set(new.version),
            ..self.changing_attachment(new)?
        };
        attachment::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// How many files an invoice has, deleted ones as well.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count_attachments(&self, scope: &Scope, invoice: Uuid) -> Result<u64, StoreError> {
        let query = attachment::Entity::find()
            .filter(attachment::Column::InvoiceId.eq(invoice))
            .filter(attachment::Column::MunicipalityCode.eq(scope.municipality.as_str()));
        query.count(&self.0).await.map_err(StoreError::failed)
    }

    /// Gets a file. Whether the caller sees it is told by its invoice.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_attachment(&self, scope: &Scope, id: Uuid) -> Result<Option<Attachment>, StoreError> {
        let row = attachment::Entity::find_by_id(id)
            .filter(attachment::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .one(&self.0)
            .await
            .map_err(StoreError::failed)?;
        row.map(|row| opened(self.vault()?, row)).transpose()
    }

    /// Lists the files of an invoice in the order in which they were added, the traces of deleted ones as well.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_attachments(&self, scope: &Scope, invoice: Uuid) -> Result<Vec<Attachment>, StoreError> {
        let rows = attachment::Entity::find()
            .filter(attachment::Column::InvoiceId.eq(invoice))
            .filter(attachment::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .order_by_asc(attachment::Column::Id)
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let vault = self.vault()?;
        rows.into_iter().map(|row| opened(vault, row)).collect()
    }

    /// What of a file changes.
    fn changing_attachment(&self, of: &Attachment) -> Result<attachment::ActiveModel, StoreError> {
        let vault = self.vault()?;
        let sealed = |column, deletion: &Option<Deletion>| {
            deletion.as_ref().map(|deletion| vault.seal_json(place(column, of.id), deletion)).transpose()
        };
        let open_request = of.deletion_request.as_ref().filter(|_| of.deletion.is_none());
        Ok(attachment::ActiveModel {
            id: NotSet,
            content_key: Set(of.file.sealed_key(vault, place("content_key", of.id))?),
            deletion_requested_on: Set(open_request.map(|request| request.on)),
            deletion_request: Set(sealed("deletion_request", &of.deletion_request)?),
            deletion: Set(sealed("deletion", &of.deletion)?),
            ..Default::default()
        })
    }

    /// Stores that a deletion is asked for or done, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn update_attachment(&self, scope: &Scope, changed: &mut Attachment) -> Result<(), StoreError> {
        let version = changed.version.saturating_add(1);
        let change = attachment::ActiveModel { version: Set(version), ..self.changing_attachment(changed)? };
        let updated = attachment::Entity::update_many()
            .set(change)
            .filter(attachment::Column::Id.eq(changed.id))
            .filter(attachment::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(attachment::Column::Version.eq(changed.version))
            // What was erased meanwhile stays so.
            .filter(stored())
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        changed.version = version;
        Ok(())
    }

    /// Lists the files of the country whose deletion is asked for and not done, in the order of their identifiers. The transaction
    /// must reach the country.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_attachment_deletion_requests(
        &self,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Attachment>, StoreError> {
        let mut query =
            attachment::Entity::find().filter(attachment::Column::DeletionRequestedOn.is_not_null()).filter(stored());
        if let Some(after) = after {
            query = query.filter(attachment::Column::Id.gt(after));
        }
        let query = query.order_by_asc(attachment::Column::Id).limit(limit);
        let rows = query.all(&self.0).await.map_err(StoreError::failed)?;
        let vault = self.vault()?;
        rows.into_iter().map(|row| opened(vault, row)).collect()
    }

    /// The files with a content that end with a person.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_attached_contents_of(&self, scope: &Scope, person: Uuid) -> Result<Vec<Uuid>, StoreError> {
        let query = attachment::Entity::find().filter(ending_with(scope, person)).filter(stored());
        let ids = query.select_only().column(attachment::Column::Id).into_tuple().all(&self.0);
        ids.await.map_err(StoreError::failed)
    }

    /// Overwrites the keys of the files that end with a person, so that nothing opens them, and why they were to be deleted.
    pub(crate) async fn erase_attachments(&self, scope: &Scope, person: Uuid) -> Result<(), StoreError> {
        attachment::Entity::update_many()
            .col_expr(attachment::Column::ContentKey, Expr::val(ERASED.to_vec()))
            .col_expr(attachment::Column::DeletionRequest, Expr::val(ERASED.to_vec()))
            .col_expr(attachment::Column::Deletion, Expr::val(ERASED.to_vec()))
            .filter(ending_with(scope, person))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }
}

impl Store {
    /// The municipality that has a file.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_office_of_attachment(&self, id: Uuid) -> Result<Option<MunicipalityCode>, StoreError> {
        let row = attachment::Entity::find_by_id(id).one(&self.read(Reach::Country)).await;
        row.map_err(StoreError::failed)?.map(|row| code(&row.municipality_code, "invoice_attachment", id)).transpose()
    }
}

fn opened(vault: &Vault, row: attachment::Model) -> Result<Attachment, StoreError> {
    let id = row.id;
    let inconsistent = || StoreError::Inconsistent { table: "invoice_attachment", id };
    let key = place("content_key", id);
    Ok(Attachment {
        id,
        municipality: code(&row.municipality_code, "invoice_attachment", id)?,
        invoice_id: row.invoice_id,
        person_id: row.person_id,
        kind: known(AttachmentKind::ALL, &row.kind, AttachmentKind::as_str).ok_or_else(inconsistent)?,
        embedded: row.embedded,
        file: StoredFile::opened(vault, key, (&row.media_type, row.size, row.content_hash), &row.content_key)?,
        added_by: row.added_by,
        added_at: row.created_at,
        deletion_request: Deletion::opened(vault, place("deletion_request", id), row.deletion_request)?,
        deletion: Deletion::opened(vault, place("deletion", id), row.deletion)?,
        version: row.version,
    })
}
