//! The tables of the matrix.

use balsts_domain::{
    ledger::LineBalance,
    money::{Money, Volume},
    month::Month,
    parameters::Parameters,
    plans::{FundingSource, PlanLine},
};

use super::{Cell, Head, MonthActual, Part, Sheet, Workbook};
use crate::{
    latvian,
    parties::{label, shown},
    plan::{Row, scheduled},
    words,
};

pub(super) fn sheets(workbook: &Workbook<'_>, parameters: &Parameters) -> Vec<Sheet> {
    let rows = workbook.plan.rows(parameters);
    vec![
        personal(workbook),
        team(workbook),
        services(workbook, &rows),
        amounts(workbook, &rows),
        annex(workbook, &rows),
        times(workbook, &rows),
        providers(&rows, parameters),
        application(workbook, &rows),
        execution(workbook, &rows),
        technical(workbook),
    ]
}

fn fact(label: impl Into<String>, cell: Cell) -> (String, Cell) {
    (label.into(), cell)
}

fn heads(texts: &[&'static str]) -> Vec<Head> {
    texts.iter().copied().map(Head::text).collect()
}

fn number(row: &Row<'_>) -> Cell {
    Cell::Count(row.line.number)
}

fn area(row: &Row<'_>) -> Cell {
    Cell::or_empty(row.area, |area| Cell::Count(area.into()))
}

fn personal(workbook: &Workbook<'_>) -> Sheet {
    let plan = workbook.plan;
    let person = plan.person;
    let mut facts = vec![
        fact("Vārds", Cell::text(&person.given_name)),
        fact("Uzvārds", Cell::text(&person.family_name)),
        fact(
            person.identifier.as_ref().map_or("Personas kods", label),
            Cell::or_empty(person.identifier.as_ref(), |identifier| Cell::text(shown(identifier))),
        ),
        fact("Dzimšanas datums", Cell::or_empty(workbook.birth_date, Cell::Day)),
        fact("Deklarētā dzīvesvieta", Cell::or_empty(person.address.as_ref(), Cell::text)),
    ];
    if let Some(one) = plan.representative {
        facts.extend([
            fact("Pārstāvja vārds", Cell::text(&one.given_name)),
            fact("Pārstāvja uzvārds", Cell::text(&one.family_name)),
            fact("Pārstāvja personas kods", Cell::or_empty(one.personal_code, |code| Cell::text(code.reveal()))),
            fact("Pārstāvja statuss", Cell::text(one.relation())),
        ]);
    }
    facts.extend(workbook.contacts.iter().map(|contact| fact("Saziņai", Cell::text(contact))));
    facts.push(fact("Pašvaldība", Cell::text(&plan.issuer.municipality)));
    facts.push(fact("Sociālais dienests", Cell::text(&plan.issuer.office)));
    Sheet {
        name: "6.1 Personas dati",
        title: "6.1. Bērna un vecāka vai pilngadīgās personas dati",
        indent: 0,
        parts: vec![Part::Facts(facts)],
    }
}

fn team(workbook: &Workbook<'_>) -> Sheet {
    let rows = workbook
        .team
        .iter()
        .map(|member| vec![Cell::text(&member.name), Cell::text(&member.role), Cell::or_empty(member.on, Cell::Day)]);
    let table = Part::Table {
        caption: "Speciālisti un izvērtēšanā iesaistītie",
        heads: heads(&["Vārds, uzvārds", "Profesija vai loma", "Datums"]),
        rows: rows.collect(),
        sum: None,
    };
    Sheet {
        name: "6.2 Komanda", title: "6.2. Izvērtēšanas komandas ekspertu saraksts", indent: 0, parts: vec![table]
    }
}

/// 6.3: services of each area in the experts' order, and the single ranking of the parent, without areas.
fn services(workbook: &Workbook<'_>, rows: &[Row<'_>]) -> Sheet {
    let plan = workbook.plan;
    let goals = plan.content.goals.iter().map(|goal| {
        vec![
            Cell::Count(goal.number),
            Cell::text(words::term(goal.term)),
            Cell::Count(goal.area.into()),
            Cell::text(&goal.text),
            Cell::text(words::author(goal.author)),
            Cell::or_empty(goal.measure.as_ref(), Cell::text),
        ]
    });
    let last = u32::MAX;
    let mut by_area: Vec<&Row<'_>> = rows.iter().collect();
    by_area.sort_by_key(|row| {
        let line = row.line;
        (row.area.unwrap_or(u8::MAX), line.expert_rank.or(line.priority).unwrap_or(last), line.number)
    });
    let service = |row: &&Row<'_>| {
        let line = row.line;
        vec![
            area(row),
            Cell::or_empty(line.expert_rank.or(line.priority), Cell::Count),
            number(row),
            Cell::text(row.name()),
            Cell::text(words::target(line.recipient)),
            Cell::or_empty(line.goal, Cell::Count),
            Cell::text(row.unit_name()),
            Cell::Volume(line.volume),
            Cell::or_empty(line.intensity, |intensity| Cell::Volume(intensity.volume)),
            Cell::or_empty(line.intensity, |intensity| Cell::text(words::per(intensity.per))),
            Cell::text(line.times.iter().map(words::weekly).collect::<Vec<_>>().join("; ")),
        ]
    };
    // Outside of the pilot worker and person agree on one order: it is the parent's ranking too.
    let rank = |line: &PlanLine| line.parent_rank.or(line.priority);
    let mut ranked: Vec<&Row<'_>> = rows.iter().filter(|row| rank(row.line).is_some()).collect();
    ranked.sort_by_key(|row| (rank(row.line), row.line.number));
    let ranking = |row: &&Row<'_>| {
        let recipient = Cell::text(words::target(row.line.recipient));
        vec![Cell::or_empty(rank(row.line), Cell::Count), number(row), recipient, Cell::text(row.name())]
    };
    Sheet {
        name: "6.3 Atbalsta plāns I",
        title: "6.3. Atbalsta plāns, I daļa: pakalpojumu saraksts un saņemšanas intensitāte (līguma pielikums)",
        indent: 3,
        parts: vec![
            Part::Table {
                caption: "Mērķi",
                heads: heads(&["Nr.", "Termiņš", "Joma", "Mērķis", "Izvirzīja", "Kā redzēs, ka sasniegts"]),
                rows: goals.collect(),
                sum: None,
            },
            Part::Table {
                caption: "Pakalpojumi katrā atbalsta jomā ekspertu prioritārā secībā",
                heads: heads(&[
                    "Joma",
                    "Secība",
                    "Rinda",
                    "Pakalpojums",
                    "Saņēmējs",
                    "Mērķis",
                    "Vienība",
                    "Apjoms",
                    "Intensitāte",
                    "Laika posmā",
                    "Laiki",
                ]),
                rows: by_area.iter().map(service).collect(),
                sum: None,
            },
            Part::Table {
                caption: "Vecāka vai personas kopējā prioritārā secība",
                heads: heads(&["Secība", "Rinda", "Saņēmējs", "Pakalpojums"]),
                rows: ranked.iter().map(ranking).collect(),
                sum: None,
            },
            signatures(workbook),
        ],
    }
}

