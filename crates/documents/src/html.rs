//! A document as a web page of its own: no script, nothing fetched, every text escaped.

use balsts_domain::{money::Money, text::Language};

use crate::{
    document::{Align, BarGroup, Block, Chart, Column, Document, Fact, Signature, Table, shown},
    figures,
};

/// Height of a bar and of the space above a group, where bars begin, and the length of the longest.
const BAR: usize = 20;
const GAP: usize = 8;
const BARS: usize = 180;
const LONGEST: i128 = 320;
/// A dark and a light one, which differ on paper too.
const COLOURS: [&str; 2] = ["#1f4e79", "#e39b2d"];

/// The style of the page, the only content of its `style` element: a content security policy can name its hash and
/// forbid everything else.
pub const STYLE: &str = include_str!("document.css");

/// Shows a document as a self-contained HTML page in its language.
#[must_use]
pub fn html(document: &Document) -> String {
    let mut page = Page { html: String::new(), language: document.language };
    page.raw(match document.language {
        Language::Lv => "<!DOCTYPE html>\n<html lang=\"lv\">\n",
        Language::En => "<!DOCTYPE html>\n<html lang=\"en\">\n",
    });
    page.raw("<head>\n<meta charset=\"utf-8\">\n");
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
    for (number, block) in (1..).zip(&document.blocks) {
        page.block(number, block);
    }
    page.raw("</main>\n</body>\n</html>\n");
    page.html
}

struct Page {
    html: String,
    language: Language,
}

impl Page {
    fn raw(&mut self, markup: &str) {
        self.html.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        for character in shown(text).chars() {
            match character {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                '\'' => self.raw("&#39;"),
                plain => self.html.push(plain),
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

    fn block(&mut self, number: usize, block: &Block) {
        match block {
            Block::Heading(text) => self.element("h2", text),
            Block::Paragraph(text) => self.element("p", text),
            Block::Note(text) => self.class("p", "note", text),
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::List(items) => self.items("ul", items),
            Block::Numbered(items) => self.items("ol", items),
            Block::Signatures(signatures) => self.signatures(signatures),
            Block::Chart(chart) => self.chart(number, chart),
        }
    }

    /// Bars as long as their amounts; below nothing there is none. Whoever does not see them has every amount in the description.
    fn chart(&mut self, number: usize, chart: &Chart) {
        let longest = chart.groups.iter().flat_map(|group| &group.cents).max().copied().unwrap_or_default().max(1);
        let bars: usize = chart.groups.iter().map(|group| group.cents.len()).sum();
        let height = (chart.series.len() + bars) * BAR + (chart.groups.len() + 1) * GAP;
        self.raw(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"chart-{number}\" \
             aria-describedby=\"chart-{number}-values\" width=\"100%\" viewBox=\"0 0 640 {height}\" font-size=\"11\">\n"
        ));
        self.tagged(&format!("<title id=\"chart-{number}\">"), &chart.title, "</title>\n");
        let values = self.values(chart);
        self.tagged(&format!("<desc id=\"chart-{number}-values\">"), &values, "</desc>\n");
        let mut top = 0;
        for (series, name) in chart.series.iter().enumerate() {
            self.bar(series, (0, top), 12);
            self.label((20, top), name);
            top += BAR;
        }
        for group in &chart.groups {
            top += GAP;
            self.label((0, top), &group.label);
            for (series, cents) in group.cents.iter().enumerate() {
                let width =
                    usize::try_from(i128::from(*cents.max(&0)) * LONGEST / i128::from(longest)).unwrap_or_default();
                self.bar(series, (BARS, top), width);
                let amount = figures::money(Money::from_cents(*cents), self.language);
                self.label((BARS + width + 6, top), &amount);
                top += BAR;
            }
        }
        self.raw("</svg>\n");
    }

    fn bar(&mut self, series: usize, (x, top): (usize, usize), width: usize) {
        let colour = COLOURS.get(series % COLOURS.len()).copied().unwrap_or_default();
        let y = top + 3;
        self.raw(&format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"14\" fill=\"{colour}\"/>\n"));
    }

    fn label(&mut self, (x, top): (usize, usize), text: &str) {
        self.tagged(&format!("<text x=\"{x}\" y=\"{}\">", top + 14), text, "</text>\n");
    }

    /// What a chart shows, in words.
    fn values(&self, chart: &Chart) -> String {
        let amount = |cents: &i64| figures::money(Money::from_cents(*cents), self.language);
        let group = |group: &BarGroup| {
            let named = group.cents.iter().enumerate().map(|(series, cents)| match chart.series.get(series) {
                Some(name) => format!("{name} {}", amount(cents)),
                None => amount(cents),
            });
            format!("{}: {}", group.label, named.collect::<Vec<_>>().join(", "))
        };
        chart.groups.iter().map(group).collect::<Vec<_>>().join("; ")
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
