use chrono::Days;
use proptest::prelude::*;

use super::*;
use crate::text::Refusal;

fn reference() -> NaiveDate {
    "2019-01-01".parse().unwrap()
}

fn parameters() -> SelectionParameters {
    SelectionParameters::children_pilot_2018(reference())
}

/// A child of an age in full years, that applied so many minutes after the start.
fn application(code: &str, municipality: &str, age: u64, impairment: Impairment, minute: i64) -> PilotApplication {
    let start: NaiveDateTime = "2018-11-01T09:00:00".parse().unwrap();
    PilotApplication {
        code: code.to_owned(),
        municipality: municipality.to_owned(),
        region: None,
        birth_date: reference() - Days::new(age * 366 + 20),
        impairment,
        home_schooled: false,
        received_at: start + chrono::TimeDelta::minutes(minute),
    }
}

fn select(applications: &[PilotApplication], parameters: &SelectionParameters) -> Selection {
    select_participants(applications, parameters).unwrap()
}

fn codes(placements: &[Placement]) -> Vec<&str> {
    placements.iter().map(|placement| placement.child.code.as_str()).collect()
}

fn got(selection: &Selection, group: &SelectionGroup) -> (u32, u32) {
    let target = selection.targets.iter().find(|target| target.group == *group).unwrap();
    (target.wanted, target.got)
}

#[test]
fn plenty_of_applicants_meet_every_quota() {
    let impairments = [
        Impairment::Vision,
        Impairment::Hearing,
        Impairment::Movement,
        Impairment::Mental,
        Impairment::Multiple,
        Impairment::Other,
    ];
    let ages = [1, 5, 9, 12, 16];
    let mut applications = Vec::new();
    for municipality in 0..10 {
        for number in 0..60_usize {
            let mut one = application(
                &format!("{municipality}-{number:02}"),
                &format!("M{municipality}"),
                ages[number % 5],
                impairments[number / 5 % 6],
                i64::try_from(number * 7 % 60).unwrap(),
            );
            one.region = Some(format!("R{}", municipality / 2));
            applications.push(one);
        }
    }
    let selection = select(&applications, &parameters());
    assert_eq!((selection.chosen.len(), selection.waiting.len()), (100, 500));
    assert_eq!(selection.not_met().collect::<Vec<_>>(), Vec::<&GroupResult>::new());
    assert_eq!(got(&selection, &SelectionGroup::Impairment(Impairment::Vision)), (5, 5));
    assert_eq!(got(&selection, &SelectionGroup::AgeGroup(AgeGroup { from: 8, to: 10 })), (20, 20));
    assert!(selection.waiting.is_sorted_by(|a, b| a.child.tie_order() <= b.child.tie_order()));
}

#[test]
fn a_shortfall_of_an_age_group_is_spread_over_the_others() {
    let mut applications = Vec::new();
    for municipality in 0..10 {
        applications.push(application(
            &format!("{municipality}-a"),
            &municipality.to_string(),
            1,
            Impairment::Mental,
            0,
        ));
        for (number, age) in [5, 9, 12, 16].into_iter().cycle().take(40).enumerate() {
            let code = format!("{municipality}-{number:02}");
            applications.push(application(&code, &municipality.to_string(), age, Impairment::Mental, 1));
        }
    }
    let selection = select(&applications, &parameters());
    let ages: Vec<u32> = parameters()
        .age_groups
        .iter()
        .map(|target| got(&selection, &SelectionGroup::AgeGroup(target.group)).1)
        .collect();
    assert_eq!(ages, [10, 23, 23, 22, 22]);
    let missed: Vec<_> = selection.not_met().map(|target| target.group.clone()).collect();
    assert_eq!(missed.len(), 5, "the youngest and four impairments: {missed:?}");
}

#[test]
fn the_tie_order_decides_within_a_group_and_says_so() {
    let mut small = parameters();
    small.per_municipality = 2;
    let mut applications: Vec<_> = [("a", 5), ("b", 3), ("c", 3), ("d", 9)]
        .into_iter()
        .map(|(code, minute)| application(code, "M", 5, Impairment::Mental, minute))
        .collect();
    applications[1].received_at += chrono::TimeDelta::seconds(59);
    applications[3].home_schooled = true;
    let selection = select(&applications, &small);
    assert_eq!((codes(&selection.chosen), codes(&selection.waiting)), (vec!["d", "b"], vec!["c", "a"]));
    let why: Vec<_> = selection.chosen.iter().chain(&selection.waiting).map(|p| (p.stage(), p.criterion)).collect();
    assert_eq!(
        why,
        [
            (SelectionStage::TieOrder, Criterion::HomeSchooled),
            (SelectionStage::TieOrder, Criterion::Code),
            (SelectionStage::TieOrder, Criterion::Code),
            (SelectionStage::TieOrder, Criterion::ReceivedAt),
        ]
    );
    assert_eq!(selection.chosen[0].explanation().key, "selection-chosen-home-schooled");
}

