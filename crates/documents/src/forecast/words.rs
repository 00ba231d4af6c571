//! The words of a forecast in both languages.

use balsts_domain::{forecast::ForecastFigure, funding::FundingVariant, text::Language};

/// Every word that a page or workbook has beside names and figures.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) model: &'static str,
    pub(crate) title: &'static str,
    pub(crate) dateline: &'static str,
    pub(crate) sheet: &'static str,
    pub(crate) groups_sheet: &'static str,
    pub(crate) explanations_sheet: &'static str,
    pub(crate) costs_chart: &'static str,
    pub(crate) payers_chart: &'static str,
    pub(crate) costs: &'static str,
    pub(crate) assumptions: &'static str,
    pub(crate) groups: &'static str,
    pub(crate) explanation: &'static str,
    pub(crate) scenario: &'static str,
    pub(crate) figure: &'static str,
    pub(crate) year: &'static str,
    pub(crate) month: &'static str,
    pub(crate) difference: &'static str,
    pub(crate) difference_percent: &'static str,
    pub(crate) date: &'static str,
    pub(crate) people: &'static str,
    pub(crate) workers: &'static str,
    pub(crate) caseload: &'static str,
    pub(crate) worker_yearly_cost: &'static str,
    pub(crate) admin_percent: &'static str,
    pub(crate) variant: &'static str,
    pub(crate) group: &'static str,
    pub(crate) yearly_amount: &'static str,
    pub(crate) group_services: &'static str,
    services: &'static str,
    operations: &'static str,
    administration: &'static str,
    total: &'static str,
    state: &'static str,
    municipality: &'static str,
    parents: &'static str,
    state_100: &'static str,
    shared_50_50: &'static str,
    shared_45_45_10: &'static str,
}

const LV: Words = Words {
    model: "Individuālā budžeta modelis",
    title: "IBM nodrošināšanai nepieciešamā finansējuma prognoze",
    dateline: "Gada un mēneša izmaksas, EUR",
    sheet: "Prognoze",
    groups_sheet: "Grupas",
    explanations_sheet: "Paskaidrojumi",
    costs_chart: "Izmaksas gadā",
    payers_chart: "Izmaksas gadā pa maksātājiem",
    costs: "Izmaksas un to sadalījums, EUR",
    assumptions: "Pieņēmumi",
    groups: "Mērķgrupas un papildu vajadzības gadā",
    explanation: "Paskaidrojums",
    scenario: "Scenārijs",
    figure: "Rādītājs",
    year: "gadā",
    month: "mēnesī",
    difference: "Starpība gadā, EUR",
    difference_percent: "Starpība, %",
    date: "Parametru diena",
    people: "Personas",
    workers: "Darbinieku slodzes",
    caseload: "Personas uz vienu slodzi",
    worker_yearly_cost: "Slodzes izmaksas gadā, EUR",
    admin_percent: "Administrēšana, %",
    variant: "Finansējuma sadalījums",
    group: "Grupa vai vajadzība",
    yearly_amount: "Vidējā summa gadā, EUR",
    group_services: "Pakalpojumi gadā, EUR",
    services: "Pakalpojumi",
    operations: "Darbības nodrošināšana",
    administration: "Administrēšana",
    total: "Kopā",
    state: "Valsts",
    municipality: "Pašvaldības",
    parents: "Vecāki",
    state_100: "valsts 100 %",
    shared_50_50: "valsts 50 %, pašvaldība 50 %",
    shared_45_45_10: "valsts 45 %, pašvaldība 45 %, vecāki 10 %",
};

const EN: Words = Words {
    model: "Individual Budget Model",
    title: "Forecast of what the Individual Budget Model costs",
    dateline: "Costs of a year and a month, EUR",
    sheet: "Forecast",
    groups_sheet: "Groups",
    explanations_sheet: "Explanations",
    costs_chart: "Costs of a year",
    payers_chart: "Costs of a year by payer",
    costs: "Costs and who pays them, EUR",
    assumptions: "Assumptions",
    groups: "Population groups and additional needs in a year",
    explanation: "Explanation",
    scenario: "Scenario",
    figure: "Figure",
    year: "a year",
    month: "a month",
    difference: "Difference a year, EUR",
    difference_percent: "Difference, %",
    date: "Day of the parameters",
    people: "People",
    workers: "Full-time workers",
    caseload: "People for each worker",
    worker_yearly_cost: "Yearly cost of a worker, EUR",
    admin_percent: "Administration, %",
    variant: "Who pays",
    group: "Group or need",
    yearly_amount: "Average amount of a year, EUR",
    group_services: "Services of a year, EUR",
    services: "Services",
    operations: "Operations",
    administration: "Administration",
    total: "Total",
    state: "State",
    municipality: "Municipalities",
    parents: "Parents",
    state_100: "state 100 %",
    shared_50_50: "state 50 %, municipality 50 %",
    shared_45_45_10: "state 45 %, municipality 45 %, parents 10 %",
};

pub(super) const fn of(language: Language) -> &'static Words {
    match language {
        Language::Lv => &LV,
        Language::En => &EN,
    }
}

impl Words {
    pub(super) const fn of(&self, figure: ForecastFigure) -> &'static str {
        match figure {
            ForecastFigure::People => self.people,
            ForecastFigure::Workers => self.workers,
            ForecastFigure::Services => self.services,
            ForecastFigure::Operations => self.operations,
            ForecastFigure::Administration => self.administration,
            ForecastFigure::Total | ForecastFigure::MonthlyTotal => self.total,
            ForecastFigure::State => self.state,
            ForecastFigure::Municipality => self.municipality,
            ForecastFigure::Parents => self.parents,
        }
    }

    pub(super) const fn variant_of(&self, variant: FundingVariant) -> &'static str {
        match variant {
            FundingVariant::State100 => self.state_100,
            FundingVariant::Shared5050 => self.shared_50_50,
            FundingVariant::Shared454510 => self.shared_45_45_10,
        }
    }
}
