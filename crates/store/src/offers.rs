//! Offers of providers: found with the documents of the provider for the service in one query, searched from the lowest price,
//! and counted to statistics by the database.

use balsts_domain::{
    access::{MunicipalityCode, Scope},
    money::Money,
    offers::{DeliveryPlace, OfferedService, Place, Qualified, Terms, Validity},
    parameters::{municipalities::PlanningRegion, tariffs::PriceKind},
    prices::PriceStatistics,
};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set,
    Condition, ConnectionTrait, EntityTrait, FromQueryResult, Iterable, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, QueryTrait, Select, Statement,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Order, Query},
};

use crate::{
    Store, StoreError, WriteTransaction,
    applications::known,
    providers::{code, provider, serves},
    qualifications::{check, qualification},
};

pub(crate) mod offer {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "offer")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub provider_id: Uuid,
        pub service: String,
        pub place: String,
        pub address: Option<String>,
        pub municipality: Option<String>,
        pub price: i64,
        pub price_kind: String,
        pub free_market_price: Option<i64>,
        pub delegation_price: Option<i64>,
        pub valid_from: Date,
        pub valid_to: Option<Date>,
        pub version: i64,
        pub created_by: String,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An offer of a provider at one price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Identifier; another price has another one.
    pub id: Uuid,
    /// The provider.
    pub provider_id: Uuid,
    /// Its name, where it is a legal person: who a natural person is, a list does not tell.
    pub provider_name: Option<String>,
    /// What it offers, with the documents of the provider for the service.
    pub offered: OfferedService,
    /// Counts up with every change.
    pub version: i64,
}

/// Which offers a search finds.
#[derive(Debug, Clone)]
pub struct OfferFilter {
    /// Of this service.
    pub service: String,
    /// Valid on this day.
    pub on: NaiveDate,
    /// Of providers that serve this municipality.
    pub municipality: Option<MunicipalityCode>,
    /// At this price or a lower one.
    pub price_to: Option<Money>,
    /// At a place of this kind.
    pub place: Option<DeliveryPlace>,
    /// After the one with this price and identifier.
    pub after: Option<(Money, Uuid)>,
}

/// In what order offers are told.
#[derive(Debug, Clone, Copy)]
enum Ordered {
    ByPrice,
    ByAge,
}

fn cents(amount: Money) -> Result<i64, StoreError> {
    // No amount that was parsed is that large.
    amount.cents().ok_or(StoreError::Inconsistent { table: "offer", id: Uuid::nil() })
}

/// Whether an offer is valid on a day.
fn valid_on(day: NaiveDate) -> Condition {
    let valid_to = offer::Column::ValidTo;
    Condition::all()
        .add(offer::Column::ValidFrom.lte(day))
        .add(Condition::any().add(valid_to.is_null()).add(valid_to.gte(day)))
}

