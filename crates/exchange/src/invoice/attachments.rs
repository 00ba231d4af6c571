//! The files that an e-invoice carries (BG-24, BT-125).

use std::ops::Range;

use data_encoding::BASE64;
use roxmltree::{Document, Node};

use crate::{Fault, xml};

/// A file inside an e-invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedFile {
    /// BT-125-1: its media type.
    pub media_type: String,
    /// The file.
    pub content: Vec<u8>,
}

/// The text of an e-invoice without the files that it carries, and those files in their order.
///
/// # Errors
/// The fault of a file that is too large, no XML, or carries something that is not Base64.
pub fn embedded_files(xml: &[u8], max_bytes: usize) -> Result<(String, Vec<EmbeddedFile>), Fault> {
    let text = xml::text(xml, max_bytes)?;
    let document = Document::parse(text).map_err(|error| Fault::xml(error.to_string()))?;
    let is_file = |node: &Node| node.is_element() && node.tag_name().name() == "EmbeddedDocumentBinaryObject";
    let mut files = Vec::new();
    let mut rest = String::with_capacity(text.len());
    let mut from = 0;
    for node in document.descendants().filter(is_file) {
        let coded: String = node.children().filter(Node::is_text).filter_map(|part| part.text()).collect();
        let coded: Vec<u8> = coded.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let content = BASE64.decode(&coded).map_err(|_| Fault::xml("an attached file is not Base64"))?;
        let media_type = node.attribute("mimeCode").unwrap_or_default().trim().to_owned();
        files.push(EmbeddedFile { media_type, content });
        if let Some(Range { start, end }) = inside(node) {
            rest.push_str(text.get(from..start).unwrap_or_default());
            from = end;
        }
    }
    rest.push_str(text.get(from..).unwrap_or_default());
    Ok((rest, files))
}

/// Where the content of an element stands.
fn inside(node: Node) -> Option<Range<usize>> {
    Some(node.first_child()?.range().start..node.last_child()?.range().end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carrying(coded: &str) -> String {
        format!(
            "<Invoice><ID>1</ID><AdditionalDocumentReference><Attachment><EmbeddedDocumentBinaryObject \
             mimeCode=\"application/pdf\" filename=\"a.pdf\">{coded}</EmbeddedDocumentBinaryObject></Attachment>\
             </AdditionalDocumentReference></Invoice>"
        )
    }

    #[test]
    fn what_an_invoice_carries_is_taken_out_of_it() {
        let xml = carrying("\n JVBE\n <!-- comment -->Ri0= ");
        let (rest, files) = embedded_files(xml.as_bytes(), 10_000).unwrap();
        assert_eq!(files, [EmbeddedFile { media_type: "application/pdf".to_owned(), content: b"%PDF-".to_vec() }]);
        assert_eq!(rest, carrying(""));
        let bare = "<Invoice><ID>1</ID></Invoice>";
        assert_eq!(embedded_files(bare.as_bytes(), 100), Ok((bare.to_owned(), Vec::new())));
        let two = xml.replace("</Invoice>", "").replacen("<Invoice>", "<Invoice>ā", 1) + &carrying("JVBERi0=")[9..];
        let (rest, files) = embedded_files(two.as_bytes(), 10_000).unwrap();
        assert_eq!((files.len(), rest.contains("JVBE"), rest.contains('ā')), (2, false, true));
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        for bad in ["%PDF", "JVBERi0", "J"] {
            assert!(embedded_files(carrying(bad).as_bytes(), 10_000).is_err(), "{bad}");
        }
        assert_eq!(embedded_files(carrying("").as_bytes(), 10_000).unwrap().1[0].content, b"");
    }
}
