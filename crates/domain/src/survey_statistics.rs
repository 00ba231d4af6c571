//! Statistics over surveys: the scores of each dimension at the start, at the end, and how they changed [domain 9].

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    measures::MeasuredTable,
    suppression::{Group, Table},
    surveys::{SurveyInstrument, SurveyMeasure, SurveyMoment, SurveyRespondent, SurveyScore},
};

/// A survey as it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    /// The case.
    pub case: Uuid,
    /// The person.
    pub person: Uuid,
    /// The group that it is counted in.
    pub group: Group,
    /// When.
    pub moment: SurveyMoment,
    /// Who answered.
    pub respondent: SurveyRespondent,
    /// Scores of dimensions.
    pub scores: Vec<SurveyScore>,
}

/// What is told of a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DimensionStatistics {
    /// Published name of the dimension.
    pub dimension: &'static str,
    /// What is measured.
    pub measure: SurveyMeasure,
    /// Its measures.
    pub told: MeasuredTable,
}

/// The statistics of each dimension of an instrument. A change is that of a case whose same respondent answered at both ends, in
/// the group of the end.
#[must_use]
pub fn statistics(instrument: SurveyInstrument, surveys: &[Scored], is_published: bool) -> Vec<DimensionStatistics> {
    let starts: BTreeMap<(Uuid, SurveyRespondent), &Scored> = surveys
        .iter()
        .filter(|survey| survey.moment == SurveyMoment::Start)
        .map(|survey| ((survey.case, survey.respondent), survey))
        .collect();
    let row = |dimension: &'static str, measure: SurveyMeasure| {
        let mut table = Table::new(is_published);
        for survey in surveys {
            let Some(score) = score(survey, dimension) else { continue };
            let before = || score_before(&starts, survey, dimension);
            let value = match (measure, survey.moment) {
                (SurveyMeasure::Start, SurveyMoment::Start) | (SurveyMeasure::End, SurveyMoment::End) => Some(score),
                (SurveyMeasure::Change, SurveyMoment::End) => before().and_then(|before| score.checked_sub(before)),
                _ => None,
            };
            if let Some(value) = value {
                table.add(survey.group.clone(), survey.person, value);
            }
        }
        DimensionStatistics { dimension, measure, told: MeasuredTable::from(&table) }
    };
    let dimensions = instrument.dimensions().iter();
    dimensions.flat_map(|name| SurveyMeasure::ALL.iter().map(|measure| row(name, *measure))).collect()
}

fn score(survey: &Scored, dimension: &str) -> Option<Decimal> {
    survey.scores.iter().find(|score| score.dimension == dimension).map(SurveyScore::score)
}

fn score_before(
    starts: &BTreeMap<(Uuid, SurveyRespondent), &Scored>,
    end: &Scored,
    dimension: &str,
) -> Option<Decimal> {
    starts.get(&(end.case, end.respondent)).and_then(|start| score(start, dimension))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(case: u128, moment: SurveyMoment, group: &str, thousandths: i64) -> Scored {
        Scored {
            case: Uuid::from_u128(case),
            person: Uuid::from_u128(case),
            group: Group::named(group),
            moment,
            respondent: SurveyRespondent::Adult,
            scores: vec![SurveyScore { dimension: "employed".to_owned(), thousandths }],
        }
    }

    /// The pilot's adults: 16 employed before, 29 after.
    #[test]
    fn employment_before_and_after_is_that_of_the_pilot() {
        let at = |moment, employed: u128| {
            (0..97).map(move |case| survey(case, moment, "all", if case < employed { 1_000 } else { 0 }))
        };
        let surveys: Vec<_> = at(SurveyMoment::Start, 16).chain(at(SurveyMoment::End, 29)).collect();
        let found = statistics(SurveyInstrument::Employment, &surveys, true);
        let sums: Vec<_> = found
            .iter()
            .map(|row| (row.measure.as_str(), row.told.together.as_ref().unwrap().measures.unwrap().sum.to_string()))
            .collect();
        assert_eq!(sums, [("start", "16".to_owned()), ("end", "29".to_owned()), ("change", "13".to_owned())]);
    }

    #[test]
    fn a_change_is_of_who_answered_at_both_ends_and_of_no_fewer_than_five() {
        let surveys: Vec<_> = (0..6)
            .map(|case| survey(case, SurveyMoment::Start, "a", 0))
            .chain((3..9).map(|case| survey(case, SurveyMoment::End, "a", 1_000)))
            .collect();
        for (is_published, n) in [(false, Some(3)), (true, None)] {
            let found = statistics(SurveyInstrument::Employment, &surveys, is_published);
            assert_eq!(found[2].told.together.as_ref().map(|told| told.people), n);
            assert_eq!(found[0].told.groups[0].people, 6);
        }
        let mut other = surveys[0].clone();
        (other.moment, other.respondent) = (SurveyMoment::End, SurveyRespondent::NetworkMember);
        let found = statistics(SurveyInstrument::Employment, &[surveys[0].clone(), other], false);
        assert_eq!(found[2].told.together.as_ref().unwrap().measures, None, "another answered at the end");
    }
}
