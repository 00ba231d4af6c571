//! Reads a page as a browser does.

use balsts_documents::{Document, html};
use html5ever::{ParseOpts, parse_document, tendril::TendrilSink, tokenizer::TokenizerOpts};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

pub struct Page(RcDom);

impl Page {
    /// Shows a document and reads the page, which must have no fault.
    pub fn of(document: &Document) -> Self {
        let tokenizer = TokenizerOpts { exact_errors: true, ..TokenizerOpts::default() };
        let options = ParseOpts { tokenizer, ..ParseOpts::default() };
        let dom = parse_document(RcDom::default(), options).one(html(document));
        assert!(dom.errors.borrow().is_empty(), "{:?}", dom.errors);
        Self(dom)
    }

    /// Every element, in order.
    pub fn elements(&self) -> Vec<Element> {
        let mut found = Vec::new();
        walk(&self.0.document, &mut found);
        found
    }

    /// The texts of the elements of a name.
    pub fn texts(&self, name: &str) -> Vec<String> {
        self.elements().into_iter().filter(|element| element.name == name).map(|element| element.text).collect()
    }

    /// All that the page says.
    pub fn text(&self) -> String {
        self.texts("body").join("")
    }

    /// The value beside a label.
    pub fn fact(&self, label: &str) -> Option<String> {
        let position = self.texts("dt").iter().position(|text| text == label)?;
        self.texts("dd").into_iter().nth(position)
    }
}

#[derive(Debug)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
}

fn walk(node: &Handle, found: &mut Vec<Element>) {
    if let NodeData::Element { name, attrs, .. } = &node.data {
        let attributes = attrs.borrow().iter().map(|a| (a.name.local.to_string(), a.value.to_string())).collect();
        found.push(Element { name: name.local.to_string(), attributes, text: text(node) });
    }
    node.children.borrow().iter().for_each(|child| walk(child, found));
}

fn text(node: &Handle) -> String {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => node.children.borrow().iter().map(text).collect(),
    }
}