/// The worker and the recipient sign the annexes.
fn signatures(workbook: &Workbook<'_>) -> Part {
    let plan = workbook.plan;
    let (role, name) = plan.recipient();
    Part::Signatures(vec![(plan.worker.position.clone(), plan.worker.name.clone()), (role.to_owned(), name)])
}

/// 6.4: what every service needs, by who pays.
fn amounts(workbook: &Workbook<'_>, rows: &[Row<'_>]) -> Sheet {
    let plan = workbook.plan;
    let sources = FundingSource::ALL;
    let by_source = plan.by_source();
    let line = |row: &Row<'_>| {
        let line = row.line;
        let paid = |source: &FundingSource| match line.funding == *source {
            true => Cell::Money(line.amount()),
            false => Cell::Empty,
        };
        let fixed = [
            number(row),
            area(row),
            Cell::text(row.name()),
            Cell::text(row.unit_name()),
            Cell::Volume(line.volume),
            Cell::Money(line.unit_price),
            Cell::Money(line.amount()),
        ];
        fixed.into_iter().chain(sources.iter().map(paid)).collect()
    };
    let needed = by_source.values().copied().sum();
    let mut sum = vec![Cell::Empty, Cell::Empty, Cell::text("Kopā"), Cell::Empty, Cell::Empty, Cell::Empty];
    sum.push(Cell::Money(needed));
    sum.extend(sources.iter().map(|source| Cell::Money(by_source.get(source).copied().unwrap_or_default())));
    let mut columns = heads(&["Rinda", "Joma", "Pakalpojums", "Vienība", "Apjoms", "Cena, EUR", "Nepieciešams, EUR"]);
    columns.extend(sources.iter().map(|source| Head::text(words::funding(*source))));
    Sheet {
        name: "6.4 Apmēra aprēķins",
        title: "6.4. Atbalsta plāns, II daļa: individuālā budžeta apmēra aprēķins (līguma pielikums)",
        indent: 2,
        parts: vec![
            Part::Table {
                caption: "Nepieciešamais apmērs pa finansējuma avotiem",
                heads: columns,
                rows: rows.iter().map(line).collect(),
                sum: Some(sum),
            },
            Part::Facts(totals(workbook, needed)),
            signatures(workbook),
        ],
    }
}

