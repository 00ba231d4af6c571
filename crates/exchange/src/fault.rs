//! What is wrong with a file.

use std::fmt;

/// The faults that are told of one file at most.
pub(crate) const MOST_FAULTS: usize = 200;

/// How much a fault weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The file is refused.
    Fatal,
    /// The authority of the rule advises against it.
    Warning,
    /// Worth knowing.
    Information,
}

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule as its authority names it (`BR-CO-10`, `PEPPOL-EN16931-R120`, `UBL-SR-53`); `xml` where the file does not have the
    /// form that its syntax prescribes, `currency` where it is not in euro, `pain.001` where SEPA does not allow it.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// The invoice line (BT-126) or payment (`EndToEndId`) that it concerns, where one is known.
    pub line: Option<String>,
    /// What is wrong, in English.
    pub message: String,
}

impl Fault {
    pub(crate) fn fatal(rule: &str, message: impl Into<String>) -> Self {
        Self { rule: rule.to_owned(), severity: Severity::Fatal, line: None, message: message.into() }
    }

    /// The file does not have the form that its syntax prescribes.
    pub(crate) fn xml(message: impl Into<String>) -> Self {
        Self::fatal("xml", message)
    }

    pub(crate) fn on_line(mut self, line: Option<&str>) -> Self {
        self.line = line.map(str::to_owned);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.line {
            Some(line) => write!(f, "{} (line {line}): {}", self.rule, self.message),
            None => write!(f, "{}: {}", self.rule, self.message),
        }
    }
}

impl std::error::Error for Fault {}
