//! What is known of a file whose content is in the object store: documents of cases and attachments of invoices have it alike.

use balsts_domain::files::FileType;
use chrono::NaiveDate;
use sea_orm::{EntityTrait, QueryFilter, QuerySelect, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    Reach, Store, StoreError,
    applications::known,
    attachments::{self, attachment},
    case_documents::{self, case_document},
    objects::ContentKey,
    vault::{CannotOpen, ERASED, Place, Vault},
};

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// What it is.
    pub media_type: FileType,
    /// Its size, bytes.
    pub size: u64,
    /// SHA-256 of the content.
    pub content_hash: Vec<u8>,
    /// The key of the content; none once the content is deleted, or its person erased.
    pub content_key: Option<ContentKey>,
}

/// That somebody asked for a deletion or did it: what is sealed of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// Subject of who.
    pub by: String,
    /// The day.
    pub on: NaiveDate,
    /// Why.
    pub reason: String,
}

impl StoredFile {
    pub(crate) fn stored_size(&self) -> i64 {
        i64::try_from(self.size).unwrap_or(i64::MAX)
    }

    /// The key as its row has it.
    pub(crate) fn sealed_key(&self, vault: &Vault, place: Place) -> Result<Vec<u8>, CannotOpen> {
        self.content_key.as_ref().map_or(Ok(ERASED.to_vec()), |key| vault.seal(place, &key.0))
    }

    /// The file that a row tells of: its media type, size and hash, and its sealed key.
    pub(crate) fn opened(
        vault: &Vault,
        place: Place,
        (media_type, size, content_hash): (&str, i64, Vec<u8>),
        sealed_key: &[u8],
    ) -> Result<Self, StoreError> {
        let inconsistent = || StoreError::Inconsistent { table: place.table, id: place.row };
        let content_key = match sealed_key {
            ERASED => None,
            sealed => Some(ContentKey(vault.open(place, sealed)?.try_into().map_err(|_| CannotOpen)?)),
        };
        Ok(Self {
            media_type: known(FileType::ALL, media_type, FileType::as_str).ok_or_else(inconsistent)?,
            size: u64::try_from(size).map_err(|_| inconsistent())?,
            content_hash,
            content_key,
        })
    }
}

impl Deletion {
    /// What a row tells of a deletion; nothing once its person is erased.
    pub(crate) fn opened(vault: &Vault, place: Place, sealed: Option<Vec<u8>>) -> Result<Option<Self>, CannotOpen> {
        let sealed = sealed.filter(|sealed| sealed != ERASED);
        sealed.map(|sealed| vault.open_json(place, &sealed)).transpose()
    }
}

impl Store {
    /// Those of some files that a row has with a content.
    ///
    /// # Errors
    /// What the database says.
    pub async fn files_with_content(&self, ids: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
        let reader = self.read(Reach::Country);
        let documents = case_document::Entity::find()
            .filter(case_document::Column::Id.is_in(ids.iter().copied()))
            .filter(case_documents::stored())
            .select_only()
            .column(case_document::Column::Id)
            .into_tuple::<Uuid>()
            .all(&reader)
            .await
            .map_err(StoreError::failed)?;
        let attached = attachment::Entity::find()
            .filter(attachment::Column::Id.is_in(ids.iter().copied()))
            .filter(attachments::stored())
            .select_only()
            .column(attachment::Column::Id)
            .into_tuple::<Uuid>()
            .all(&reader)
            .await
            .map_err(StoreError::failed)?;
        Ok([documents, attached].concat())
    }
}
