//! What was received, added up by the database: by service group, and by a dimension; or by case, where the case tells the
//! dimension in what is sealed.

use std::collections::BTreeMap;

use balsts_domain::{
    access::Scope,
    eligibility::EligibilityFacts,
    parameters::{
        Parameters,
        catalogue::{MethodologyId, ServiceGroup},
        municipalities::PlanningRegion,
    },
    service_statistics::{Place, Slice, StatisticsDimension, UNKNOWN, Use, areas, listed_alike},
    surveys::Characteristics,
};
use chrono::NaiveDate;
use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Statement, Value,
    entity::prelude::*,
};

use crate::{
    Store, StoreError,
    applications::{application, application_place, known},
    goal_results::reach,
    received::received,
    surveys::{place as survey_place, survey},
    vault::ERASED,
};

#[derive(FromQueryResult)]
struct Counted {
    whole: Option<String>,
    part: Option<String>,
    service_group: Option<String>,
    cents: i64,
    times: i64,
    recipients: i64,
}

/// What a case received of a service group.
#[derive(FromQueryResult)]
struct Served {
    case_id: Uuid,
    person: Vec<u8>,
    service_group: String,
    cents: i64,
    times: i64,
}

/// What people received on some days, by group and what it counts under, less what was taken back; people that several municipalities
/// know are one, and who received nothing after all is none.
const DELIVERED: &str = "
    SELECT {whole} AS whole, {part} AS part, {group} AS service_group, SUM(delivery.cents) AS cents,
        SUM(delivery.times) AS times, budget.subject_index AS person
    FROM ({received}) delivery JOIN budget ON budget.id = delivery.budget_id
    LEFT JOIN service_order ON service_order.id = delivery.order_id
    LEFT JOIN offer ON offer.id = service_order.offer_id
    GROUP BY 1, 2, 3, 6 HAVING SUM(delivery.times) > 0 OR SUM(delivery.cents) <> 0";

const SUMS: &str = "CAST(SUM(cents) AS BIGINT) AS cents, CAST(SUM(times) AS BIGINT) AS times,
    CAST(COUNT(DISTINCT person) AS BIGINT) AS recipients FROM delivered";

/// What the next cases received under all their budgets; a case that received nothing is there with none.
const SERVED: &str = "
    WITH page AS (
        SELECT id, application_id, subject_index FROM budget WHERE application_id IN (
            SELECT DISTINCT application_id FROM budget
            WHERE {seen} AND application_id > $4 ORDER BY application_id LIMIT $5))
    SELECT page.application_id AS case_id, page.subject_index AS person, {group} AS service_group,
        CAST(COALESCE(SUM(delivery.cents), 0) AS BIGINT) AS cents,
        CAST(COALESCE(SUM(delivery.times), 0) AS BIGINT) AS times
    FROM page LEFT JOIN ({received}) delivery ON delivery.budget_id = page.id
    GROUP BY 1, 2, 3 ORDER BY 1";

/// What a case received, with what it is known by.
#[derive(Debug, Clone)]
pub struct ServedCase {
    /// The case: its application.
    pub case: Uuid,
    /// The person, under a keyed hash.
    pub person: Vec<u8>,
    /// What was received of each service group: cents, and times.
    pub received: Vec<(ServiceGroup, i64, u32)>,
}

/// A sealed value of a case.
#[derive(Debug, Clone, FromQueryResult)]
struct SealedOfCase {
    id: Uuid,
    case_id: Uuid,
    sealed: Vec<u8>,
}

/// What cases tell of their persons, sealed.
#[derive(Debug, Clone, Default)]
pub struct SealedCharacteristics {
    evidence: Vec<SealedOfCase>,
    surveys: Vec<SealedOfCase>,
}

/// That a row of a table is of the municipality of the scope, or of any: told plainly, so that an index of municipalities serves.
fn seen(scope: &Scope, table: &str) -> String {
    if scope.is_national() {
        format!("$3 = '{}'", scope.municipality)
    } else {
        format!("{table}.municipality_code = $3")
    }
}