#[test]
fn municipality_comes_before_age_and_age_before_impairment() {
    // M1 has only small children, M2 small and large ones: M2's places go to the large ones although they came later.
    let mut two = parameters();
    two.per_municipality = 2;
    two.age_groups = vec![
        AgeGroupTarget { group: AgeGroup { from: 0, to: 8 }, target: 2 },
        AgeGroupTarget { group: AgeGroup { from: 9, to: 17 }, target: 2 },
    ];
    two.impairments = vec![
        ImpairmentQuota { impairment: Impairment::Vision, percent: 50 },
        ImpairmentQuota { impairment: Impairment::Mental, percent: 50 },
    ];
    let applications = [
        application("b1", "M2", 3, Impairment::Vision, 1),
        application("b2", "M2", 3, Impairment::Vision, 2),
        application("b3", "M2", 12, Impairment::Mental, 3),
        application("b4", "M2", 12, Impairment::Mental, 4),
        application("a1", "M1", 3, Impairment::Mental, 5),
        application("a2", "M1", 3, Impairment::Mental, 6),
    ];
    let selection = select(&applications, &two);
    assert_eq!(codes(&selection.chosen), ["a1", "a2", "b3", "b4"]);
    assert_eq!(codes(&selection.waiting), ["b1", "b2"]);
    let criteria: Vec<_> = selection.chosen.iter().chain(&selection.waiting).map(|p| p.criterion).collect();
    use Criterion::{AgeGroup as Age, Municipality};
    assert_eq!(criteria, [Municipality, Municipality, Age, Age, Age, Age]);
    let missed: Vec<_> = selection.not_met().collect();
    assert_eq!(missed.len(), 1);
    assert_eq!((missed[0].wanted, missed[0].got), (2, 0));
}

#[test]
fn a_rare_impairment_is_found_by_exchanging_ages_between_municipalities() {
    // The only child with impaired hearing shares its age group with the first place of M1; M2 must take the other age.
    let mut rare = parameters();
    rare.per_municipality = 1;
    rare.age_groups = vec![
        AgeGroupTarget { group: AgeGroup { from: 0, to: 8 }, target: 1 },
        AgeGroupTarget { group: AgeGroup { from: 9, to: 17 }, target: 1 },
    ];
    rare.impairments = vec![
        ImpairmentQuota { impairment: Impairment::Hearing, percent: 50 },
        ImpairmentQuota { impairment: Impairment::Mental, percent: 50 },
    ];
    let applications = [
        application("a1", "M1", 3, Impairment::Mental, 1),
        application("a2", "M1", 12, Impairment::Hearing, 9),
        application("b1", "M2", 12, Impairment::Mental, 2),
        application("b2", "M2", 3, Impairment::Mental, 3),
    ];
    let selection = select(&applications, &rare);
    assert_eq!(codes(&selection.chosen), ["a2", "b2"]);
    assert_eq!(selection.not_met().count(), 0);
}

#[test]
fn children_that_may_not_take_part_are_left_out_with_the_reason() {
    let mut strict = parameters();
    strict.closing = "2018-11-01T09:30:00".parse().ok();
    strict.pilot_end = "2019-12-31".parse().ok();
    strict.age_groups.remove(0);
    let mut unborn = application("e", "M", 5, Impairment::Mental, 0);
    unborn.birth_date = reference() + Days::new(1);
    let mut in_the_last_minute = application("f", "M", 5, Impairment::Mental, 30);
    in_the_last_minute.received_at += chrono::TimeDelta::seconds(30);
    let mut seventeen = application("c", "M", 17, Impairment::Mental, 0);
    seventeen.birth_date = "2001-06-01".parse().unwrap();
    let applications = [
        application("a", "M", 5, Impairment::Mental, 31),
        application("b", "M", 18, Impairment::Mental, 0),
        seventeen,
        application("d", "M", 1, Impairment::Mental, 0),
        unborn,
        in_the_last_minute,
    ];
    let selection = select(&applications, &strict);
    let reasons: Vec<_> = selection.excluded.iter().map(|e| (e.code.as_str(), e.reason.as_str())).collect();
    assert_eq!(
        reasons,
        [
            ("a", "received_after_closing"),
            ("b", "adult"),
            ("c", "adult_during_pilot"),
            ("d", "no_age_group"),
            ("e", "not_born")
        ]
    );
    assert_eq!(codes(&selection.chosen), ["f"]);
}