impl WriteTransaction {
    /// Stores a new offer.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_offer(&self, scope: &Scope, new: &Offer, at: DateTime<Utc>) -> Result<(), StoreError> {
        let OfferedService { service, place, terms, validity, qualifications: _ } = &new.offered;
        let row = offer::ActiveModel {
            id: Set(new.id),
            provider_id: Set(new.provider_id),
            service: Set(service.clone()),
            place: Set(place.kind.as_str().to_owned()),
            address: Set(place.address.clone()),
            municipality: Set(place.municipality.map(|code| code.to_string())),
            price: Set(cents(terms.price)?),
            price_kind: Set(terms.kind.as_str().to_owned()),
            free_market_price: Set(terms.free_market.map(cents).transpose()?),
            delegation_price: Set(terms.delegation.map(cents).transpose()?),
            valid_from: Set(validity.from),
            valid_to: Set(validity.to),
            version: Set(new.version),
            created_by: Set(scope.subject.clone()),
            created_at: Set(at),
            updated_at: Set(at),
        };
        offer::Entity::insert(row).exec_without_returning(&self.0).await.map_err(StoreError::failed)?;
        Ok(())
    }

    /// Stores the last day of an offer, under the next version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where another change came first.
    pub async fn end_offer(&self, ended: &mut Offer, last: NaiveDate, at: DateTime<Utc>) -> Result<(), StoreError> {
        let version = ended.version.saturating_add(1);
        let change = offer::ActiveModel {
            valid_to: Set(Some(last)),
            version: Set(version),
            updated_at: Set(at),
            ..Default::default()
        };
        let updated = offer::Entity::update_many()
            .set(change)
            .filter(offer::Column::Id.eq(ended.id))
            .filter(offer::Column::Version.eq(ended.version))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        if updated.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        (ended.version, ended.offered.validity.to) = (version, Some(last));
        Ok(())
    }

    /// Finds offers by their identifiers, in the order in which they were stored, in one query. What is not there is left out.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn find_offers(&self, ids: &[Uuid]) -> Result<Vec<Offer>, StoreError> {
        let query = offer::Entity::find().filter(offer::Column::Id.is_in(ids.iter().copied()));
        found(&self.0, query, Ordered::ByAge).await
    }

    /// Lists the offers of a provider, those of old as well, in the order in which they were stored.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_offers(&self, provider: Uuid) -> Result<Vec<Offer>, StoreError> {
        let query = offer::Entity::find().filter(offer::Column::ProviderId.eq(provider));
        found(&self.0, query, Ordered::ByAge).await
    }
}

impl Store {
    /// Lists the offers of a provider after one, those of old as well, in the order in which they were stored.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_offers(&self, provider: Uuid, after: Option<Uuid>, limit: u64) -> Result<Vec<Offer>, StoreError> {
        let mut query = offer::Entity::find()
            .filter(offer::Column::ProviderId.eq(provider))
            .order_by_asc(offer::Column::Id)
            .limit(limit);
        if let Some(after) = after {
            query = query.filter(offer::Column::Id.gt(after));
        }
        found(self.reader(), query, Ordered::ByAge).await
    }

    /// Lists offers by their identifiers, and every other of the same providers and services, in one query.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_offers_beside(&self, ids: &[Uuid]) -> Result<Vec<Offer>, StoreError> {
        let of = |column| {
            let chosen = offer::Entity::find().select_only().column(column);
            chosen.filter(offer::Column::Id.is_in(ids.iter().copied())).into_query()
        };
        let query = offer::Entity::find()
            .filter(offer::Column::ProviderId.in_subquery(of(offer::Column::ProviderId)))
            .filter(offer::Column::Service.in_subquery(of(offer::Column::Service)));
        found(self.reader(), query, Ordered::ByAge).await
    }

    /// Gets an offer.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn get_offer(&self, id: Uuid) -> Result<Option<Offer>, StoreError> {
        Ok(found(self.reader(), offer::Entity::find_by_id(id), Ordered::ByAge).await?.pop())
    }

    /// Searches offers, the cheapest first.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn search_offers(&self, filter: &OfferFilter, limit: u64) -> Result<Vec<Offer>, StoreError> {
        let mut query = offer::Entity::find()
            .filter(offer::Column::Service.eq(&filter.service))
            .filter(valid_on(filter.on))
            .order_by_asc(offer::Column::Price)
            .order_by_asc(offer::Column::Id)
            .limit(limit);
        if let Some(municipality) = filter.municipality {
            query = query.filter(serves(offer::Column::ProviderId, municipality));
        }
        if let Some(most) = filter.price_to {
            query = query.filter(offer::Column::Price.lte(cents(most)?));
        }
        if let Some(place) = filter.place {
            query = query.filter(offer::Column::Place.eq(place.as_str()));
        }
        if let Some((price, id)) = filter.after {
            let place = Expr::tuple([Expr::col(offer::Column::Price), Expr::col(offer::Column::Id)]);
            query = query.filter(place.gt(Expr::tuple([Expr::val(cents(price)?), Expr::val(id)])));
        }
        found(self.reader(), query, Ordered::ByPrice).await
    }

    /// What the market asks for a service on a day: in the whole country (no region), and in each planning region with an
    /// offer of a provider that serves a municipality of the region.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn price_statistics(
        &self,
        service: &str,
        on: NaiveDate,
    ) -> Result<Vec<(Option<PlanningRegion>, PriceStatistics)>, StoreError> {
        let values = [service.into(), on.into()];
        let statement = Statement::from_sql_and_values(self.backend(), PRICE_STATISTICS, values);
        let rows = self.reader().query_all_raw(statement).await.map_err(StoreError::failed)?;
        rows.iter().map(counted).collect()
    }
}

