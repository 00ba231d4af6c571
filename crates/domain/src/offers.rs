//! Offers of providers: a service at a place for a price, over a time. A price that changes is a new offer that follows the one
//! before: none is overwritten, so that what was ordered at a price can be told for good.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    access::MunicipalityCode,
    money::Money,
    parameters::{
        catalogue::names,
        tariffs::{Parties, PriceKind, Tariffs},
    },
    prices::{self, PriceBounds, PriceRefusal},
    text::{Message, Refusal},
};

names! {
    /// Where a service is given.
    DeliveryPlace {
        /// At the recipient's home.
        Home = "home",
        /// At the provider's.
        Institution = "institution",
        /// By telephone or over the internet.
        Remote = "remote",
    }
}

/// The place of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What kind of place it is.
    pub kind: DeliveryPlace,
    /// Its address, where it has one.
    pub address: Option<String>,
    /// The municipality that it lies in, where it lies in one.
    pub municipality: Option<MunicipalityCode>,
}

/// What a provider asks for a unit of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Price, EUR.
    pub price: Money,
    /// How it comes about.
    pub kind: PriceKind,
    /// What the provider asks in the free market or in its contracts with others, EUR.
    pub free_market: Option<Money>,
    /// The price of its delegation contract, EUR.
    pub delegation: Option<Money>,
}

impl Terms {
    /// What bounds the price of the provider on a day: the tariffs, its contract, what it asks from others. Of a delegated
    /// tariff and a contract the lower one counts.
    #[must_use]
    pub fn bounds(&self, tariffs: &Tariffs, service: &str, day: NaiveDate, parties: Parties) -> PriceBounds {
        let tariff = PriceBounds::of_tariffs(tariffs, service, day, parties);
        let delegated = tariff.delegated.into_iter().chain(self.delegation).min();
        PriceBounds { delegated, free_market: self.free_market, ..tariff }
    }

    /// Every bound of what may be paid for a unit on a day, the offered price included.
    #[must_use]
    pub fn offered_bounds(&self, tariffs: &Tariffs, service: &str, day: NaiveDate, parties: Parties) -> PriceBounds {
        PriceBounds { offered: Some(self.price), ..self.bounds(tariffs, service, day, parties) }
    }

    /// What the market asks: what others pay, or the price itself where nothing else sets it.
    #[must_use]
    pub fn market_price(&self) -> Option<Money> {
        self.free_market.or_else(|| (self.kind == PriceKind::Market).then_some(self.price))
    }
}

/// Days from the first to the last, both included; no last day while there is no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: Option<NaiveDate>,
}

impl Validity {
    /// Whether a day is among them.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    fn overlaps(self, other: Self) -> bool {
        self.to.is_none_or(|to| other.from <= to) && other.to.is_none_or(|to| self.from <= to)
    }
}

/// A document that shows that a provider may give a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qualified {
    /// When it is valid.
    pub validity: Validity,
    /// What offices found when they checked it, the latest last: the municipality, and whether it accepts the document.
    pub checks: Vec<(MunicipalityCode, bool)>,
}

impl Qualified {
    /// What an office found last.
    fn checked_by(&self, office: MunicipalityCode) -> Option<bool> {
        self.checks.iter().rev().find(|(code, _)| *code == office).map(|(_, accepted)| *accepted)
    }
}

/// What a provider offers: a service, at a place, for a price, over a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedService {
    /// Code of the service; its unit is what the price is for.
    pub service: String,
    /// Where.
    pub place: Place,
    /// For what price.
    pub terms: Terms,
    /// When.
    pub validity: Validity,
    /// The documents of the provider for the service.
    pub qualifications: Vec<Qualified>,
}

impl OfferedService {
    /// Every bound of what may be paid for a unit on a day, the offered price included.
    #[must_use]
    pub fn bounds(&self, tariffs: &Tariffs, day: NaiveDate, parties: Parties) -> PriceBounds {
        self.terms.offered_bounds(tariffs, &self.service, day, parties)
    }

    /// Whether the provider has a document for the service that is valid on a day, and that the office, where one asks, has
    /// not found wanting.
    #[must_use]
    pub fn is_qualified_on(&self, day: NaiveDate, office: Option<MunicipalityCode>) -> bool {
        let good = |document: &Qualified| {
            document.validity.contains(day) && office.and_then(|office| document.checked_by(office)) != Some(false)
        };
        self.qualifications.iter().any(good)
    }

    /// Whether an office has checked and accepted a document for the service that is valid on a day.
    #[must_use]
    pub fn is_accepted_on(&self, day: NaiveDate, office: MunicipalityCode) -> bool {
        let accepted =
            |document: &Qualified| document.validity.contains(day) && document.checked_by(office) == Some(true);
        self.qualifications.iter().any(accepted)
    }
}

