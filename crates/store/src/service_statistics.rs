//! What was delivered, added up by the database: by service group, and by a dimension.

use std::collections::BTreeMap;

use balsts_domain::{
    access::Scope,
    parameters::{Parameters, catalogue::ServiceGroup, municipalities::PlanningRegion},
    service_statistics::{Place, StatisticsDimension, Use},
};
use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value, prelude::Uuid};

use crate::{Reach, Store, StoreError, applications::known};

#[derive(FromQueryResult)]
struct Counted {
    told_of: Option<String>,
    service_group: Option<String>,
    cents: i64,
    times: i64,
    recipients: i64,
}

/// The deliveries of some days, each with its group and what it counts under; people that several municipalities know are one.
const DELIVERED: &str = "
    SELECT {of} AS told_of, {group} AS service_group, delivery.cents AS cents, budget.subject_index AS person
    FROM delivery JOIN budget ON budget.id = delivery.budget_id
    WHERE delivery.on_day >= $1 AND delivery.on_day <= $2 AND delivery.status IN ('recorded', 'confirmed')
        AND ($3 = '*' OR delivery.municipality_code = $3)";

const SUMS: &str = "CAST(SUM(cents) AS BIGINT) AS cents, CAST(COUNT(*) AS BIGINT) AS times,
    CAST(COUNT(DISTINCT person) AS BIGINT) AS recipients FROM delivered";

impl Store {
    /// Adds up what was delivered from a day to another: for each value of a dimension and each service group, for all of both.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn service_statistics(
        &self,
        scope: &Scope,
        parameters: &Parameters,
        dimension: StatisticsDimension,
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<BTreeMap<Place, Use>, StoreError> {
        let mut values: Vec<Value> = vec![from.into(), to.into()];
        values.push(if scope.is_national() { "*".into() } else { scope.municipality.as_str().into() });
        let group = group(parameters, &mut values);
        let of = match dimension {
            StatisticsDimension::Municipality => "delivery.municipality_code".to_owned(),
            StatisticsDimension::Region => region(parameters, &mut values),
            StatisticsDimension::Methodology => "budget.methodology".to_owned(),
            StatisticsDimension::Service => "delivery.service".to_owned(),
        };
        let delivered = DELIVERED.replace("{of}", &of).replace("{group}", &group);
        let sql = format!(
            "WITH delivered AS ({delivered})
             SELECT told_of, service_group, {SUMS} GROUP BY told_of, service_group
             UNION ALL SELECT told_of, NULL, {SUMS} GROUP BY told_of
             UNION ALL SELECT NULL, service_group, {SUMS} GROUP BY service_group
             UNION ALL SELECT NULL, NULL, {SUMS} HAVING COUNT(*) > 0"
        );
        let reach = if scope.is_national() { Reach::Country } else { Reach::from(scope) };
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let rows = self.read(reach).query_all_raw(statement).await.map_err(StoreError::failed)?;
        rows.iter().map(|row| counted(Counted::from_query_result(row, "").map_err(StoreError::failed)?)).collect()
    }
}

/// The group of a delivery's service.
fn group(parameters: &Parameters, values: &mut Vec<Value>) -> String {
    let services = |group: ServiceGroup| {
        let of_group = parameters.catalogue.services().filter(move |service| service.group == group);
        of_group.map(|service| service.code.clone())
    };
    let groups = ServiceGroup::ALL.iter().filter(|group| **group != ServiceGroup::Other);
    let cases = groups.map(|group| case("delivery.service", services(*group), group.as_str(), values));
    format!("CASE {} ELSE '{}' END", cases.collect::<String>(), ServiceGroup::Other)
}

/// The planning region of a delivery's municipality.
fn region(parameters: &Parameters, values: &mut Vec<Value>) -> String {
    let codes = |region: PlanningRegion| {
        let of_region = parameters.municipalities.all().filter(move |known| known.planning_region == region);
        of_region.map(|municipality| municipality.code.to_string())
    };
    let regions = PlanningRegion::ALL.iter();
    let cases = regions.map(|region| case("delivery.municipality_code", codes(*region), region.as_str(), values));
    format!("CASE {} ELSE delivery.municipality_code END", cases.collect::<String>())
}

/// The names of the result are the rules' own; what is compared is bound.
fn case(column: &str, of: impl Iterator<Item = String>, name: &str, values: &mut Vec<Value>) -> String {
    let numbered = of.map(|value| {
        values.push(value.into());
        format!("${}", values.len())
    });
    let numbered = numbered.collect::<Vec<_>>().join(", ");
    if numbered.is_empty() { String::new() } else { format!("WHEN {column} IN ({numbered}) THEN '{name}' ") }
}

fn counted(row: Counted) -> Result<(Place, Use), StoreError> {
    let broken = || StoreError::Inconsistent { table: "delivery", id: Uuid::nil() };
    let count = |number: i64| u32::try_from(number).map_err(|_| broken());
    let group = row.service_group.map(|name| known(ServiceGroup::ALL, &name, ServiceGroup::as_str).ok_or_else(broken));
    let told = Use { cents: row.cents, times: count(row.times)?, recipients: count(row.recipients)? };
    Ok(((row.told_of, group.transpose()?), told))
}