#[test]
fn unfilled_places_move_if_asked_first_to_regions_below_the_minimum() {
    let mut moving = parameters();
    moving.per_municipality = 3;
    moving.minimum_per_region = 4;
    let region = |name: &str, mut one: PilotApplication| {
        one.region = Some(name.to_owned());
        one
    };
    let mut applications = vec![region("R1", application("a0", "A", 5, Impairment::Mental, 0))];
    for number in 0..9 {
        applications.push(region("R1", application(&format!("b{number}"), "B", 5, Impairment::Mental, 1)));
        applications.push(region("R2", application(&format!("c{number}"), "C", 5, Impairment::Mental, 1)));
    }
    let per = |selection: &Selection, name: &str| got(selection, &SelectionGroup::Municipality(name.to_owned()));
    let stays = select(&applications, &moving);
    assert_eq!([per(&stays, "A"), per(&stays, "B"), per(&stays, "C")], [(3, 1), (3, 3), (3, 3)]);
    assert_eq!(got(&stays, &SelectionGroup::Region("R2".to_owned())), (4, 3));
    moving.move_unfilled_places = true;
    let moved = select(&applications, &moving);
    assert_eq!([per(&moved, "A"), per(&moved, "B"), per(&moved, "C")], [(3, 1), (3, 4), (3, 4)]);
    assert_eq!(got(&moved, &SelectionGroup::Region("R2".to_owned())), (4, 4));
}

#[test]
fn faults_of_the_input_come_all_at_once() {
    let mut wrong = parameters();
    wrong.age_groups.swap(0, 1);
    wrong.impairments.push(ImpairmentQuota { impairment: Impairment::Vision, percent: 1 });
    let mut moved = application("a", "M", 5, Impairment::Mental, 0);
    moved.region = Some("R".to_owned());
    let faults = select_participants(&[application("a", "M", 5, Impairment::Mental, 0), moved], &wrong).unwrap_err();
    let found: Vec<_> = faults.iter().map(|fault| format!("{} {}", fault.code(), fault.pointer())).collect();
    assert_eq!(
        found,
        [
            "duplicate_code /applications/1/code",
            "region_conflict /applications/1/region",
            "invalid_age_group /parameters/age_groups/1",
            "duplicate_impairment /parameters/impairments/5",
            "percent_out_of_range /parameters/impairments",
        ]
    );
    assert!(faults.iter().all(|fault| fault.message().key.starts_with("selection-")));
}

#[test]
fn the_place_of_a_leaver_goes_to_the_nearest_child() {
    let mut nobody = parameters();
    nobody.per_municipality = 0;
    let applications = [
        application("gone", "M", 5, Impairment::Mental, 0),
        application("kind", "M", 5, Impairment::Mental, 9),
        application("age", "M", 5, Impairment::Vision, 8),
        application("impairment", "M", 12, Impairment::Mental, 7),
        application("else", "M", 12, Impairment::Vision, 6),
        application("far", "N", 5, Impairment::Mental, 1),
    ];
    let mut waiting = select(&applications, &nobody).waiting_children();
    let leaver = waiting.remove(0);
    assert_eq!(leaver.code, "gone");
    let mut offers = Vec::new();
    while let Some(offer) = next_from_waiting_list(&leaver, &waiting) {
        waiting.retain(|child| child.code != offer.child.code);
        offers.push((offer.child.code.clone(), offer.explanation().key.into_owned()));
    }
    let offers: Vec<_> = offers.iter().map(|(code, key)| (code.as_str(), key.as_str())).collect();
    assert_eq!(
        offers,
        [
            ("kind", "selection-offer-same-group"),
            ("age", "selection-offer-same-age"),
            ("impairment", "selection-offer-same-impairment"),
            ("else", "selection-offer-same-municipality"),
            ("far", "selection-offer-other-municipality"),
        ]
    );
}

#[test]
fn ten_thousand_applications_are_no_burden() {
    for municipalities in [1, 10, 43, 3_000] {
        let applications: Vec<_> = (0..10_000_u64)
            .map(|n| {
                let impairment = Impairment::ALL[usize::try_from(n * 7 % 11).unwrap() % 6];
                let code = format!("{n:05}");
                application(
                    &code,
                    &(n % municipalities).to_string(),
                    n * 13 % 17,
                    impairment,
                    i64::try_from(n * 31 % 977).unwrap(),
                )
            })
            .collect();
        let selection = select(&applications, &parameters());
        let quota = (10_000 / municipalities).min(10);
        assert!(selection.chosen.len() >= usize::try_from(quota * municipalities).unwrap());
    }
}