/// The prices of the market numbered from the lowest, in each region and in all; the one or two in the middle make the median.
const PRICE_STATISTICS: &str = "
    WITH market AS (
        SELECT id, provider_id, COALESCE(free_market_price, price) AS price FROM offer
        WHERE service = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)
            AND (free_market_price IS NOT NULL OR price_kind = 'market')
    ), priced AS (
        SELECT DISTINCT m.planning_region AS region, market.id, market.price FROM market
        JOIN provider_municipality s ON s.provider_id = market.provider_id
        JOIN municipality m ON m.code = s.municipality
        WHERE m.planning_region IS NOT NULL
        UNION ALL SELECT '', id, price FROM market
    ), numbered AS (
        SELECT region, price, ROW_NUMBER() OVER (PARTITION BY region ORDER BY price) AS number,
            COUNT(*) OVER (PARTITION BY region) AS n FROM priced
    )
    SELECT region, MAX(n) AS n, MIN(price) AS lowest, MAX(price) AS highest, CAST(SUM(price) AS BIGINT) AS sum,
        MAX(CASE WHEN number = (n + 1) / 2 THEN price END) AS below,
        MAX(CASE WHEN number = n / 2 + 1 THEN price END) AS above
    FROM numbered GROUP BY region ORDER BY region";

fn counted(row: &QueryResult) -> Result<(Option<PlanningRegion>, PriceStatistics), StoreError> {
    let inconsistent = StoreError::Inconsistent { table: "municipality", id: Uuid::nil() };
    let number = |column: &str| row.try_get::<i64>("", column).map_err(StoreError::failed);
    let amount = |column: &str| number(column).map(Money::from_cents);
    let region: String = row.try_get("", "region").map_err(StoreError::failed)?;
    let region = match region.as_str() {
        "" => None,
        name => match known(PlanningRegion::ALL, name, PlanningRegion::as_str) {
            Some(region) => Some(region),
            None => return Err(inconsistent),
        },
    };
    let count = u32::try_from(number("n")?).unwrap_or(u32::MAX);
    let statistics = PriceStatistics::new(
        count,
        (amount("lowest")?, amount("highest")?),
        (amount("below")?, amount("above")?),
        amount("sum")?,
    );
    statistics.map(|statistics| (region, statistics)).ok_or(inconsistent)
}

