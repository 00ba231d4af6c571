//! A forecast of one scenario or two side by side [domain 8.4], in Latvian or English: as a page with charts, and the tables that the
//! workbook has too.

mod words;

use balsts_domain::{
    forecast::{FigureDifference, Forecast, ForecastCosts, ForecastFigure, ForecastInput, compare},
    funding::{FundingShares, Payer},
    money::Money,
    text::Language,
};

pub(crate) use self::words::Words;
use crate::{
    Render,
    document::{BarGroup, Block, Chart, Document},
    figures,
    grid::{Grid, Value},
    latvian,
};

/// A scenario with what came out of it.
#[derive(Debug, Clone, Copy)]
pub struct ForecastScenario<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it was asked for.
    pub input: &'a ForecastInput,
    /// What came out.
    pub forecast: &'a Forecast,
}

/// The scenarios, and in what language they are shown.
#[derive(Clone, Copy)]
pub struct ForecastSheet<'a> {
    /// The scenarios, two at most.
    pub scenarios: &'a [ForecastScenario<'a>],
    /// The language.
    pub language: Language,
    /// Renders the explanations in the language.
    pub render: Render<'a>,
}

/// The figures of costs in the order of the tables.
const COSTS: [ForecastFigure; 4] =
    [ForecastFigure::Services, ForecastFigure::Operations, ForecastFigure::Administration, ForecastFigure::Total];
const SHARES: [ForecastFigure; 3] = [ForecastFigure::State, ForecastFigure::Municipality, ForecastFigure::Parents];

/// A cost, or a share of it.
fn figure(costs: &ForecastCosts, shares: &FundingShares, figure: ForecastFigure) -> Money {
    match figure {
        ForecastFigure::Services => costs.services,
        ForecastFigure::Operations => costs.operations,
        ForecastFigure::Administration => costs.administration,
        ForecastFigure::State => shares.of(Payer::State),
        ForecastFigure::Municipality => shares.of(Payer::Municipality),
        ForecastFigure::Parents => shares.of(Payer::Parents),
        ForecastFigure::Total | ForecastFigure::MonthlyTotal | ForecastFigure::People | ForecastFigure::Workers => {
            costs.total
        }
    }
}

