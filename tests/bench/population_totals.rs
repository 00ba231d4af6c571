//! Totals of ten million children on every core, as forecasts and what-if runs count them: exact to the cent.

use std::{
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use balsts_bench::population::{self, Numbers};
use balsts_domain::{
    children::{ChildFacts, PopulationTotals},
    money::Money,
    parameters::Parameters,
};

const CHILDREN: usize = 10_000_000;
const ROUNDS: usize = 20;

fn main() {
    let parameters = Parameters::embedded().expect("the parameters are sound");
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = CHILDREN / ROUNDS / cores;
    let start = Barrier::new(cores + 1);
    let end = Barrier::new(cores + 1);
    let (totals, elapsed) = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores)
            .map(|core| {
                let (start, end, rules) = (&start, &end, &parameters.children);
                scope.spawn(move || {
                    let mut numbers = Numbers::new(core as u64 + 1);
                    let mut totals = PopulationTotals::default();
                    for round in 0..ROUNDS {
                        // Born outside the measured time.
                        let children: Vec<ChildFacts> =
                            std::iter::repeat_with(|| population::child(&mut numbers)).take(share).collect();
                        start.wait();
                        let sums = rules.population(&children);
                        end.wait();
                        if round == 0 {
                            assert_eq!(sums, one_by_one(rules, &children), "the totals are not those of the budgets");
                        }
                        totals = totals.and(sums);
                    }
                    totals
                })
            })
            .collect();
        let mut elapsed = Duration::ZERO;
        for _ in 0..ROUNDS {
            start.wait();
            let started = Instant::now();
            end.wait();
            elapsed += started.elapsed();
        }
        let totals = workers.into_iter().map(|worker| worker.join().expect("no panic"));
        (totals.fold(PopulationTotals::default(), PopulationTotals::and), elapsed)
    });
    assert_eq!(totals.refused, 0, "the generator makes only children that the rules accept");
    let rate = totals.children as f64 / elapsed.as_secs_f64();
    println!("children {}, cores {cores}, total {} EUR", totals.children, totals.total.rounded());
    println!("{:.2} million a second, {:.2} for each core", rate / 1e6, rate / 1e6 / cores as f64);
}

/// Every budget rounded by itself, and added up.
fn one_by_one(rules: &balsts_domain::children::ChildrenMethodology, children: &[ChildFacts]) -> PopulationTotals {
    let mut sums = PopulationTotals::default();
    for child in children {
        let budget = rules.calculate(child).expect("accepted");
        let lines = budget.lines().fold(Money::ZERO, |sum, line| sum + line.amount);
        assert_eq!(lines, budget.total);
        sums.children += 1;
        sums.total += budget.total;
        sums.of_which_state += budget.of_which_state;
    }
    sums
}