fn applications() -> impl Strategy<Value = Vec<PilotApplication>> {
    let one = (0_u8..4, 0_u64..7_300, prop::sample::select(Impairment::ALL.to_vec()), any::<bool>(), 0_i64..50);
    prop::collection::vec(one, 0..120).prop_map(|rows| {
        rows.into_iter()
            .enumerate()
            .map(|(number, (municipality, days, impairment, home_schooled, minute))| PilotApplication {
                birth_date: reference() - Days::new(days),
                home_schooled,
                region: Some(format!("R{}", municipality / 2)),
                ..application(&format!("{number:03}"), &format!("M{municipality}"), 0, impairment, minute)
            })
            .collect()
    })
}

/// The best that any choice can do for the age groups, by trying the numbers of a flow: the sum over the groups of the
/// places that stay within their aims is at most this for every subset of the groups (max-flow min-cut).
fn most_within_age_aims(selection: &Selection, parameters: &SelectionParameters) -> u128 {
    let everyone: Vec<Candidate> = selection.chosen.iter().chain(&selection.waiting).map(|p| p.child.clone()).collect();
    let places = places::places(&everyone, parameters);
    let aims = places::age_aims(&everyone, places.values().sum(), parameters);
    let groups: Vec<AgeGroup> = aims.keys().copied().collect();
    (0_u32..1 << groups.len())
        .map(|cut| {
            let inside = |group: &AgeGroup| groups.iter().position(|g| g == group).is_some_and(|i| cut >> i & 1 == 1);
            let aimed: u128 = aims.iter().filter(|(group, _)| inside(group)).map(|(_, aim)| *aim).sum();
            let rest: u128 = places
                .iter()
                .map(|(name, quota)| {
                    let outside = everyone.iter().filter(|c| c.municipality == *name && !inside(&c.age_group)).count();
                    u128::try_from(outside).unwrap().min(*quota)
                })
                .sum();
            aimed + rest
        })
        .min()
        .unwrap()
}

proptest! {
    #[test]
    fn the_order_of_the_input_does_not_matter(applications in applications(), seed in any::<u64>()) {
        let mut shuffled = applications.clone();
        shuffled.sort_by_key(|a| a.code.bytes().fold(seed, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into())));
        prop_assert_eq!(select(&applications, &parameters()), select(&shuffled, &parameters()));
    }

    #[test]
    fn every_child_is_in_one_list_and_municipalities_come_first(
        applications in applications(), per_municipality in 0_u32..12,
    ) {
        let mut parameters = parameters();
        parameters.per_municipality = per_municipality;
        let selection = select(&applications, &parameters);
        prop_assert_eq!(
            selection.chosen.len() + selection.waiting.len() + selection.excluded.len(),
            applications.len()
        );
        for target in &selection.targets {
            if let SelectionGroup::Municipality(name) = &target.group {
                let everyone = selection.chosen.iter().chain(&selection.waiting);
                let applied = everyone.filter(|p| p.child.municipality == *name).count();
                prop_assert_eq!(target.got, per_municipality.min(u32::try_from(applied).unwrap()));
            }
        }
        for excluded in &selection.excluded {
            prop_assert_eq!(excluded.reason, ExclusionReason::Adult);
        }
    }

    #[test]
    fn no_other_choice_meets_the_age_targets_better(applications in applications(), per_municipality in 0_u32..12) {
        let mut parameters = parameters();
        parameters.per_municipality = per_municipality;
        let selection = select(&applications, &parameters);
        let everyone: Vec<Candidate> =
            selection.chosen.iter().chain(&selection.waiting).map(|p| p.child.clone()).collect();
        let all = places::places(&everyone, &parameters).values().sum();
        let within: u128 = places::age_aims(&everyone, all, &parameters)
            .into_iter()
            .map(|(group, aim)| {
                let got = selection.chosen.iter().filter(|p| p.child.age_group == group).count();
                aim.min(u128::try_from(got).unwrap())
            })
            .sum();
        prop_assert_eq!(within, most_within_age_aims(&selection, &parameters));
    }

    #[test]
    fn within_a_group_nobody_is_passed_over(applications in applications()) {
        let selection = select(&applications, &parameters());
        for waiting in &selection.waiting {
            for chosen in &selection.chosen {
                let same = waiting.child.municipality == chosen.child.municipality
                    && waiting.child.age_group == chosen.child.age_group
                    && waiting.child.impairment == chosen.child.impairment;
                prop_assert!(!same || chosen.child.tie_order() < waiting.child.tie_order());
            }
        }
    }
}
