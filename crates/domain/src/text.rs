//! Texts in the two languages of the service, and messages that the HTTP layer renders in either.

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A language of names and explanations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Latvian, the default.
    #[default]
    Lv,
    /// English.
    En,
}

/// A published text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// In Latvian, with the terms of the sources.
    pub lv: String,
    /// In English, with the terms of the glossary.
    pub en: String,
}

impl Text {
    /// The text in one language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Lv => &self.lv,
            Language::En => &self.en,
        }
    }
}

/// One argument of a [`Message`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// A text or a formatted amount, volume or date.
    Text(Cow<'static, str>),
    /// A text that differs by language.
    Localised(Text),
    /// A number that the grammar of the sentence depends on.
    Number(i64),
    /// The same for a number with decimals.
    Decimal(Decimal),
    /// A part of the sentence, rendered first.
    Message(Box<Message>),
}

/// A sentence to be rendered lazily: a key of the message files and its arguments. The rules return these; they format
/// nothing, so that a run over a population that asks for totals pays nothing for sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Key of the sentence, in kebab-case.
    pub key: Cow<'static, str>,
    /// Named arguments.
    pub arguments: Vec<(&'static str, Argument)>,
}

impl Message {
    /// A sentence without arguments so far.
    #[must_use]
    pub fn new(key: impl Into<Cow<'static, str>>) -> Self {
        Self { key: key.into(), arguments: Vec::new() }
    }

    /// Adds an argument that is displayed as it is.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((name, Argument::Text(Cow::Owned(value.to_string()))));
        self
    }

    /// Adds a number that grammar may depend on.
    #[must_use]
    pub fn with_number(mut self, name: &'static str, value: impl Into<i64>) -> Self {
        self.arguments.push((name, Argument::Number(value.into())));
        self
    }

    /// Adds a number with decimals that grammar may depend on.
    #[must_use]
    pub fn with_decimal(mut self, name: &'static str, value: Decimal) -> Self {
        self.arguments.push((name, Argument::Decimal(value)));
        self
    }

    /// Adds a part that is a sentence of its own.
    #[must_use]
    pub fn with_message(mut self, name: &'static str, part: Message) -> Self {
        self.arguments.push((name, Argument::Message(Box::new(part))));
        self
    }

    /// Adds a text that differs by language.
    #[must_use]
    pub fn with_text(mut self, name: &'static str, value: Text) -> Self {
        self.arguments.push((name, Argument::Localised(value)));
        self
    }
}

/// Why the rules refuse an input. Each area of the rules has an enum of its own that says so with this trait, and the
/// HTTP layer turns any of them into one item of a 422 answer.
pub trait Refusal: std::fmt::Debug {
    /// The published error code, snake_case.
    fn code(&self) -> &'static str;
    /// JSON Pointer of the offending member in the rule's input.
    fn pointer(&self) -> String;
    /// The sentence that says what is wrong.
    fn message(&self) -> Message;
}

/// One fault of an input, of whatever rule, before it is put into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// JSON Pointer.
    pub pointer: String,
    /// Published code.
    pub code: &'static str,
    /// The sentence.
    pub message: Message,
}

impl<R: Refusal> From<&R> for Fault {
    fn from(refusal: &R) -> Self {
        Self { pointer: refusal.pointer(), code: refusal.code(), message: refusal.message() }
    }
}