/// Why an offer is not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferRefusal {
    /// The price breaks a bound.
    Price(PriceRefusal),
    /// The last day lies before the first.
    EndsBeforeItBegins {
        /// The first day.
        from: NaiveDate,
    },
    /// The last day lies after the one that the offer has.
    LaterThanItsEnd {
        /// The last day that it has.
        to: NaiveDate,
    },
    /// The same service is offered at the same place in that time already.
    Overlaps,
    /// There is no such municipality.
    UnknownMunicipality,
    /// A place where the recipient must come has no address.
    NoAddress,
}

impl Refusal for OfferRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Price(refusal) => refusal.code(),
            Self::EndsBeforeItBegins { .. } | Self::LaterThanItsEnd { .. } => "date_out_of_range",
            Self::Overlaps => "offer_overlaps",
            Self::UnknownMunicipality => "unknown_municipality",
            Self::NoAddress => "address_required",
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Price(_) => "/price",
            Self::EndsBeforeItBegins { .. } | Self::LaterThanItsEnd { .. } => "/valid_to",
            Self::Overlaps => "/valid_from",
            Self::UnknownMunicipality => "/place/municipality",
            Self::NoAddress => "/place/address",
        }
        .to_owned()
    }

    fn message(&self) -> Message {
        match self {
            Self::Price(refusal) => refusal.message(),
            Self::EndsBeforeItBegins { from } => Message::new("day-too-early").with("date", from),
            Self::LaterThanItsEnd { to } => Message::new("offer-ends-earlier").with("date", to),
            Self::Overlaps => Message::new("offer-overlaps"),
            Self::UnknownMunicipality => Message::new("provider-unknown-municipality"),
            Self::NoAddress => Message::new("offer-no-address"),
        }
    }
}

/// Checks a new offer of a provider by itself, with the tariffs of its first day. **Decision**: where the place lies in a
/// municipality, that one's tariffs bind the offer; one that is given anywhere is bound by the tariffs of the municipality that
/// pays, when a plan names it.
#[must_use]
pub fn check(new: &OfferedService, tariffs: &Tariffs, provider: Uuid) -> Vec<OfferRefusal> {
    let parties = Parties { municipality: new.place.municipality, provider: Some(provider) };
    let bounds = new.terms.bounds(tariffs, &new.service, new.validity.from, parties);
    let prices = prices::check(new.terms.price, bounds).into_iter().map(OfferRefusal::Price);
    let ends_early = new.validity.to.is_some_and(|to| to < new.validity.from);
    let no_address = new.place.kind == DeliveryPlace::Institution && new.place.address.is_none();
    prices
        .chain(ends_early.then_some(OfferRefusal::EndsBeforeItBegins { from: new.validity.from }))
        .chain(no_address.then_some(OfferRefusal::NoAddress))
        .collect()
}

/// Which of the offers of a provider a new one follows, with its new last day: the one of the same service at the same place
/// that began before and has no end.
///
/// # Errors
/// [`OfferRefusal::Overlaps`]: another is in that time already.
pub fn followed<'a, Id>(
    new: &OfferedService,
    known: impl IntoIterator<Item = (Id, &'a OfferedService)>,
) -> Result<Option<(Id, NaiveDate)>, OfferRefusal> {
    let same = |other: &OfferedService| other.service == new.service && other.place == new.place;
    let meets = |other: &OfferedService| same(other) && other.validity.overlaps(new.validity);
    let mut followed = None;
    for (id, other) in known.into_iter().filter(|(_, other)| meets(other)) {
        let begins_before = other.validity.from < new.validity.from && other.validity.to.is_none();
        match new.validity.from.pred_opt().filter(|_| begins_before && followed.is_none()) {
            Some(last) => followed = Some((id, last)),
            None => return Err(OfferRefusal::Overlaps),
        }
    }
    Ok(followed)
}

