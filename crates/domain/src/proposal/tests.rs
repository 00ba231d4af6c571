use proptest::prelude::*;

use super::{
    problem::Problem,
    search::{self, TOLERANCE},
    tally::greedy,
    *,
};
use crate::text::Refusal;

fn volume(text: &str) -> Volume {
    Volume::parse(text).unwrap()
}

fn whole(number: i64) -> Volume {
    Volume::exact(number.into())
}

/// A line of hours without a minimum.
fn hours(priority: u32, hours: &str, price: i64) -> ProposalLine {
    ProposalLine {
        number: priority,
        priority,
        volume: volume(hours),
        unit_price: Money::from_cents(price * 100),
        step: whole(1),
        minimum: whole(1),
        floor: whole(0),
        state_paid: false,
        cap: None,
        limit: None,
    }
}

fn plan(lines: Vec<ProposalLine>, ceiling: i64) -> ProposalInput {
    let ceiling = Money::from_cents(ceiling * 100);
    ProposalInput { lines, ceiling, payable_ceiling: ceiling, exclusive: Vec::new() }
}

fn volumes(proposal: &Proposal) -> Vec<String> {
    proposal.lines.iter().map(|line| line.volume.to_string()).collect()
}

fn keys(proposal: &Proposal, line: usize) -> Vec<&str> {
    proposal.lines[line].reasons.iter().map(|reason| reason.key.as_ref()).collect()
}

#[test]
fn a_plan_that_fits_stays_as_it_is() {
    let input = plan(vec![hours(1, "37.5", 10), hours(2, "3", 100)], 675);
    let proposal = propose(&input).unwrap();
    assert_eq!(volumes(&proposal), ["37.5", "3"]);
    assert!(proposal.lines.iter().all(|line| line.change == Change::Kept && line.reasons.is_empty()));
    assert_eq!((proposal.agreed, proposal.loss, proposal.optimal), (Money::from_cents(67_500), 0, true));
    assert!(propose(&plan(vec![], 0)).unwrap().lines.is_empty());
}

#[test]
fn the_money_ends_at_the_lowest_priority() {
    let input = plan(vec![hours(2, "10", 10), hours(1, "10", 10), hours(3, "10", 10)], 225);
    let proposal = propose(&input).unwrap();
    assert_eq!(volumes(&proposal), ["10", "10", "2"]);
    assert_eq!(proposal.lines[2].change, Change::Reduced);
    assert_eq!(keys(&proposal, 2), ["proposal-ceiling-reached"]);
    assert_eq!((proposal.agreed, proposal.loss), (Money::from_cents(22_000), 800_000_000));
}

