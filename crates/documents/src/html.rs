//! A document as a web page of its own: no script, nothing fetched, every text escaped.

use balsts_domain::money::Money;

use crate::document::{Align, Bar, Block, Column, Document, Fact, Signature, Table, shown};

/// The style of the page, the only content of its `style` element: a content security policy can name its hash and
/// forbid everything else.
pub const STYLE: &str = include_str!("document.css");

/// Shows a document as a self-contained HTML page in Latvian.
#[must_use]
pub fn html(document: &Document) -> String {
    let mut page = Page(String::new());
    page.raw("<!DOCTYPE html>\n<html lang=\"lv\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.element("title", &format!("{} {}", document.title, document.subject));
    page.raw("<style>");
    page.raw(STYLE);
    page.raw("</style>\n</head>\n<body>\n<header>\n");
    page.class("p", "municipality", &document.municipality);
    for line in &document.office {
        page.class("p", "office", line);
    }
    page.raw("</header>\n<main>\n");
    page.element("h1", &document.title);
    page.class("p", "subject", &document.subject);
    page.class("p", "dateline", &document.dateline);
    for block in &document.blocks {
        page.block(block);
    }
    page.raw("</main>\n</body>\n</html>\n");
    page.0
}

struct Page(String);

impl Page {
    fn raw(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        for character in shown(text).chars() {
            match character {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                '\'' => self.raw("&#39;"),
                plain => self.0.push(plain),
            }
        }
    }

    /// An element with an opening tag that may have attributes.
    fn tagged(&mut self, open: &str, text: &str, close: &str) {
        self.raw(open);
        self.text(text);
        self.raw(close);
    }

    fn element(&mut self, name: &str, text: &str) {
        self.tagged(&format!("<{name}>"), text, &format!("</{name}>\n"));
    }

    fn class(&mut self, name: &str, class: &str, text: &str) {
        self.tagged(&format!("<{name} class=\"{class}\">"), text, &format!("</{name}>\n"));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(text) => self.element("h2", text),
            Block::Paragraph(text) => self.element("p", text),
            Block::Note(text) => self.class("p", "note", text),
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::List(items) => self.items("ul", items),
            Block::Numbered(items) => self.items("ol", items),
            Block::Signatures(signatures) => self.signatures(signatures),
            Block::Bars(bars) => self.bars(bars),
        }
    }

    /// Bars with their labels, as long as their amounts; below nothing there is none.
    fn bars(&mut self, bars: &[Bar]) {
        let longest = bars.iter().map(|bar| bar.cents).max().unwrap_or_default().max(1);
        let height = bars.len().saturating_mul(24).max(1);
        self.raw(&format!("<svg role=\"img\" width=\"100%\" viewBox=\"0 0 640 {height}\" font-size=\"11\">\n"));
        for (position, bar) in bars.iter().enumerate() {
            let top = position.saturating_mul(24);
            let width = i128::from(bar.cents.max(0)) * 260 / i128::from(longest);
            self.tagged(&format!("<text x=\"0\" y=\"{}\">", top.saturating_add(15)), &bar.label, "</text>");
            self.raw(&format!("<rect x=\"270\" y=\"{}\" width=\"{width}\" height=\"16\" fill=\"#446\"/>", top + 3));
            let place = format!("<text x=\"{}\" y=\"{}\">", width + 276, top.saturating_add(15));
            self.tagged(&place, &format!("{} EUR", Money::from_cents(bar.cents)), "</text>\n");
        }
        self.raw("</svg>\n");
    }

    fn facts(&mut self, facts: &[Fact]) {
        self.raw("<dl>\n");
        for fact in facts {
            self.tagged("<div><dt>", &fact.label, "</dt>");
            self.tagged("<dd>", &fact.value, "</dd></div>\n");
        }
        self.raw("</dl>\n");
    }

    fn items(&mut self, list: &str, items: &[String]) {
        self.raw(&format!("<{list}>\n"));
        for item in items {
            self.element("li", item);
        }
        self.raw(&format!("</{list}>\n"));
    }

    fn table(&mut self, table: &Table) {
        self.raw("<div class=\"wide\">\n<table>\n");
        self.element("caption", &table.caption);
        self.raw("<thead>\n<tr>");
        for column in &table.columns {
            self.tagged(&format!("<th scope=\"col\"{}>", class_of(column)), &column.heading, "</th>");
        }
        self.raw("</tr>\n</thead>\n<tbody>\n");
        for row in &table.rows {
            self.raw("<tr>");
            for (position, (column, cell)) in table.columns.iter().zip(row).enumerate() {
                let class = class_of(column);
                if position == 0 {
                    self.tagged(&format!("<th scope=\"row\"{class}>"), cell, "</th>");
                } else {
                    self.tagged(&format!("<td{class}>"), cell, "</td>");
                }
            }
            self.raw("</tr>\n");
        }
        self.raw("</tbody>\n");
        if !table.totals.is_empty() {
            self.totals(table);
        }
        self.raw("</table>\n</div>\n");
    }

    fn totals(&mut self, table: &Table) {
        let span = table.columns.len().saturating_sub(1).max(1);
        self.raw("<tfoot>\n");
        for total in &table.totals {
            self.tagged(&format!("<tr><th scope=\"row\" colspan=\"{span}\">"), &total.label, "</th>");
            self.tagged("<td class=\"end\">", &total.value, "</td></tr>\n");
        }
        self.raw("</tfoot>\n");
    }

    fn signatures(&mut self, signatures: &[Signature]) {
        self.raw("<ul class=\"signatures\">\n");
        for signature in signatures {
            self.tagged("<li><span>", &signature.role, "</span> ");
            self.raw("<span class=\"line\">(paraksts)</span> ");
            self.tagged("<span>", &signature.name, "</span></li>\n");
        }
        self.raw("</ul>\n");
    }
}

fn class_of(column: &Column) -> &'static str {
    match column.align {
        Align::Start => "",
        Align::End => " class=\"end\"",
    }
}
