//! The documents that a text refers to by a short identifier, with their titles.

use balsts_domain::parameters::documents::Documents;

use crate::{document::Block, latvian::lv};

/// What the identifiers in some references stand for, such as "S3 – Individuālā budžeta …". Nothing where there are none.
pub(crate) fn explained<'t>(references: impl IntoIterator<Item = &'t str>, documents: &Documents) -> Option<Block> {
    let words: Vec<&str> = references
        .into_iter()
        .flat_map(|reference| reference.split(|character: char| !character.is_alphanumeric() && character != '-'))
        .collect();
    let named = documents.all().filter(|document| words.contains(&document.id.as_str()));
    let items: Vec<_> = named.map(|document| format!("{} \u{2013} {}", document.id, lv(&document.title))).collect();
    (!items.is_empty()).then(|| Block::Note(format!("Saīsinājumi: {}", items.join("; "))))
}