fn totals(workbook: &Workbook<'_>, needed: Money) -> Vec<(String, Cell)> {
    let sums = workbook.plan.sums;
    vec![
        fact("Nepieciešamais apmērs", Cell::Money(needed)),
        fact(words::ceiling(workbook.plan.methodology), Cell::Money(sums.indicative)),
        fact("Saskaņotais (kopējais) apmērs", Cell::Money(sums.agreed)),
        fact("Tai skaitā no individuālā budžeta maksājamā daļa", Cell::Money(sums.payable)),
        fact("Atlikums", Cell::Money(sums.available())),
    ]
}

/// 6.5: what of 6.4 the recipient signs; the lines that somebody pays.
fn annex(workbook: &Workbook<'_>, rows: &[Row<'_>]) -> Sheet {
    let paid: Vec<&Row<'_>> = rows.iter().filter(|row| !row.line.free_support).collect();
    let line = |row: &&Row<'_>| {
        vec![
            number(row),
            Cell::text(row.name()),
            Cell::text(row.unit_name()),
            Cell::Volume(row.line.volume),
            Cell::Money(row.line.unit_price),
            Cell::text(words::funding(row.line.funding)),
            Cell::Money(row.line.amount()),
        ]
    };
    let needed: Money = paid.iter().map(|row| row.line.amount()).sum();
    let blank = std::iter::repeat_n(Cell::Empty, 4);
    let sum = [Cell::Empty, Cell::text("Kopā")].into_iter().chain(blank).chain([Cell::Money(needed)]);
    Sheet {
        name: "6.5 Līguma pielikums",
        title: "6.5. Atbalsta plāns, II daļa: individuālā budžeta apmērs (līguma pielikums, no 6.4. tabulas)",
        indent: 1,
        parts: vec![
            Part::Table {
                caption: "Pakalpojumi un to finansējums",
                heads: heads(&["Rinda", "Pakalpojums", "Vienība", "Apjoms", "Cena, EUR", "Finansē", "Summa, EUR"]),
                rows: paid.iter().map(line).collect(),
                sum: Some(sum.collect()),
            },
            Part::Facts(totals(workbook, needed)),
            signatures(workbook),
        ],
    }
}

/// 6.6: planned volumes by month.
fn times(workbook: &Workbook<'_>, rows: &[Row<'_>]) -> Sheet {
    let months = workbook.plan.months();
    let line = |row: &Row<'_>| {
        let planned: Volume = row.line.schedule.iter().map(|planned| planned.volume).sum();
        let by_month = months.iter().map(|month| Cell::or_empty(scheduled(row.line, *month), Cell::Volume));
        let fixed = [number(row), Cell::text(row.name()), Cell::text(row.unit_name())];
        let sums = [Cell::Volume(planned), Cell::Volume(row.line.volume)];
        fixed.into_iter().chain(by_month).chain(sums).collect()
    };
    let mut columns = heads(&["Rinda", "Pakalpojums", "Vienība"]);
    columns.extend(months.iter().map(|month| Head::Month(month.first_day())));
    columns.extend(heads(&["Grafikā kopā", "Apjoms plānā"]));
    Sheet {
        name: "6.6 Grafiks",
        title: "6.6. Atbalsta plāns, III daļa: pakalpojumu saņemšanas apjoms pa mēnešiem (līguma pielikums)",
        indent: 1,
        parts: vec![
            Part::Table {
                caption: "Plānotais apjoms pa mēnešiem",
                heads: columns,
                rows: rows.iter().map(line).collect(),
                sum: None,
            },
            signatures(workbook),
        ],
    }
}

