//! The figures of the children methodology as a flat list.

use std::collections::BTreeSet;

use super::{ChildrenRules, RespiteForm};
use crate::{
    figures::{Figure, Figures},
    lines::{Bundle, Counting, PricedLine},
    text::Text,
};

impl Figures for ChildrenRules {
    fn figures(&self) -> Vec<Figure> {
        let mut list = List { rules: self, figures: Vec::new(), tariffs: BTreeSet::new() };
        list.plain("months", "Budžeta perioda ilgums", "Length of the budget period", self.months, "month");
        for group in &self.groups {
            let key = format!("groups/{}/to_months", group.id);
            let (lv, en) = (
                format!("Grupas {} pēdējais pilnais mēnesis", group.id),
                format!("Last completed month of group {}", group.id),
            );
            list.plain(&key, &lv, &en, group.to_months, "month");
        }
        for group in &self.groups {
            for heavy in [true, false] {
                let weight = if heavy { "heavy" } else { "light" };
                list.bundle(&format!("base_basket/{}/{weight}", group.id), group.base.of(heavy).with(false));
            }
        }
        list.from("parental_employment", self.employment.from_months);
        list.bundle("criteria/parental_employment/heavy", self.employment_lines.of(true).with(false));
        list.bundle("criteria/parental_employment/light", self.employment_lines.of(false).with(false));
        for (id, plain) in [
            ("upbringing_support", &self.upbringing),
            ("palliative_care", &self.palliative),
            ("parent_psychology", &self.parent_psychology),
            ("child_psychology", &self.child_psychology),
        ] {
            if plain.from_months > 0 {
                list.from(id, plain.from_months);
            }
            list.bundle(&format!("criteria/{id}"), plain.counts.with(false));
        }
        for form in RespiteForm::ALL {
            list.bundle(&format!("criteria/respite/{form}"), self.respite.form(*form));
        }
        list.bundle("criteria/specialist_support/autism_spectrum", &self.specialist_autism);
        list.bundle("criteria/specialist_support/other", &self.specialist);
        list.bundle("criteria/vision_support", &self.vision);
        list.from("vision_support/guide_dog", self.guide_dog.from_months);
        list.bundle("criteria/vision_support", &self.guide_dog.bundle);
        for (_, bundle) in &self.hearing {
            list.bundle("criteria/hearing_support", bundle);
        }
        list.bundle("criteria/mobility/without_allowance", self.mobility.with(false));
        list.bundle("criteria/mobility/with_allowance", self.mobility.with(true));
        list.bundle("special_care_benefit", &self.special_care_benefit);
        list.figures
    }
}

struct List<'r> {
    rules: &'r ChildrenRules,
    figures: Vec<Figure>,
    tariffs: BTreeSet<String>,
}

impl List<'_> {
    fn plain(&mut self, key: &str, lv: &str, en: &str, value: impl ToString, unit: &str) {
        self.figures.push(Figure {
            key: key.to_owned(),
            name: Text { lv: lv.to_owned(), en: en.to_owned() },
            value: value.to_string(),
            unit: unit.to_owned(),
            source: self.rules.source.clone(),
            valid_from: self.rules.valid_from,
        });
    }

    fn from(&mut self, criterion: &str, months: u32) {
        let key = format!("criteria/{criterion}/from_months");
        self.plain(&key, "No tik pilniem mēnešiem", "From so many completed months", months, "month");
    }

    fn bundle(&mut self, key: &str, bundle: &Bundle) {
        for line in bundle.lines() {
            self.line(key, line);
        }
    }

    fn line(&mut self, key: &str, line: &PricedLine) {
        let Some(service) = &line.service else { return };
        let (value, unit) = match line.counting {
            Counting::Monthly { volume, .. } => (volume.to_string(), format!("{}/month", line.unit)),
            Counting::Period => (line.volume.to_string(), format!("{}/period", line.unit)),
            Counting::Ceiling { .. } | Counting::MonthlyCeiling => (line.amount.to_string(), "EUR/period".to_owned()),
        };
        let source = line.basis.clone().unwrap_or_else(|| self.rules.source.clone());
        self.figures.push(Figure {
            key: format!("{key}/{}", service.code),
            name: line.name.clone(),
            value,
            unit,
            source,
            valid_from: self.rules.valid_from,
        });
        if self.tariffs.insert(service.code.clone()) {
            self.figures.push(Figure {
                key: format!("tariffs/{}", service.code),
                name: line.name.clone(),
                value: line.unit_price.to_string(),
                unit: format!("EUR/{}", line.unit),
                source: line.source.clone(),
                valid_from: line.valid_from,
            });
        }
    }
}
