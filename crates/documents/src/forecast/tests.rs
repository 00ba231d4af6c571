use balsts_domain::{
    forecast::{ForecastRounding, ForecastTable, PopulationGroup, forecast as run},
    funding::{FundingTable, FundingVariant},
    text::Message,
};
use calamine::{DataType, Reader};

use super::*;

fn input(people: u32) -> ForecastInput {
    ForecastInput {
        date: "2023-05-02".parse().unwrap(),
        groups: vec![PopulationGroup {
            group: "<b>=1+1</b>".to_owned(),
            people,
            uptake_percent: None,
            yearly_amount: Some(Money::from_cents(1_234_567)),
        }],
        additional_needs: Vec::new(),
        services_total: None,
        caseload: None,
        worker_yearly_cost: None,
        admin_percent: None,
        variant: FundingVariant::Shared454510,
        funded_group: None,
        rounding: ForecastRounding::Cents,
    }
}

fn rendered(message: &Message) -> String {
    message.key.to_string()
}

#[test]
fn page_and_workbook_show_two_scenarios_side_by_side() {
    let (table, funding) = (ForecastTable::embedded().unwrap(), FundingTable::embedded().unwrap());
    let inputs = [input(60), input(90)];
    let forecasts = inputs.each_ref().map(|input| run(input, &table, &funding).unwrap());
    let scenarios = [("A & \"B\"", 0), ("=C", 1)].map(|(name, number)| ForecastScenario {
        name,
        input: &inputs[number],
        forecast: &forecasts[number],
    });
    for (language, tag, sheet, amount) in [
        (Language::Lv, "<html lang=\"lv\">", "Prognoze", "740\u{a0}740,20\u{a0}EUR"),
        (Language::En, "<html lang=\"en\">", "Forecast", "740,740.20\u{a0}EUR"),
    ] {
        let shown = ForecastSheet { scenarios: &scenarios, language, render: &rendered };
        let page = crate::html(&forecast(&shown));
        assert!(page.contains(tag) && page.contains(amount), "{page}");
        assert!(page.contains("A &amp; &quot;B&quot;") && !page.contains("<b>"), "{page}");
        assert_eq!(page.matches("<svg ").count(), 2);

        let written = crate::workbook::forecast(&shown).unwrap();
        assert_eq!(crate::workbook::forecast(&shown).unwrap(), written);
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(&written)).unwrap();
        let range = book.worksheet_range(sheet).unwrap();
        let numbers: Vec<f64> = range.rows().flatten().filter_map(DataType::get_float).collect();
        for wanted in [740_740.20, 1_111_110.30, 61_728.35, 370_370.10, 50.0] {
            assert!(numbers.iter().any(|number| (number - wanted).abs() < 1e-6), "{wanted} in {numbers:?}");
        }
        let texts: Vec<&str> = range.rows().flatten().filter_map(DataType::get_string).collect();
        assert!(texts.iter().any(|text| text.starts_with("'=C")) && !texts.iter().any(|text| text.starts_with('=')));
    }
}