impl Store {
    /// Adds up what was received from a day to another: for each value of a dimension that a row of it tells, the whole that
    /// this is a part of, and each service group, and for all of these.
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
        let mut values: Vec<Value> = vec![from.into(), to.into(), scope.municipality.as_str().into()];
        let group = group(parameters, &mut values);
        let (whole, part) = slices(dimension, parameters, &mut values);
        let has_parts = part.is_some();
        let part = part.unwrap_or_else(|| "NULL".to_owned());
        let delivered = DELIVERED.replace("{whole}", &whole).replace("{part}", &part).replace("{group}", &group);
        let delivered = delivered.replace("{received}", &received("$1", "$2", &seen(scope, "received")));
        let mut slices = vec![("NULL", "NULL", ""), ("whole", "NULL", "whole, ")];
        if has_parts {
            slices.push(("whole", "part", "whole, part, "));
        }
        let sums = slices.iter().flat_map(|(whole, part, by)| {
            let by_group = format!("GROUP BY {by}service_group");
            let by_slice = match by.strip_suffix(", ") {
                Some(by) => format!("GROUP BY {by}"),
                None => "HAVING COUNT(*) > 0".to_owned(),
            };
            [("service_group", by_group), ("NULL", by_slice)].map(|(group, grouped)| {
                let as_text = |name: &str| format!("CAST({name} AS TEXT)");
                let (whole, part, group) = (as_text(whole), as_text(part), as_text(group));
                format!("SELECT {whole} AS whole, {part} AS part, {group} AS service_group, {SUMS} {grouped}")
            })
        });
        let sql = format!("WITH delivered AS ({delivered}) {}", sums.collect::<Vec<_>>().join(" UNION ALL "));
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let rows = self.read(reach(scope)).query_all_raw(statement).await.map_err(StoreError::failed)?;
        rows.iter().map(|row| counted(Counted::from_query_result(row, "").map_err(StoreError::failed)?)).collect()
    }

    /// Lists what cases received from a day to another, in the order of their identifiers after one; those that received nothing
    /// too.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or what the database says.
    pub async fn list_served_cases(
        &self,
        scope: &Scope,
        parameters: &Parameters,
        (from, to): (NaiveDate, NaiveDate),
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<ServedCase>, StoreError> {
        let after = after.unwrap_or_default();
        let mut values: Vec<Value> =
            vec![from.into(), to.into(), scope.municipality.as_str().into(), after.into(), i64::from(limit).into()];
        let sql = SERVED.replace("{group}", &group(parameters, &mut values)).replace("{seen}", &seen(scope, "budget"));
        let of_page = format!("received.budget_id IN (SELECT id FROM page) AND {}", seen(scope, "received"));
        let sql = sql.replace("{received}", &received("$1", "$2", &of_page));
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let rows = self.read(reach(scope)).query_all_raw(statement).await.map_err(StoreError::failed)?;
        let mut cases: Vec<ServedCase> = Vec::new();
        for row in &rows {
            let row = Served::from_query_result(row, "").map_err(StoreError::failed)?;
            if cases.last().is_none_or(|last| last.case != row.case_id) {
                cases.push(ServedCase { case: row.case_id, person: row.person, received: Vec::new() });
            }
            let broken = || StoreError::Inconsistent { table: "delivery", id: row.case_id };
            let group = known(ServiceGroup::ALL, &row.service_group, ServiceGroup::as_str).ok_or_else(broken)?;
            let times = u32::try_from(row.times).map_err(|_| broken())?;
            if let Some(case) = cases.last_mut().filter(|_| times > 0 || row.cents != 0) {
                case.received.push((group, row.cents, times));
            }
        }
        Ok(cases)
    }

    /// What is known for the criteria of cases, sealed, in one query.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_evidence_of(&self, scope: &Scope, cases: &[Uuid]) -> Result<SealedCharacteristics, StoreError> {
        use application::Column;
        let mut query = application::Entity::find()
            .select_only()
            .column(Column::Id)
            .column_as(Column::Id, "case_id")
            .column_as(Column::Evidence, "sealed")
            .filter(Column::Id.is_in(cases.iter().copied()));
        if !scope.is_national() {
            query = query.filter(Column::MunicipalityCode.eq(scope.municipality.as_str()));
        }
        let evidence = query.into_model().all(&self.read(reach(scope))).await.map_err(StoreError::failed)?;
        Ok(SealedCharacteristics { evidence, surveys: Vec::new() })
    }

    /// The surveys of cases, sealed, in one query, the latest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_surveys_of(&self, scope: &Scope, cases: &[Uuid]) -> Result<SealedCharacteristics, StoreError> {
        use survey::Column;
        let mut query = survey::Entity::find()
            .select_only()
            .column(Column::Id)
            .column_as(Column::ApplicationId, "case_id")
            .column_as(Column::Content, "sealed")
            .filter(Column::ApplicationId.is_in(cases.iter().copied()))
            .order_by_desc(Column::TakenOn)
            .order_by_desc(Column::Id);
        if !scope.is_national() {
            query = query.filter(Column::MunicipalityCode.eq(scope.municipality.as_str()));
        }
        let surveys = query.into_model().all(&self.read(reach(scope))).await.map_err(StoreError::failed)?;
        Ok(SealedCharacteristics { evidence: Vec::new(), surveys })
    }

    /// Opens what cases tell of their persons: the evidence, and the characteristics of the surveys, the latest first. What was
    /// erased is not there.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`], or the keys do not fit.
    pub fn open_characteristics(
        &self,
        sealed: &SealedCharacteristics,
    ) -> Result<BTreeMap<Uuid, (EligibilityFacts, Vec<Characteristics>)>, StoreError> {
        let vault = self.vault()?;
        let mut opened: BTreeMap<Uuid, (EligibilityFacts, Vec<Characteristics>)> = BTreeMap::new();
        for row in sealed.evidence.iter().filter(|row| row.sealed != ERASED) {
            let evidence = vault.open_json(application_place("evidence", row.id), &row.sealed)?;
            opened.entry(row.case_id).or_default().0 = evidence;
        }
        for row in sealed.surveys.iter().filter(|row| row.sealed != ERASED) {
            let content: balsts_domain::surveys::SurveyContent = vault.open_json(survey_place(row.id), &row.sealed)?;
            opened.entry(row.case_id).or_default().1.push(content.characteristics);
        }
        Ok(opened)
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

/// The whole that a delivery counts under, and the part of it, where the dimension has parts or is of them.
fn slices(
    dimension: StatisticsDimension,
    parameters: &Parameters,
    values: &mut Vec<Value>,
) -> (String, Option<String>) {
    match dimension {
        StatisticsDimension::Municipality | StatisticsDimension::Region => {
            (region(parameters, values), Some("delivery.municipality_code".to_owned()))
        }
        StatisticsDimension::Methodology | StatisticsDimension::Area => {
            ("budget.methodology".to_owned(), Some(area(parameters, values)))
        }
        StatisticsDimension::Service => (alike(parameters, values), Some("delivery.service".to_owned())),
        StatisticsDimension::Place => (format!("COALESCE(offer.place, '{UNKNOWN}')"), None),
        StatisticsDimension::Sex
        | StatisticsDimension::AgeGroup
        | StatisticsDimension::Impairment
        | StatisticsDimension::FamilyType
        | StatisticsDimension::Employment => (format!("'{UNKNOWN}'"), None),
    }
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

/// The area of support of a delivery's service in the methodology of its budget.
fn area(parameters: &Parameters, values: &mut Vec<Value>) -> String {
    let of_methodology = |methodology: &MethodologyId| {
        let areas = areas(parameters, *methodology).into_iter();
        let cases = areas.map(|(area, services)| case("delivery.service", services.into_iter(), &area, values));
        let cases = cases.collect::<String>();
        let outside = format!("'{methodology}/{UNKNOWN}'");
        let of = if cases.is_empty() { outside } else { format!("CASE {cases} ELSE {outside} END") };
        format!("WHEN budget.methodology = '{methodology}' THEN {of} ")
    };
    let cases = MethodologyId::ALL.iter().map(of_methodology);
    format!("CASE {} ELSE '{UNKNOWN}' END", cases.collect::<String>())
}

/// What a delivery's service is listed with; the services that no list knows stand alone.
fn alike(parameters: &Parameters, values: &mut Vec<Value>) -> String {
    let lists = listed_alike(parameters).into_iter().enumerate();
    let cases = lists
        .map(|(number, services)| case("delivery.service", services.into_iter(), &format!("list {number}"), values));
    format!("CASE {} ELSE delivery.service END", cases.collect::<String>())
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
    let slice = match (row.whole, row.part) {
        (Some(whole), Some(name)) => Slice::Part { whole, name },
        (Some(whole), None) => Slice::Whole(whole),
        (None, _) => Slice::All,
    };
    let told = Use { cents: row.cents, times: count(row.times)?, recipients: count(row.recipients)? };
    Ok(((slice, group.transpose()?), told))
}