impl<'a> ForecastSheet<'a> {
    pub(crate) const fn words(&self) -> &'static Words {
        words::of(self.language)
    }

    /// The names of the scenarios, one line.
    pub(crate) fn names(&self) -> String {
        self.scenarios.iter().map(|scenario| scenario.name).collect::<Vec<_>>().join(" / ")
    }

    fn comparison(&self) -> Vec<FigureDifference> {
        match self.scenarios {
            [first, second] => compare(first.forecast, second.forecast),
            _ => Vec::new(),
        }
    }

    /// The costs and who pays them, a year and a month of each scenario, and what differs in the year.
    pub(crate) fn costs(&self) -> Grid {
        let words = self.words();
        let comparison = self.comparison();
        let mut heads = vec![words.figure.to_owned()];
        for scenario in self.scenarios {
            heads.push(format!("{}: {}", scenario.name, words.year));
            heads.push(format!("{}: {}", scenario.name, words.month));
        }
        if !comparison.is_empty() {
            heads.extend([words.difference.to_owned(), words.difference_percent.to_owned()]);
        }
        let row = |of: &ForecastFigure| {
            let mut cells = vec![Value::Text(words.of(*of).to_owned())];
            for ForecastScenario { forecast, .. } in self.scenarios {
                cells.push(Value::Euros(figure(&forecast.yearly, &forecast.yearly_shares, *of)));
                cells.push(Value::Euros(figure(&forecast.monthly, &forecast.monthly_shares, *of).rounded()));
            }
            let compared = comparison.iter().find(|compared| compared.figure == *of);
            cells.extend(compared.into_iter().flat_map(|compared| {
                let percent = compared.difference_percent.map_or(Value::Empty, Value::Number);
                [Value::Euros(Money::exact(compared.difference)), percent]
            }));
            cells
        };
        Grid { caption: words.costs, heads, rows: COSTS.iter().chain(&SHARES).map(row).collect() }
    }

    /// What each scenario counts with.
    pub(crate) fn assumptions(&self) -> Grid {
        let words = self.words();
        let row = |label: &str, value: &dyn Fn(&ForecastScenario<'a>) -> Value| {
            let values = self.scenarios.iter().map(value);
            std::iter::once(Value::Text(label.to_owned())).chain(values).collect()
        };
        let names = self.scenarios.iter().map(|scenario| scenario.name.to_owned());
        Grid {
            caption: words.assumptions,
            heads: std::iter::once(words.figure.to_owned()).chain(names).collect(),
            rows: vec![
                row(words.date, &|of| Value::Text(figures::day(of.input.date, self.language))),
                row(words.people, &|of| Value::Number(of.forecast.people.into())),
                row(words.workers, &|of| Value::Number(of.forecast.workers)),
                row(words.caseload, &|of| Value::Number(of.forecast.caseload.into())),
                row(words.worker_yearly_cost, &|of| Value::Euros(of.forecast.worker_yearly_cost)),
                row(words.admin_percent, &|of| Value::Number(of.forecast.admin_percent)),
                row(words.variant, &|of| Value::Text(words.variant_of(of.input.variant).to_owned())),
            ],
        }
    }

    /// The population groups and additional needs of each scenario.
    pub(crate) fn groups(&self) -> Grid {
        let words = self.words();
        let mut rows = Vec::new();
        for ForecastScenario { name, input, forecast } in self.scenarios {
            let scenario = || Value::Text((*name).to_owned());
            for (group, asked) in forecast.groups.iter().zip(&input.groups) {
                rows.push(vec![
                    scenario(),
                    Value::Text(group.group.clone()),
                    Value::Number(group.people.into()),
                    asked.yearly_amount.map_or(Value::Empty, Value::Euros),
                    group.services.map_or(Value::Empty, Value::Euros),
                ]);
            }
            for (need, asked) in forecast.additional_needs.iter().zip(&input.additional_needs) {
                rows.push(vec![
                    scenario(),
                    Value::Text(need.need.clone()),
                    Value::Number(need.people.into()),
                    Value::Euros(asked.yearly_amount),
                    Value::Euros(need.services),
                ]);
            }
        }
        let heads = [words.scenario, words.group, words.people, words.yearly_amount, words.group_services];
        Grid { caption: words.groups, heads: heads.map(str::to_owned).to_vec(), rows }
    }

    /// How operations and administration come about, of each scenario.
    pub(crate) fn explanations(&self) -> Vec<(&'a str, String)> {
        let told = self.scenarios.iter().flat_map(|scenario| {
            scenario.forecast.explanations().map(|message| {
                let text = match self.language {
                    Language::Lv => latvian::sentence(&message, self.render),
                    Language::En => (self.render)(&message),
                };
                (scenario.name, text)
            })
        });
        told.collect()
    }

    fn chart(&self, title: &str, figures: &[ForecastFigure]) -> Chart {
        let cents = |of: &ForecastScenario<'_>, wanted| {
            figure(&of.forecast.yearly, &of.forecast.yearly_shares, wanted).cents().unwrap_or_default()
        };
        let group = |wanted: &ForecastFigure| BarGroup {
            label: self.words().of(*wanted).to_owned(),
            cents: self.scenarios.iter().map(|scenario| cents(scenario, *wanted)).collect(),
        };
        Chart {
            title: title.to_owned(),
            series: self.scenarios.iter().map(|scenario| scenario.name.to_owned()).collect(),
            groups: figures.iter().map(group).collect(),
        }
    }
}

/// The forecast as a document.
#[must_use]
pub fn forecast(sheet: &ForecastSheet<'_>) -> Document {
    let words = sheet.words();
    let explained = sheet.explanations().into_iter().map(|(name, text)| format!("{name}: {text}"));
    Document {
        language: sheet.language,
        municipality: words.model.to_owned(),
        office: Vec::new(),
        title: words.title.to_owned(),
        subject: sheet.names(),
        dateline: words.dateline.to_owned(),
        date: sheet.scenarios.first().map(|scenario| scenario.input.date).unwrap_or_default(),
        blocks: vec![
            Block::Heading(words.costs_chart.to_owned()),
            Block::Chart(sheet.chart(words.costs_chart, &COSTS)),
            Block::Heading(words.payers_chart.to_owned()),
            Block::Chart(sheet.chart(words.payers_chart, &SHARES)),
            Block::Table(sheet.costs().table(sheet.language)),
            Block::Table(sheet.assumptions().table(sheet.language)),
            Block::Table(sheet.groups().table(sheet.language)),
            Block::List(explained.collect()),
        ],
    }
}

#[cfg(test)]
mod tests;
