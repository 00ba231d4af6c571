//! What an application tells beside the criteria: of the child or adult, the parent, and technical aids [domain 1,
//! Application; S0 §2.2]. It decides nothing.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    day::{self, DayRefusal},
    parameters::catalogue::{MethodologyId, names},
    surveys::Sex,
    text::{Message, Refusal},
};

names! {
    /// What family a child grows up in, by what the parent is to the child.
    ParentFamily {
        /// With the parent who has it by birth or adoption.
        Biological = "biological",
        /// With a guardian (aizbildnis).
        Guardian = "guardian",
        /// In a foster family (audžuģimene).
        Foster = "foster",
    }
}

names! {
    /// How far a technical aid (tehniskais palīglīdzeklis) has come.
    AidStatus {
        /// It is needed and not received yet.
        Needed = "needed",
        /// It was received.
        Received = "received",
    }
}

/// A technical aid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TechnicalAid {
    /// What it is, such as a wheelchair.
    pub name: String,
    /// Whether it is needed or was received.
    pub status: AidStatus,
    /// From where, where that is known.
    pub from_where: Option<String>,
}

/// The parent of a child, or who is in the parent's place. What is not known is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParentCircumstances {
    /// Birth date.
    pub birth_date: Option<NaiveDate>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Type of family.
    pub family_type: Option<ParentFamily>,
    /// Whether the parent has a disability.
    pub disability: Option<bool>,
    /// Whether both parents live with the child.
    pub complete_family: Option<bool>,
    /// How many children the family has, the child among them.
    pub children: Option<u32>,
    /// How many of them have a disability.
    pub disabled_children: Option<u32>,
    /// Whether the parent is employed.
    pub employed: Option<bool>,
}

/// What an application tells beside the criteria. What is not known is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// Sex of the child or adult.
    pub sex: Option<Sex>,
    /// Whether the child is taught at home.
    pub home_schooled: Option<bool>,
    /// The parent of a child.
    pub parent: Option<ParentCircumstances>,
    /// Technical aids that are needed or were received.
    pub technical_aids: Vec<TechnicalAid>,
}

/// Why circumstances cannot be told so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CircumstancesRefusal {
    /// It is of children only, and the application is for an adult.
    OfChildren {
        /// Name of the member.
        member: &'static str,
    },
    /// More children have a disability than there are.
    MoreDisabledThanChildren {
        /// How many children there are.
        children: u32,
    },
    /// The parent's birth date does not fit.
    Day(DayRefusal),
}

impl Refusal for CircumstancesRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::OfChildren { .. } => "not_for_adults",
            Self::MoreDisabledThanChildren { .. } => "more_disabled_than_children",
            Self::Day(refusal) => refusal.code(),
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::OfChildren { member } => format!("/{member}"),
            Self::MoreDisabledThanChildren { .. } => "/parent/disabled_children".to_owned(),
            Self::Day(refusal) => refusal.pointer(),
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::OfChildren { .. } => Message::new("circumstances-of-children"),
            Self::MoreDisabledThanChildren { children } => {
                Message::new("circumstances-disabled-children").with("limit", children)
            }
            Self::Day(refusal) => refusal.message(),
        }
    }
}

impl Circumstances {
    /// Checks that they are those of an application of that methodology, told on that day.
    ///
    /// # Errors
    /// Every [`CircumstancesRefusal`], with pointers from the circumstances.
    pub fn check(&self, methodology: MethodologyId, today: NaiveDate) -> Result<(), Vec<CircumstancesRefusal>> {
        let mut refusals = Vec::new();
        if methodology == MethodologyId::Adults2023 {
            let given = [("home_schooled", self.home_schooled.is_some()), ("parent", self.parent.is_some())];
            let given = given.into_iter().filter(|(_, given)| *given);
            refusals.extend(given.map(|(member, _)| CircumstancesRefusal::OfChildren { member }));
        }
        if let Some(parent) = &self.parent {
            let born = parent.birth_date.and_then(|day| day::check("/parent/birth_date", NaiveDate::MIN, today, day));
            refusals.extend(born.map(CircumstancesRefusal::Day));
            if let (Some(children), Some(disabled)) = (parent.children, parent.disabled_children)
                && disabled > children
            {
                refusals.push(CircumstancesRefusal::MoreDisabledThanChildren { children });
            }
        }
        if refusals.is_empty() { Ok(()) } else { Err(refusals) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn of_parent(parent: ParentCircumstances) -> Circumstances {
        Circumstances { parent: Some(parent), ..Circumstances::default() }
    }

    fn told(circumstances: &Circumstances, methodology: MethodologyId) -> Vec<String> {
        let refusals = circumstances.check(methodology, day("2023-03-01")).err().unwrap_or_default();
        refusals.iter().map(|refusal| format!("{} {}", refusal.code(), refusal.pointer())).collect()
    }

    #[test]
    fn an_adult_has_no_parent_and_is_not_schooled() {
        let all = Circumstances {
            sex: Some(Sex::Female),
            home_schooled: Some(false),
            parent: Some(ParentCircumstances::default()),
            technical_aids: Vec::new(),
        };
        for methodology in [MethodologyId::Children2023, MethodologyId::ChildrenPilot2018] {
            assert!(told(&all, methodology).is_empty());
        }
        assert_eq!(told(&all, MethodologyId::Adults2023), ["not_for_adults /home_schooled", "not_for_adults /parent"]);
        let adult = Circumstances { home_schooled: None, parent: None, ..all };
        assert!(told(&adult, MethodologyId::Adults2023).is_empty());
    }

    #[test]
    fn no_more_children_have_a_disability_than_there_are() {
        for (children, disabled, fits) in [
            (Some(2), Some(2), true),
            (Some(2), Some(3), false),
            (Some(2), None, true),
            (None, Some(3), true),
            (Some(0), Some(0), true),
        ] {
            let parent = ParentCircumstances { children, disabled_children: disabled, ..Default::default() };
            let expected: &[&str] = if fits { &[] } else { &["more_disabled_than_children /parent/disabled_children"] };
            assert_eq!(told(&of_parent(parent), MethodologyId::Children2023), expected);
        }
    }

    #[test]
    fn nobody_s_parent_is_born_later() {
        let born = |text| of_parent(ParentCircumstances { birth_date: Some(day(text)), ..Default::default() });
        assert!(told(&born("1985-05-05"), MethodologyId::Children2023).is_empty());
        let late = told(&born("2023-03-02"), MethodologyId::Children2023);
        assert_eq!(late, ["date_out_of_range /parent/birth_date"]);
    }
}
