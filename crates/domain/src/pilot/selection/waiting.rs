//! Who is offered the place of a participant that leaves.

use super::Candidate;
use crate::text::Message;

/// The child on the waiting list that is offered a place, and what it shares with the one that leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The child.
    pub child: Candidate,
    /// Whether it is of the same municipality.
    pub same_municipality: bool,
    /// Whether it is of the same age group.
    pub same_age_group: bool,
    /// Whether it has the same impairment.
    pub same_impairment: bool,
}

impl Offer {
    /// The sentence that explains why this child is next.
    #[must_use]
    pub fn explanation(&self) -> Message {
        let key = match (self.same_municipality, self.same_age_group, self.same_impairment) {
            (false, _, _) => "selection-offer-other-municipality",
            (true, true, true) => "selection-offer-same-group",
            (true, true, false) => "selection-offer-same-age",
            (true, false, true) => "selection-offer-same-impairment",
            (true, false, false) => "selection-offer-same-municipality",
        };
        Message::new(key).with("municipality", &self.child.municipality)
    }
}

/// The next suitable child of the waiting list. **Decision**: same municipality, then same age group, then same
/// impairment, then the tie order. A child of another municipality only where the leaver's own has none waiting ("if a
/// municipality has fewer than 10, the place may go to another with applicants").
#[must_use]
pub fn next_from_waiting_list(leaver: &Candidate, waiting: &[Candidate]) -> Option<Offer> {
    let offer = |child: &Candidate| {
        (
            child.municipality == leaver.municipality,
            child.age_group == leaver.age_group,
            child.impairment == leaver.impairment,
        )
    };
    let differs = |child: &Candidate| {
        let (municipality, age_group, impairment) = offer(child);
        (!municipality, !age_group, !impairment)
    };
    let child = waiting.iter().min_by(|a, b| (differs(a), a.tie_order()).cmp(&(differs(b), b.tie_order())))?;
    let (same_municipality, same_age_group, same_impairment) = offer(child);
    Some(Offer { child: child.clone(), same_municipality, same_age_group, same_impairment })
}
