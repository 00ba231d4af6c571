//! One child on one core: the full calculation with its lines.

use std::hint::black_box;

use balsts_bench::population::{self, Numbers};
use balsts_domain::{
    children::{ChildFacts, HearingServices, NamedCriterion, RespiteForm},
    lines::Line,
    parameters::Parameters,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn six_criteria() -> ChildFacts {
    ChildFacts {
        date: population::date(),
        birth_date: "2013-01-01".parse().expect("a date"),
        special_care: Some(true),
        severity: None,
        autism_spectrum: true,
        transport_allowance: true,
        special_care_benefit: false,
        criteria: [
            NamedCriterion::ParentalEmployment,
            NamedCriterion::Respite { form: RespiteForm::Institution },
            NamedCriterion::ParentPsychology,
            NamedCriterion::SpecialistSupport,
            NamedCriterion::HearingSupport { services: HearingServices::all() },
            NamedCriterion::Mobility { amount: None },
        ]
        .into_iter()
        .collect(),
    }
}

fn benches(criterion: &mut Criterion) {
    let parameters = Parameters::embedded().expect("the parameters are sound");
    let child = six_criteria();
    let mut group = criterion.benchmark_group("children-2023");
    group.throughput(Throughput::Elements(1));
    group.bench_function("six criteria, with lines", |bencher| {
        bencher.iter(|| {
            let budget = parameters.children.calculate(black_box(&child)).expect("accepted");
            let lines: Vec<Line<'_>> = budget.lines().collect();
            black_box((budget.total, budget.monthly(), lines));
        });
    });
    group.bench_function("six criteria, total", |bencher| {
        bencher.iter(|| black_box(parameters.children.calculate(black_box(&child)).expect("accepted").total));
    });
    let mut numbers = Numbers::new(1);
    let children: Vec<ChildFacts> = std::iter::repeat_with(|| population::child(&mut numbers)).take(10_000).collect();
    group.throughput(Throughput::Elements(10_000));
    group.bench_function("population of 10,000, totals", |bencher| {
        bencher.iter(|| black_box(parameters.children.population(black_box(&children))));
    });
    group.finish();
}

criterion_group!(domain, benches);
criterion_main!(domain);