/// Checks a new last day of an offer: not before its first, and not after the last day that it has.
///
/// # Errors
/// [`OfferRefusal::EndsBeforeItBegins`] or [`OfferRefusal::LaterThanItsEnd`].
pub fn check_end(offer: &OfferedService, last: NaiveDate) -> Result<(), OfferRefusal> {
    let Validity { from, to } = offer.validity;
    if last < from {
        return Err(OfferRefusal::EndsBeforeItBegins { from });
    }
    match to {
        Some(to) if to < last => Err(OfferRefusal::LaterThanItsEnd { to }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Parameters;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn offer(from: &str, to: Option<&str>) -> OfferedService {
        OfferedService {
            service: "assistant".to_owned(),
            place: Place { kind: DeliveryPlace::Home, address: None, municipality: None },
            terms: Terms {
                price: Money::from_cents(500),
                kind: PriceKind::Market,
                free_market: None,
                delegation: None,
            },
            validity: Validity { from: day(from), to: to.map(day) },
            qualifications: Vec::new(),
        }
    }

    #[test]
    fn a_new_price_follows_the_one_without_an_end() {
        for (known, new, expected) in [
            (vec![], ("2023-03-01", None), Ok(None)),
            (vec![("2023-01-01", None)], ("2023-03-01", None), Ok(Some("2023-02-28"))),
            (vec![("2023-01-01", None)], ("2023-03-01", Some("2023-04-01")), Ok(Some("2023-02-28"))),
            (vec![("2023-01-01", Some("2023-02-28"))], ("2023-03-01", None), Ok(None)),
            (vec![("2023-01-01", Some("2023-03-01"))], ("2023-03-01", None), Err(OfferRefusal::Overlaps)),
            (vec![("2023-03-01", None)], ("2023-03-01", None), Err(OfferRefusal::Overlaps)),
            (vec![("2023-04-01", None)], ("2023-03-01", None), Err(OfferRefusal::Overlaps)),
            (vec![("2023-04-01", None)], ("2023-03-01", Some("2023-03-31")), Ok(None)),
        ] {
            let known: Vec<OfferedService> = known.into_iter().map(|(from, to)| offer(from, to)).collect();
            let new = offer(new.0, new.1);
            let told =
                followed(&new, known.iter().map(|known| (1, known))).map(|followed| followed.map(|(_, last)| last));
            assert_eq!(told, expected.map(|last| last.map(day)), "{new:?}");
        }
        let mut elsewhere = offer("2023-03-01", None);
        elsewhere.place.kind = DeliveryPlace::Remote;
        assert_eq!(followed(&elsewhere, [(1, &offer("2023-01-01", None))]), Ok(None));
    }

    #[test]
    fn the_price_of_an_offer_keeps_every_bound() {
        let tariffs = Parameters::embedded().unwrap().tariffs;
        let mut new = offer("2023-03-01", Some("2023-02-28"));
        new.terms.price = Money::from_cents(503);
        new.terms.free_market = Some(Money::from_cents(502));
        new.terms.delegation = Some(Money::from_cents(501));
        new.place.kind = DeliveryPlace::Institution;
        let codes: Vec<&str> = check(&new, &tariffs, Uuid::nil()).iter().map(Refusal::code).collect();
        let expected = [
            "above_regulated_price",
            "above_delegated_price",
            "above_free_market_price",
            "date_out_of_range",
            "address_required",
        ];
        assert_eq!(codes, expected);
        assert_eq!(check(&offer("2023-03-01", None), &tariffs, Uuid::nil()), []);
        // Of the tariff, 16.14, and the contract the lower one.
        new.service = "vision_skills".to_owned();
        assert_eq!(new.bounds(&tariffs, day("2023-03-01"), Parties::UNKNOWN).delegated, Some(Money::from_cents(501)));
        new.terms.delegation = Some(Money::from_cents(2000));
        assert_eq!(new.bounds(&tariffs, day("2023-03-01"), Parties::UNKNOWN).delegated, Some(Money::from_cents(1614)));
    }

    #[test]
    fn an_offer_ends_on_a_day_of_its_own() {
        let open = offer("2023-03-01", None);
        assert_eq!(check_end(&open, day("2023-03-01")), Ok(()));
        assert_eq!(
            check_end(&open, day("2023-02-28")),
            Err(OfferRefusal::EndsBeforeItBegins { from: day("2023-03-01") })
        );
        let ended = offer("2023-03-01", Some("2023-03-31"));
        assert_eq!(check_end(&ended, day("2023-03-30")), Ok(()));
        assert_eq!(check_end(&ended, day("2023-04-01")), Err(OfferRefusal::LaterThanItsEnd { to: day("2023-03-31") }));
    }

    #[test]
    fn a_document_qualifies_while_it_is_valid_and_the_office_has_not_refused_it() {
        let [here, there]: [MunicipalityCode; 2] = ["0001000", "0002000"].map(|code| code.parse().unwrap());
        let mut offer = offer("2023-03-01", None);
        assert!(!offer.is_qualified_on(day("2023-03-01"), None));
        let validity = Validity { from: day("2023-03-01"), to: Some(day("2023-03-31")) };
        offer.qualifications = vec![Qualified { validity, checks: vec![(here, true), (there, true), (here, false)] }];
        for (on, office, qualified, accepted) in [
            ("2023-03-31", Some(there), true, true),
            ("2023-03-31", Some(here), false, false),
            ("2023-03-31", None, true, false),
            ("2023-04-01", Some(there), false, false),
        ] {
            assert_eq!(offer.is_qualified_on(day(on), office), qualified, "{on} {office:?}");
            assert_eq!(office.is_some_and(|office| offer.is_accepted_on(day(on), office)), accepted, "{on} {office:?}");
        }
    }
}