fn providers(rows: &[Row<'_>], parameters: &Parameters) -> Sheet {
    let line = |row: &Row<'_>| {
        vec![
            number(row),
            Cell::text(row.name()),
            Cell::or_empty(row.provider, |provider| Cell::text(&provider.name)),
            Cell::or_empty(row.provider.and_then(|provider| provider.registration_number.as_ref()), Cell::text),
            Cell::or_empty(row.provider.and_then(|provider| provider.register_number.as_ref()), Cell::text),
            Cell::text(row.unit_name()),
            Cell::Money(row.line.unit_price),
            Cell::or_empty(row.line.price_kind, |kind| Cell::text(words::price_kind(kind))),
            Cell::text(row.remarks(parameters)),
        ]
    };
    Sheet {
        name: "6.8 Sniedzēji un cenas",
        title: "6.8. Individuālā budžeta modelī iekļauto pakalpojumu saraksts: faktiskie sniedzēji un cenas",
        indent: 1,
        parts: vec![Part::Table {
            caption: "Faktiskie pakalpojumu sniedzēji un cenas",
            heads: heads(&[
                "Rinda",
                "Pakalpojums",
                "Sniedzējs",
                "Reģistrācijas Nr.",
                "Sniedzēju reģistra Nr.",
                "Vienība",
                "Cena, EUR",
                "Cenas veids",
                "Piezīmes",
            ]),
            rows: rows.iter().map(line).collect(),
            sum: None,
        }],
    }
}

/// 6.9: the recipient names the providers.
fn application(workbook: &Workbook<'_>, rows: &[Row<'_>]) -> Sheet {
    let plan = workbook.plan;
    let (role, name) = plan.recipient();
    let named = rows.iter().filter_map(|row| {
        let provider = row.provider?;
        let recipient = words::target(row.line.recipient);
        Some(vec![number(row), Cell::text(row.name()), Cell::text(recipient), Cell::text(&provider.name)])
    });
    Sheet {
        name: "6.9 Iesniegums",
        title: "6.9. Iesniegums par pakalpojumu sniedzējiem (līguma pielikums)",
        indent: 1,
        parts: vec![
            Part::Facts(vec![
                fact("Kam", Cell::text(format!("{}, {}", plan.issuer.municipality, plan.issuer.office))),
                fact("Iesniedzējs", Cell::text(&name)),
                fact("Individuālā budžeta saņēmējs", Cell::text(plan.person.name())),
                // Ours: the sources name what the application is about, not its words.
                fact(
                    "Lūgums",
                    Cell::text("Lūdzu nodrošināt atbalsta plānā noteiktos pakalpojumus pie šādiem sniedzējiem."),
                ),
            ]),
            Part::Table {
                caption: "Izvēlētie pakalpojumu sniedzēji",
                heads: heads(&["Rinda", "Pakalpojums", "Saņēmējs", "Sniedzējs"]),
                rows: named.collect(),
                sum: None,
            },
            Part::Signatures(vec![(role.to_owned(), name)]),
        ],
    }
}

