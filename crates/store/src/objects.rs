//! Contents of documents, in an object store: a directory, or a bucket. Each is encrypted with a key of its own before it leaves the
//! program; that key is sealed in the document's row, so that a change of keys never touches a content, and the erasure of the key
//! is the end of the content wherever a copy of it lies.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit, Nonce,
    aead::{self, Aead, Payload},
};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryStreamExt, future, stream};
use object_store::{
    ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, parse_url_opts, path::Path as Location,
};
use url::Url;
use uuid::Uuid;

use crate::{Store, StoreError, vault::CannotOpen};

/// Where contents are kept. Clones share it.
#[derive(Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    beneath: Location,
    directory: Option<PathBuf>,
}

/// The object store failed, or is set up wrongly. The message is for the log only.
#[derive(Debug, thiserror::Error)]
#[error("the object store failed")]
pub struct ObjectFailure(#[source] object_store::Error);

/// The key of a content. It is sealed in the row of the document, and shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct ContentKey(pub(crate) [u8; 32]);

impl Objects {
    /// In a directory, which is made if it is missing, readable by its owner only.
    ///
    /// # Errors
    /// It cannot be made or used.
    pub fn in_directory(directory: &Path) -> Result<Self, ObjectFailure> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(directory).map_err(ObjectFailure::of_directory)?;
        // Durable before its row is: a row never outlives its content.
        let store = LocalFileSystem::new_with_prefix(directory).map_err(ObjectFailure)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), beneath: Location::default(), directory: Some(directory.to_owned()) })
    }

    /// In a bucket, `s3://bucket/folder`, with settings by the names that its vendor's tools give them.
    ///
    /// # Errors
    /// The address or a setting makes no sense, or the program is built without the cargo feature `s3`.
    pub fn in_bucket(url: &Url, settings: impl IntoIterator<Item = (String, String)>) -> Result<Self, ObjectFailure> {
        let (store, beneath) = parse_url_opts(url, settings).map_err(ObjectFailure)?;
        Ok(Self { store: Arc::from(store), beneath, directory: None })
    }

    fn location(&self, id: Uuid) -> Location {
        self.beneath.clone().join(id.to_string())
    }

    /// Deletes what writes that were broken off have left in a directory before an instant: files with another name than an
    /// identifier. A bucket shows no part of a write.
    fn delete_parts(&self, before: DateTime<Utc>) -> io::Result<()> {
        let Some(directory) = &self.directory else { return Ok(()) };
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let name = entry.file_name();
            let is_part =
                name.to_str().and_then(|name| name.split_once('#')).is_some_and(|(id, _)| id.parse::<Uuid>().is_ok());
            if is_part && DateTime::<Utc>::from(entry.metadata()?.modified()?) < before {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

impl ObjectFailure {
    fn of_directory(source: io::Error) -> Self {
        Self(object_store::Error::Generic { store: "directory", source: Box::new(source) })
    }
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Objects({})", self.store)
    }
}

impl fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContentKey")
    }
}

fn failed(error: object_store::Error) -> StoreError {
    StoreError::Objects(ObjectFailure(error))
}

type Work = fn(&Aes256GcmSiv, &Nonce, Payload<'_, '_>) -> aead::Result<Vec<u8>>;

/// Encrypts or decrypts a content, bound to its document. Its key is used for it alone, so that the nonce may be fixed.
async fn ciphered(
    id: Uuid,
    key: &ContentKey,
    content: impl AsRef<[u8]> + Send + 'static,
    work: Work,
) -> Result<Vec<u8>, CannotOpen> {
    let cipher = Aes256GcmSiv::new(&key.0.into());
    let run = move || work(&cipher, &Nonce::default(), Payload { msg: content.as_ref(), aad: id.as_bytes() });
    tokio::task::spawn_blocking(run).await.ok().and_then(Result::ok).ok_or(CannotOpen)
}

impl Store {
    /// Stores the content of a document, encrypted, and tells its key.
    ///
    /// # Errors
    /// [`StoreError::NoObjects`], [`StoreError::NoKeys`], or what the object store says.
    pub async fn put_content(&self, id: Uuid, content: Vec<u8>) -> Result<ContentKey, StoreError> {
        let (objects, key) = (self.objects()?, ContentKey(self.vault()?.draw_key()?));
        let encrypted = ciphered(id, &key, content, |cipher, nonce, payload| cipher.encrypt(nonce, payload)).await?;
        let put = objects.store.put(&objects.location(id), PutPayload::from(encrypted)).await;
        put.map(|_| key).map_err(failed)
    }

    /// Gets the content of a document.
    ///
    /// # Errors
    /// [`StoreError::NoObjects`], [`StoreError::Sealed`] where it was changed, or what the object store says.
    pub async fn get_content(&self, id: Uuid, key: &ContentKey) -> Result<Vec<u8>, StoreError> {
        let objects = self.objects()?;
        let found = objects.store.get(&objects.location(id)).await.map_err(failed)?;
        let encrypted = found.bytes().await.map_err(failed)?;
        Ok(ciphered(id, key, encrypted, |cipher, nonce, payload| cipher.decrypt(nonce, payload)).await?)
    }

    /// Deletes the contents of documents; one that is not there is as good as deleted.
    ///
    /// # Errors
    /// What the object store says.
    pub async fn delete_contents(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        let objects = self.objects()?;
        let locations: Vec<_> = ids.iter().map(|id| Ok(objects.location(*id))).collect();
        let mut deleted = objects.store.delete_stream(stream::iter(locations).boxed());
        while let Some(deleted) = deleted.next().await {
            match deleted {
                Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(())
    }

    /// The documents whose contents were stored before an instant, in no order. What writes that were broken off have left is
    /// deleted meanwhile.
    ///
    /// # Errors
    /// What the object store says.
    pub async fn list_contents(&self, before: DateTime<Utc>) -> Result<Vec<Uuid>, StoreError> {
        let objects = self.objects()?.clone();
        let document = |meta: ObjectMeta| {
            let is_old = meta.last_modified < before;
            meta.location.filename().filter(|_| is_old).and_then(|name| name.parse::<Uuid>().ok())
        };
        let listed = objects.store.list(Some(&objects.beneath));
        let listed =
            listed.try_filter_map(|meta| future::ready(Ok(document(meta)))).try_collect().await.map_err(failed)?;
        let parts = tokio::task::spawn_blocking(move || objects.delete_parts(before)).await;
        let parts = parts.unwrap_or_else(|error| Err(io::Error::other(error)));
        parts.map_err(|error| StoreError::Objects(ObjectFailure::of_directory(error)))?;
        Ok(listed)
    }
}