#[test]
fn less_than_the_minimum_useful_volume_is_dropped() {
    let all = |line: ProposalLine| ProposalLine { minimum: line.volume, ..line };
    let lines = vec![all(hours(1, "10", 10)), ProposalLine { minimum: whole(5), ..hours(2, "10", 10) }];
    let proposal = propose(&plan(lines, 140)).unwrap();
    assert_eq!(volumes(&proposal), ["10", "0"]);
    assert_eq!(proposal.lines[1].change, Change::Dropped);
    assert_eq!(keys(&proposal, 1), ["proposal-ceiling-reached", "proposal-below-minimum"]);
    let fits = &proposal.lines[1].reasons[1].arguments;
    assert_eq!(format!("{fits:?}"), r#"[("fits", Text("4")), ("minimum", Text("5"))]"#);
}

#[test]
fn the_money_beside_the_state_paid_part_ends_by_itself() {
    let state = ProposalLine { state_paid: true, ..hours(3, "10", 10) };
    let input = ProposalInput {
        payable_ceiling: Money::from_cents(15_000),
        ..plan(vec![hours(1, "10", 10), hours(2, "10", 10), state], 1_000)
    };
    let proposal = propose(&input).unwrap();
    assert_eq!(volumes(&proposal), ["10", "5", "10"]);
    assert_eq!(keys(&proposal, 1), ["proposal-payable-reached", "proposal-keeps-more-elsewhere"]);
    assert_eq!((proposal.agreed, proposal.payable), (Money::from_cents(25_000), Money::from_cents(15_000)));
}

#[test]
fn a_yearly_maximum_is_shared() {
    for (most, left, key) in [
        (CapLimit::Volume(whole(12)), "2", "proposal-maximum-volume"),
        (CapLimit::Amount(Money::from_cents(13_000)), "3", "proposal-maximum-amount"),
    ] {
        let cap = Some(Cap { group: 7, most, rule: "rehabilitation_a_year" });
        let with = |line| ProposalLine { cap: cap.clone(), ..line };
        let input = plan(vec![with(hours(1, "10", 10)), with(hours(2, "10", 10)), hours(3, "10", 10)], 1_000);
        let proposal = propose(&input).unwrap();
        assert_eq!(volumes(&proposal), ["10", left, "10"]);
        assert_eq!(keys(&proposal, 1), [key]);
    }
}

#[test]
fn of_lines_that_exclude_each_other_the_one_of_more_weight_stays() {
    let mut input = plan(vec![hours(3, "10", 10), hours(1, "10", 10), hours(2, "10", 10)], 1_000);
    input.exclusive = vec![(0, 1)];
    let proposal = propose(&input).unwrap();
    assert_eq!(volumes(&proposal), ["0", "10", "10"]);
    assert_eq!(keys(&proposal, 0), ["proposal-excluded"]);
    let arguments = &proposal.lines[0].reasons[0].arguments;
    assert_eq!(format!("{arguments:?}"), r#"[("line", Number(1)), ("priority", Number(1))]"#, "its number in the plan");
    // What is committed stays all the same.
    input.lines[0].floor = whole(1);
    assert_eq!(volumes(&propose(&input).unwrap()), ["10", "0", "10"]);
}

#[test]
fn what_is_committed_stays_even_if_it_is_less_than_useful() {
    let line = ProposalLine { floor: volume("2.5"), minimum: whole(5), ..hours(2, "10", 10) };
    let proposal = propose(&plan(vec![hours(1, "10", 10), line], 130)).unwrap();
    assert_eq!(volumes(&proposal), ["10", "2.5"]);
    assert_eq!(keys(&proposal, 1), ["proposal-ceiling-reached", "proposal-below-minimum", "proposal-committed"]);
}

#[test]
fn a_dear_line_of_high_priority_gives_way_where_the_money_keeps_more_elsewhere() {
    let lines = vec![hours(1, "10", 100), hours(2, "10", 10), hours(3, "10", 10)];
    let proposal = propose(&plan(lines, 1_000)).unwrap();
    assert_eq!(volumes(&proposal), ["8", "10", "10"]);
    assert_eq!(keys(&proposal, 0), ["proposal-ceiling-reached", "proposal-keeps-more-elsewhere"]);
}

#[test]
fn amounts_are_rounded_half_up_for_each_line() {
    let line = ProposalLine { unit_price: Money::exact("0.333".parse().unwrap()), ..hours(1, "1.5", 1) };
    let proposal = propose(&plan(vec![line.clone(), line], 1)).unwrap();
    assert_eq!(proposal.lines[0].amount, Money::from_cents(50));
    assert_eq!((proposal.agreed, proposal.loss), (Money::from_cents(100), 0));
}

#[test]
fn equal_losses_keep_the_higher_priority_whole() {
    let proposal = propose(&plan(vec![hours(1, "20", 10), hours(2, "10", 10)], 200)).unwrap();
    assert_eq!(volumes(&proposal), ["20", "0"]);
}

#[test]
fn where_commitments_do_not_fit_the_lines_are_named() {
    let committed = |line: ProposalLine| ProposalLine { floor: whole(5), ..line };
    let numbered = |number, line| ProposalLine { number, ..line };
    let lines = || {
        let (second, third) = (committed(hours(2, "10", 10)), committed(hours(3, "10", 10)));
        vec![hours(1, "10", 10), numbered(4, second), numbered(7, third)]
    };
    let refused = |input: &ProposalInput| {
        let refusal = propose(input).unwrap_err();
        (refusal.code(), refusal.pointer(), format!("{:?}", refusal.message().arguments.first()))
    };
    let named = |code, pointer: &str| (code, pointer.to_owned(), r#"Some(("lines", Text("4, 7")))"#.to_owned());

    assert_eq!(refused(&plan(lines(), 99)), named("committed_above_ceiling", "/ceiling"));
    let input = ProposalInput { payable_ceiling: Money::from_cents(9_999), ..plan(lines(), 100) };
    assert_eq!(refused(&input), named("committed_above_ceiling", "/payable_ceiling"));
    let mut input = plan(lines(), 100);
    input.exclusive = vec![(2, 1)];
    assert_eq!(refused(&input), named("committed_together", "/lines/1/floor"));
    let mut input = plan(lines(), 100);
    for line in &mut input.lines {
        line.cap = Some(Cap { group: 1, most: CapLimit::Volume(whole(9)), rule: "rule" });
    }
    assert_eq!(refused(&input), named("committed_above_maximum", "/lines/1/floor"));
}

#[test]
fn invalid_figures_are_refused() {
    type Spoil = fn(&mut ProposalInput);
    let spoils: [(Spoil, &str, &str); 9] = [
        (|i| i.ceiling = Money::from_cents(-1), "invalid_amount", "/ceiling"),
        (|i| i.payable_ceiling = Money::from_cents(i64::MAX), "invalid_amount", "/payable_ceiling"),
        (|i| i.lines[1].unit_price = Money::from_cents(-1), "invalid_amount", "/lines/1/unit_price"),
        (|i| i.lines[1].volume = Volume::exact("0.0001".parse().unwrap()), "invalid_volume", "/lines/1/volume"),
        (|i| i.lines[1].step = whole(0), "invalid_volume", "/lines/1/step"),
        (|i| i.lines[1].floor = whole(11), "below_committed", "/lines/1/volume"),
        (|i| i.exclusive = vec![(0, 1), (0, 2)], "invalid_pair", "/exclusive/1"),
        (|i| i.lines = vec![i.lines[0].clone(); MOST_LINES + 1], "too_many", "/lines"),
        (
            |i| {
                let cap = |most| Some(Cap { group: 1, most: CapLimit::Volume(whole(most)), rule: "rule" });
                (i.lines[0].cap, i.lines[1].cap) = (cap(1), cap(2));
            },
            "conflicting_maximum",
            "/lines/1/cap",
        ),
    ];
    for (spoil, code, pointer) in spoils {
        let mut input = plan(vec![hours(1, "10", 10), hours(2, "10", 10)], 100);
        spoil(&mut input);
        let refusal = propose(&input).unwrap_err();
        assert_eq!((refusal.code(), refusal.pointer().as_str()), (code, pointer));
        assert!(refusal.message().key.starts_with("proposal-"));
    }
}

#[test]
fn the_largest_figures_do_not_overflow() {
    let largest = crate::money::LARGEST_AMOUNT;
    let line = ProposalLine {
        number: 1,
        limit: None,
        volume: Volume::exact(largest),
        unit_price: Money::exact(largest),
        step: volume("0.001"),
        ..hours(u32::MAX, "1", 1)
    };
    let state = ProposalLine { state_paid: true, unit_price: Money::from_cents(1), priority: 0, ..line.clone() };
    let lines = [line, state].into_iter().cycle().take(MOST_LINES).collect();
    let input = ProposalInput {
        lines,
        ceiling: Money::exact(largest),
        payable_ceiling: Money::exact(largest),
        exclusive: Vec::new(),
    };
    let proposal = propose(&input).unwrap();
    assert!(proposal.agreed <= input.ceiling && !proposal.optimal);
}

/// The volumes that a line may have, as the rule reads.
fn allowed(line: &ProposalLine) -> Vec<Volume> {
    let mut allowed = vec![line.floor, line.volume];
    let mut step = line.step.value();
    while step < line.volume.value() {
        if step >= line.minimum.value() && step >= line.floor.value() {
            allowed.push(Volume::exact(step));
        }
        step += line.step.value();
    }
    allowed.sort();
    allowed.dedup();
    allowed
}

/// Whether volumes obey every limit, as the rules read.
fn fits(input: &ProposalInput, volumes: &[Volume]) -> bool {
    let none = whole(0);
    let amount = |(line, volume): (&ProposalLine, &Volume)| volume.at(line.unit_price).rounded();
    let lines = || input.lines.iter().zip(volumes);
    let agreed: Money = lines().map(amount).sum();
    let payable: Money = lines().filter(|(line, _)| !line.state_paid).map(amount).sum();
    let within = |line: &ProposalLine| {
        let Some(cap) = &line.cap else { return true };
        let shared = || lines().filter(|(other, _)| other.cap.as_ref().is_some_and(|other| other.group == cap.group));
        match cap.most {
            CapLimit::Volume(most) => shared().map(|(_, volume)| volume.value()).sum::<Decimal>() <= most.value(),
            CapLimit::Amount(most) => shared().map(amount).sum::<Money>() <= most,
        }
    };
    agreed <= input.ceiling
        && payable <= input.payable_ceiling
        && input.exclusive.iter().all(|(one, other)| volumes[*one] == none || volumes[*other] == none)
        && input.lines.iter().all(within)
}

/// What volumes lose, exact: every planned volume of the tests divides this many halves.
fn exact_loss(input: &ProposalInput, volumes: &[Volume]) -> i64 {
    const PARTS: i64 = 720_720;
    let halves = |volume: Volume| i64::try_from((volume.value() * Decimal::TWO).normalize().mantissa()).unwrap();
    let lines = i64::try_from(input.lines.len()).unwrap();
    let lost = |(line, kept): (&ProposalLine, &Volume)| {
        let weight = (lines + 1 - i64::from(line.priority)).max(1);
        let planned = halves(line.volume);
        if planned == 0 { 0 } else { weight * PARTS / planned * (planned - halves(*kept)) }
    };
    input.lines.iter().zip(volumes).map(lost).sum()
}

/// The least loss of all plans that fit, found by trying each.
fn by_brute_force(input: &ProposalInput) -> Option<i64> {
    let choices: Vec<Vec<Volume>> = input.lines.iter().map(allowed).collect();
    let mut places = vec![0; choices.len()];
    let mut least: Option<i64> = None;
    loop {
        let volumes: Vec<Volume> = choices.iter().zip(&places).map(|(volumes, place)| volumes[*place]).collect();
        let loss = exact_loss(input, &volumes);
        if least.is_none_or(|least| loss < least) && fits(input, &volumes) {
            least = Some(loss);
        }
        let Some(line) = (0..places.len()).find(|line| places[*line] + 1 < choices[*line].len()) else {
            return least;
        };
        places[line] += 1;
        places[..line].fill(0);
    }
}

fn small_line() -> impl Strategy<Value = ProposalLine> {
    let figures = (1_u32..7, 0_i64..17, 1_i64..400, 1_i64..4, 0_i64..6);
    (figures, prop::option::weighted(0.2, 0_i64..5), any::<bool>(), prop::option::weighted(0.5, 0_u32..3)).prop_map(
        |((priority, halves, price, step, minimum), floor, state_paid, group)| {
            let planned = Decimal::new(halves * 5, 1);
            let floor = Decimal::new(floor.unwrap_or_default() * 5, 1).min(planned);
            let most = match group {
                Some(0) => Some(CapLimit::Volume(volume("5.5"))),
                Some(1) => Some(CapLimit::Amount(Money::from_cents(900))),
                Some(_) => Some(CapLimit::Volume(whole(9))),
                None => None,
            };
            ProposalLine {
                number: 1,
                limit: None,
                priority,
                volume: Volume::exact(planned),
                // Thirds of cents make the rounding of amounts matter.
                unit_price: Money::exact(Decimal::new(price * 3_333, 6)),
                step: Volume::exact(Decimal::new(step * 5, 1)),
                minimum: whole(minimum),
                floor: Volume::exact(floor),
                state_paid,
                cap: group.zip(most).map(|(group, most)| Cap { group, most, rule: "rule" }),
            }
        },
    )
}

fn small_plan() -> impl Strategy<Value = ProposalInput> {
    let lines = prop::collection::vec(small_line(), 1..6);
    (lines, 0_i64..2_500, 0_i64..2_500, prop::collection::vec((0_usize..5, 0_usize..5), 0..4)).prop_map(
        |(lines, ceiling, payable, pairs)| {
            let exclusive = pairs.into_iter().filter(|(a, b)| a != b && *a.max(b) < lines.len()).collect();
            let (ceiling, payable_ceiling) = (Money::from_cents(ceiling), Money::from_cents(payable));
            ProposalInput { lines, ceiling, payable_ceiling, exclusive }
        },
    )
}

/// Lines of a larger plan: hundreds of steps, prices of all sizes.
fn large_plan() -> impl Strategy<Value = ProposalInput> {
    let line = (1_i64..400, 100_i64..15_000, 1_i64..100, 0_u32..12, any::<bool>());
    (
        prop::collection::vec(line, 1..=40),
        1_i64..100,
        1_i64..100,
        prop::collection::vec((0_usize..40, 0_usize..40), 0..3),
    )
        .prop_map(|(lines, share, payable, pairs)| {
            let lines: Vec<ProposalLine> = (1..)
                .zip(lines)
                .map(|(priority, (planned, price, minimum, group, state_paid))| ProposalLine {
                    number: 1,
                    limit: None,
                    priority,
                    volume: whole(planned),
                    unit_price: Money::from_cents(price),
                    step: whole(1),
                    minimum: whole((planned * minimum / 100).max(1)),
                    floor: whole(0),
                    state_paid: state_paid && group < 4,
                    cap: (group < 3).then(|| Cap {
                        group,
                        most: if group == 0 {
                            CapLimit::Amount(Money::from_cents(300_000))
                        } else {
                            CapLimit::Volume(whole(100))
                        },
                        rule: "rule",
                    }),
                })
                .collect();
            let all: Money = lines.iter().map(|line| line.volume.at(line.unit_price)).sum();
            let part = |money: Money, percent: i64| Money::from_cents(money.cents().unwrap() * percent / 100);
            let exclusive = pairs.into_iter().filter(|(a, b)| a != b && *a.max(b) < lines.len()).collect();
            let ceiling = part(all, share);
            ProposalInput { lines, ceiling, payable_ceiling: part(ceiling, payable), exclusive }
        })
}

/// Every line under one of nine maxima.
fn plan_of_maxima() -> impl Strategy<Value = ProposalInput> {
    let line = (4_i64..400, 100_i64..15_000, 1_i64..100, 0_u32..9);
    (prop::collection::vec(line, 20..=40), 5_000_i64..20_000).prop_map(|(lines, ceiling)| {
        let with_cap = |(priority, (planned, price, minimum, group)): (u32, (i64, i64, i64, u32))| {
            let most = if group % 2 == 0 {
                CapLimit::Volume(whole(i64::from(group) * 30 + 30))
            } else {
                CapLimit::Amount(Money::from_cents(i64::from(group) * 50_000 + 50_000))
            };
            ProposalLine {
                number: 1,
                limit: None,
                unit_price: Money::from_cents(price),
                minimum: whole((planned * minimum / 100).max(1)),
                cap: Some(Cap { group, most, rule: "rule" }),
                ..hours(priority, &planned.to_string(), 1)
            }
        };
        plan((1..).zip(lines).map(with_cap).collect(), ceiling)
    })
}

/// The least loss of a plan without maxima, exclusions and state-paid lines, in trillionths, by filling a table of
/// every sum of cents.
fn by_table(problem: &Problem) -> i64 {
    let mut best = vec![0; usize::try_from(problem.ceiling).unwrap() + 1];
    for item in &problem.items {
        for left in (0..best.len()).rev() {
            let kept = |choice: &problem::Choice| {
                let before = left.checked_sub(usize::try_from(choice.cents).unwrap())?;
                Some(best[before] + choice.value)
            };
            best[left] = item.choices.iter().filter_map(kept).max().unwrap();
        }
    }
    best[best.len() - 1]
}

fn proposed(proposal: &Proposal) -> Vec<Volume> {
    proposal.lines.iter().map(|line| line.volume).collect()
}

fn check(input: &ProposalInput, proposal: &Proposal) -> Result<(), TestCaseError> {
    let volumes = proposed(proposal);
    prop_assert!(fits(input, &volumes));
    for (line, proposed) in input.lines.iter().zip(&proposal.lines) {
        prop_assert!(allowed(line).contains(&proposed.volume));
        prop_assert_eq!(proposed.amount, proposed.volume.at(line.unit_price).rounded());
        prop_assert_eq!(proposed.reasons.is_empty(), proposed.change == Change::Kept);
        prop_assert_eq!(proposed.volume == line.volume, proposed.change == Change::Kept);
    }
    prop_assert_eq!(proposal.lines.iter().map(|line| line.amount).sum::<Money>(), proposal.agreed);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_small_plan_loses_as_little_as_brute_force_finds(input in small_plan()) {
        match propose(&input) {
            Ok(proposal) => {
                check(&input, &proposal)?;
                prop_assert!(proposal.optimal);
                let lost = exact_loss(&input, &proposed(&proposal));
                prop_assert_eq!(Some(lost), by_brute_force(&input));
                let billionths = Decimal::from(proposal.loss) * Decimal::from(720_720);
                prop_assert!((billionths - Decimal::from(lost) * Decimal::from(1_000_000_000)).abs() <= Decimal::from(720_720));
            }
            Err(_) => prop_assert_eq!(by_brute_force(&input), None),
        }
    }

    #[test]
    fn a_plan_that_fits_is_not_changed(mut input in small_plan()) {
        input.exclusive.clear();
        input.lines.iter_mut().for_each(|line| line.cap = None);
        (input.ceiling, input.payable_ceiling) = (Money::from_cents(100_000), Money::from_cents(100_000));
        let proposal = propose(&input).unwrap();
        prop_assert_eq!(proposal.loss, 0);
        prop_assert!(proposal.lines.iter().all(|line| line.change == Change::Kept));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_large_plan_fits_is_never_worse_than_greedy_and_always_the_same(
        input in prop_oneof![large_plan(), plan_of_maxima()],
    ) {
        let proposal = propose(&input).unwrap();
        check(&input, &proposal)?;
        prop_assert_eq!(&propose(&input).unwrap(), &proposal);
        let problem = Problem::of(&input).unwrap();
        let by_hand = greedy(&problem);
        prop_assert!(proposal.loss <= loss(&problem, &by_hand));
        prop_assert!(search::best(&problem, by_hand).work < 3_500_000);
    }

    #[test]
    fn a_plan_of_many_lines_loses_as_little_as_a_table_of_all_sums_finds(
        lines in prop::collection::vec((1_i64..20, 1_i64..150, 1_i64..12), 1..16), ceiling in 1_i64..4_000,
    ) {
        let line = |(priority, (planned, price, minimum)): (u32, (i64, i64, i64))| ProposalLine {
            number: 1,
            limit: None,
            unit_price: Money::from_cents(price),
            minimum: whole(minimum),
            ..hours(priority, &planned.to_string(), 1)
        };
        let lines = (1..).zip(lines).map(line).collect();
        let ceiling = Money::from_cents(ceiling);
        let input = ProposalInput { lines, ceiling, payable_ceiling: ceiling, exclusive: Vec::new() };
        let problem = Problem::of(&input).unwrap();
        let best = search::best(&problem, greedy(&problem));
        let kept = Tally::with(&problem, &best.chosen).value();
        let most = by_table(&problem);
        prop_assert!(kept <= most && kept + TOLERANCE >= most, "{} of {}", kept, most);
    }

    #[test]
    fn amounts_are_those_of_money(price in 0_i64..10_000_000, scale in 0_u32..9, thousandths in 0_i64..10_000_000) {
        let line = ProposalLine {
            number: 1,
            limit: None,
            volume: Volume::exact(Decimal::new(thousandths, 3)),
            unit_price: Money::exact(Decimal::new(price, scale)),
            ..hours(1, "1", 1)
        };
        let amount = line.volume.at(line.unit_price);
        let problem = Problem::of(&plan(vec![line], 1)).unwrap();
        let cents = problem.items[0].price.cents(thousandths);
        prop_assert_eq!(Some(cents), amount.cents().map(|cents| cents.min(200_000_000_000_000)));
    }
}