/// The offers of a query with the names of their providers, and the documents for the service with their checks: one
/// statement, a row for each check or document.
async fn found(
    connection: &impl ConnectionTrait,
    offers: Select<offer::Entity>,
    ordered: Ordered,
) -> Result<Vec<Offer>, StoreError> {
    let id = |column| (offer::Entity, column);
    let mut query = Query::select();
    query
        .columns(offer::Column::iter().map(id))
        .expr_as(Expr::col((provider::Entity, provider::Column::Name)), "provider_name")
        .expr_as(Expr::col((qualification::Entity, qualification::Column::Id)), "document")
        .expr_as(Expr::col((qualification::Entity, qualification::Column::ValidFrom)), "qualified_from")
        .expr_as(Expr::col((qualification::Entity, qualification::Column::ValidTo)), "qualified_to")
        .expr_as(Expr::col((check::Entity, check::Column::Municipality)), "checked_in")
        .expr_as(Expr::col((check::Entity, check::Column::Accepted)), "accepted")
        .from_subquery(offers.into_query(), offer::Entity)
        .inner_join(
            provider::Entity,
            Expr::col((provider::Entity, provider::Column::Id)).equals(id(offer::Column::ProviderId)),
        )
        .left_join(
            qualification::Entity,
            Expr::col((qualification::Entity, qualification::Column::ProviderId))
                .equals(id(offer::Column::ProviderId))
                .and(
                    Expr::col((qualification::Entity, qualification::Column::Service))
                        .equals(id(offer::Column::Service)),
                ),
        )
        .left_join(
            check::Entity,
            Expr::col((check::Entity, check::Column::QualificationId))
                .equals((qualification::Entity, qualification::Column::Id)),
        );
    if let Ordered::ByPrice = ordered {
        query.order_by(id(offer::Column::Price), Order::Asc);
    }
    query
        .order_by(id(offer::Column::Id), Order::Asc)
        .order_by((qualification::Entity, qualification::Column::Id), Order::Asc)
        .order_by((check::Entity, check::Column::Id), Order::Asc);

    let mut found: Vec<Offer> = Vec::new();
    let mut document = None;
    for row in connection.query_all(&query).await.map_err(StoreError::failed)? {
        let is_new = |id: Uuid, found: &[Offer]| found.last().is_none_or(|last| last.id != id);
        let offer = offer::Model::from_query_result(&row, "").map_err(StoreError::failed)?;
        if is_new(offer.id, &found) {
            let name = row.try_get("", "provider_name").map_err(StoreError::failed)?;
            found.push(opened(offer, name)?);
            document = None;
        }
        if let Some(last) = found.last_mut() {
            add_document(&row, &mut document, &mut last.offered.qualifications)?;
        }
    }
    Ok(found)
}

/// Adds the document of a row, if it is another one than before, and its check.
fn add_document(
    row: &QueryResult,
    before: &mut Option<Uuid>,
    documents: &mut Vec<Qualified>,
) -> Result<(), StoreError> {
    let document: Option<Uuid> = row.try_get("", "document").map_err(StoreError::failed)?;
    let Some(document) = document else { return Ok(()) };
    if *before != Some(document) {
        let from = row.try_get("", "qualified_from").map_err(StoreError::failed)?;
        let to = row.try_get("", "qualified_to").map_err(StoreError::failed)?;
        documents.push(Qualified { validity: Validity { from, to }, checks: Vec::new() });
        *before = Some(document);
    }
    let office: Option<String> = row.try_get("", "checked_in").map_err(StoreError::failed)?;
    let accepted: Option<bool> = row.try_get("", "accepted").map_err(StoreError::failed)?;
    if let (Some(office), Some(accepted), Some(last)) = (office, accepted, documents.last_mut()) {
        last.checks.push((code(&office, "qualification_check", document)?, accepted));
    }
    Ok(())
}

fn opened(row: offer::Model, provider_name: Option<String>) -> Result<Offer, StoreError> {
    let inconsistent = || StoreError::Inconsistent { table: "offer", id: row.id };
    let place = Place {
        kind: known(DeliveryPlace::ALL, &row.place, DeliveryPlace::as_str).ok_or_else(inconsistent)?,
        municipality: row.municipality.as_deref().map(|text| code(text, "offer", row.id)).transpose()?,
        address: row.address,
    };
    let terms = Terms {
        price: Money::from_cents(row.price),
        kind: known(PriceKind::ALL, &row.price_kind, PriceKind::as_str)
            .ok_or(StoreError::Inconsistent { table: "offer", id: row.id })?,
        free_market: row.free_market_price.map(Money::from_cents),
        delegation: row.delegation_price.map(Money::from_cents),
    };
    Ok(Offer {
        id: row.id,
        provider_id: row.provider_id,
        provider_name,
        offered: OfferedService {
            service: row.service,
            place,
            terms,
            validity: Validity { from: row.valid_from, to: row.valid_to },
            qualifications: Vec::new(),
        },
        version: row.version,
    })
}