/// 6.10: planned and actual, from the ledger.
fn execution(workbook: &Workbook<'_>, rows: &[Row<'_>]) -> Sheet {
    let of = |row: &Row<'_>| {
        let lines = workbook.balance.map(|balance| &balance.lines);
        lines.and_then(|lines| lines.get(&row.line.number)).copied().unwrap_or_default()
    };
    let cells = |LineBalance { planned, committed, delivered, invoiced, paid, .. }: LineBalance| {
        let left = planned.saturating_sub(delivered);
        [planned, committed, delivered, invoiced, paid, left].map(Cell::cents)
    };
    let line = |row: &Row<'_>| {
        let balance = of(row);
        let LineBalance { planned_volume, committed_volume, delivered_volume, .. } = balance;
        let fixed = [number(row), Cell::text(row.name()), Cell::text(words::funding(row.line.funding))];
        let left = planned_volume.saturating_sub(delivered_volume);
        let volumes = [planned_volume, committed_volume, delivered_volume, left].map(Cell::thousandths);
        let unit = [Cell::text(row.unit_name())];
        fixed.into_iter().chain(unit).chain(volumes).chain(cells(balance)).collect()
    };
    let total = workbook.balance.map(|balance| {
        let blank = std::iter::repeat_n(Cell::Empty, 6);
        let label = "Rindas, ko ietver indikatīvais apmērs";
        [Cell::Empty, Cell::text(label)].into_iter().chain(blank).chain(cells(balance.total())).collect()
    });
    Sheet {
        name: "6.10 Izpilde",
        title: "6.10. Atbalsta plāna faktiskā izpilde",
        indent: 1,
        parts: vec![
            Part::Table {
                caption: "Plānotais un faktiskais apjoms un finansējums",
                heads: heads(&[
                    "Rinda",
                    "Pakalpojums",
                    "Finansē",
                    "Vienība",
                    "Plānots",
                    "Pasūtīts",
                    "Saņemts",
                    "Atlicis",
                    "Plānots, EUR",
                    "Pasūtīts, EUR",
                    "Saņemts, EUR",
                    "Rēķinos, EUR",
                    "Samaksāts, EUR",
                    "Atlicis, EUR",
                ]),
                rows: rows.iter().map(line).collect(),
                sum: total,
            },
            by_month(workbook, rows),
        ],
    }
}

/// Each line in each month in which something was planned or happened.
fn by_month(workbook: &Workbook<'_>, rows: &[Row<'_>]) -> Part {
    let cells = |row: &Row<'_>, month: Month| {
        let number = row.line.number;
        let known = workbook.months.iter().find(|of| of.line == number && of.month == month.first_day());
        let planned = scheduled(row.line, month);
        if known.is_none() && planned.is_none() {
            return None;
        }
        let actual = known.copied().unwrap_or_default();
        let MonthActual { delivered_volume, delivered, paid, .. } = actual;
        Some(vec![
            Cell::Count(number),
            Cell::text(row.name()),
            Cell::Day(month.first_day()),
            Cell::text(row.unit_name()),
            Cell::or_empty(planned, Cell::Volume),
            Cell::thousandths(delivered_volume),
            Cell::or_empty(planned, |volume| Cell::Money(volume.at(row.line.unit_price).rounded())),
            Cell::cents(delivered),
            Cell::cents(paid),
        ])
    };
    let recorded = workbook.months.iter().map(|of| Month::of(of.month));
    let mut months = workbook.plan.months();
    months.extend(recorded);
    Part::Table {
        caption: "Pa mēnešiem",
        heads: heads(&[
            "Rinda",
            "Pakalpojums",
            "Mēnesis",
            "Vienība",
            "Plānots",
            "Saņemts",
            "Plānots, EUR",
            "Saņemts, EUR",
            "Samaksāts, EUR",
        ]),
        rows: months.iter().flat_map(|month| rows.iter().filter_map(|row| cells(row, *month))).collect(),
        sum: None,
    }
}

fn technical(workbook: &Workbook<'_>) -> Sheet {
    let plan = workbook.plan;
    let facts = vec![
        fact("Plāna identifikators", Cell::text(workbook.id.to_string())),
        fact("Plāna versija", Cell::Count(plan.version)),
        fact("Plāna statuss", Cell::text(words::status(workbook.status))),
        fact("Pirmā diena", Cell::Day(plan.content.from)),
        fact("Pēdējā diena", Cell::Day(plan.content.to)),
        fact("Satura SHA-256", Cell::text(hex(workbook.content_hash))),
        fact("Metodika", Cell::text(workbook.methodology)),
    ];
    let signed = workbook.signatures.iter().map(|signed| {
        vec![
            Cell::text(latvian::capitalised(words::document(signed.document))),
            Cell::text(words::party(signed.party)),
            Cell::text(&signed.name),
            Cell::Day(signed.on),
            Cell::text(words::method(signed.method)),
            Cell::text(hex(&signed.hash)),
        ]
    });
    Sheet {
        name: "6.11 Tehniskā",
        title: "6.11. Tehniskā tabula",
        indent: 0,
        parts: vec![
            Part::Facts(facts),
            Part::Table {
                caption: "Ierakstītie paraksti",
                heads: heads(&["Dokuments", "Kas", "Vārds, uzvārds", "Datums", "Kā", "SHA-256"]),
                rows: signed.collect(),
                sum: None,
            },
        ],
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
