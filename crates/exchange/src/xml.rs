//! What every XML file from outside must be before anything reads it.

use crate::Fault;

/// Elements that may stand one inside another.
pub(crate) const DEEPEST: usize = 64;

/// Elements that one file may have.
pub(crate) const MOST_ELEMENTS: usize = 200_000;

/// Attributes that one element may have: parsers look for two of one name by comparing each with each.
const MOST_ATTRIBUTES: usize = 1_000;

/// The text of a file: not too large, UTF-8, without a document type declaration, without too many elements.
pub(crate) fn text(xml: &[u8], max_bytes: usize) -> Result<&str, Fault> {
    if xml.len() > max_bytes {
        return Err(Fault::xml(format!("the file has {} bytes; {max_bytes} are allowed", xml.len())));
    }
    let xml = xml.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(xml);
    let text = std::str::from_utf8(xml).map_err(|_| Fault::xml("the file is not UTF-8"))?;
    // Whatever it says: entities that it declares are the way to read other files and to grow without end.
    if text.contains("<!DOCTYPE") {
        return Err(Fault::xml("a document type declaration is not allowed"));
    }
    // A start and an end of each.
    if text.bytes().filter(|byte| *byte == b'<').count() > 2 * MOST_ELEMENTS {
        return Err(Fault::xml(format!("more than {MOST_ELEMENTS} elements")));
    }
    // No tag has another `<` inside.
    if text.split('<').any(|tag| tag.bytes().filter(|byte| *byte == b'=').count() > MOST_ATTRIBUTES) {
        return Err(Fault::xml(format!("more than {MOST_ATTRIBUTES} attributes")));
    }
    Ok(text)
}

/// Whether XML 1.0 can carry the character.
pub(crate) fn carries(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// Digits with an optional sign and fraction: what `xs:decimal` allows, without an empty whole part.
pub(crate) fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    match unsigned.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(unsigned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_plain() {
        for good in ["0", "-1", "+1.50", "0012.300"] {
            assert!(is_decimal(good), "{good}");
        }
        for bad in ["", "-", ".5", "5.", "1e3", "1_000", "1,5", " 1", "NaN", "--1", "1.2.3", "١"] {
            assert!(!is_decimal(bad), "{bad}");
        }
    }

    #[test]
    fn a_file_is_bounded_utf_8_without_a_document_type() {
        assert_eq!(text(b"\xEF\xBB\xBF<a/>", 10), Ok("<a/>"));
        assert!(text(b"<a></a>", 6).unwrap_err().message.contains("7 bytes"));
        assert!(text(b"<a>\xFF</a>", 100).is_err());
        assert!(text(b"<!DOCTYPE a><a/>", 100).is_err());
        let many = "<a/>".repeat(2 * MOST_ELEMENTS + 1);
        assert!(text(many.as_bytes(), usize::MAX).is_err());
    }
}
