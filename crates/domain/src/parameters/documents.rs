//! The documents that figures are taken from, and references into them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// A document: a methodology, a regulation, a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Short identifier, such as `S3` or `MK316`.
    pub id: String,
    /// Full title.
    pub title: Text,
}

/// A reference to a document as the data files write it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceEntry {
    /// [`Document::id`].
    pub document: String,
    /// Where in the document.
    pub section: Section,
}

/// A place in a document: one text for both languages, or one for each.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Section {
    /// In both languages.
    Localised(Text),
    /// The same in both.
    Plain(String),
}

impl Section {
    fn text(&self) -> Text {
        match self {
            Self::Localised(text) => text.clone(),
            Self::Plain(text) => Text { lv: text.clone(), en: text.clone() },
        }
    }
}

/// Where a figure or rule comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The document.
    pub document: Arc<Document>,
    /// Where in the document.
    pub section: Text,
}

/// All documents, looked up by their identifier.
#[derive(Debug, Clone, Default)]
pub struct Documents(Vec<Arc<Document>>);

impl Documents {
    pub(super) fn new(documents: Vec<Document>) -> Self {
        Self(documents.into_iter().map(Arc::new).collect())
    }

    /// The identifiers, in the order of the file.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|document| document.id.as_str())
    }

    /// The documents, in the order of the file.
    pub fn all(&self) -> impl Iterator<Item = &Document> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// Resolves a reference; `None` where the document is not listed.
    pub(crate) fn resolve(&self, entry: &SourceEntry) -> Option<Source> {
        let document = self.0.iter().find(|document| document.id == entry.document)?;
        Some(Source { document: Arc::clone(document), section: entry.section.text() })
    }
}
