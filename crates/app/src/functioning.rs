//! Functioning before and after: of a case, and counted over many.

use std::{collections::BTreeMap, sync::Arc};

use balsts_domain::{
    access::MunicipalityCode,
    assessments::Functioning,
    dimensions::PlaceDimension,
    functioning::{ChangeCounts, DOMAINS, DomainChange, FunctioningChange, before_and_after},
    parameters::{catalogue::MethodologyId, municipalities::Municipalities},
    suppression::Table,
};
use balsts_store::{MeasuredAssessment, Store, StoreError};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Call, Told, off_thread};

/// Assessments read at a time.
const PAGE: u64 = 500;

/// How many people a domain changed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainCounts {
    /// Number of the domain, 1 for d1 to 9 for d9.
    pub domain: u32,
    /// Together; none where too few people are counted.
    pub together: Option<ChangeCounts>,
    /// By place.
    pub groups: Vec<ChangeCounts>,
}

/// What the assessments of a case measured.
#[derive(Debug)]
struct Measured {
    person: Uuid,
    municipality: MunicipalityCode,
    assessments: Vec<(NaiveDate, Uuid, Vec<Functioning>)>,
}

impl App {
    /// What the completed assessments of a case measured first and last; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_functioning(&self, call: &Call<'_>, case: Uuid) -> Result<Vec<DomainChange>, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        transaction.find_application(&call.scope, case).await?.ok_or(AppError::NotFound)?;
        let mut assessments = transaction.list_assessments(&call.scope, case).await?;
        assessments.retain(|assessment| assessment.completed_on.is_some());
        assessments.sort_by_key(|assessment| (assessment.assessed_on, assessment.id));
        let measured: Vec<_> =
            assessments.into_iter().map(|assessment| assessment.content.findings.functioning).collect();
        call.commit(transaction, Told { action: "get_functioning", resource: "application", id: case, event: None })
            .await?;
        Ok(before_and_after(&measured))
    }

    /// Counts for whom each domain changed, in the caller's municipality or in the country.
    ///
    /// # Errors
    /// The database.
    pub async fn functioning_statistics(
        &self,
        call: &Call<'_>,
        municipalities: &Municipalities,
        (methodology, by): (MethodologyId, PlaceDimension),
    ) -> Result<Vec<DomainCounts>, AppError> {
        let mut cases: BTreeMap<Uuid, Measured> = BTreeMap::new();
        let mut after = None;
        loop {
            let page = self.store.list_measured_assessments(&call.scope, methodology, after, PAGE).await?;
            let Some(last) = page.last().map(|row| row.id) else { break };
            after = Some(last);
            let store = self.store.clone();
            for (row, municipality, functioning) in off_thread(move || opened(&store, page)).await?? {
                let new = || Measured { person: row.person_id, municipality, assessments: Vec::new() };
                let case = cases.entry(row.application_id).or_insert_with(new);
                case.assessments.push((row.assessed_on, row.id, functioning));
            }
        }
        let municipalities = Arc::new(municipalities.clone());
        let is_published = call.scope.is_national();
        off_thread(move || counted(cases, by, &municipalities, is_published)).await
    }
}

fn opened(
    store: &Store,
    page: Vec<MeasuredAssessment>,
) -> Result<Vec<(MeasuredAssessment, MunicipalityCode, Vec<Functioning>)>, StoreError> {
    let opened = |row: MeasuredAssessment| {
        let (municipality, functioning) = store.open_measured(&row)?;
        Ok((row, municipality, functioning))
    };
    page.into_iter().map(opened).collect()
}

fn counted(
    cases: BTreeMap<Uuid, Measured>,
    by: PlaceDimension,
    municipalities: &Municipalities,
    is_published: bool,
) -> Vec<DomainCounts> {
    let mut tables: BTreeMap<u32, Table<FunctioningChange>> =
        DOMAINS.map(|domain| (domain, Table::new(is_published))).collect();
    for mut case in cases.into_values() {
        case.assessments.sort_by_key(|(on, id, _)| (*on, *id));
        let measured: Vec<_> = case.assessments.into_iter().map(|(_, _, functioning)| functioning).collect();
        let group = by.group(case.municipality, municipalities);
        for change in before_and_after(&measured) {
            if let Some(table) = tables.get_mut(&change.domain) {
                table.add(group.clone(), case.person, change.change());
            }
        }
    }
    let told = |(domain, table): (u32, Table<FunctioningChange>)| DomainCounts {
        domain,
        together: table.together().map(ChangeCounts::from),
        groups: table.groups().into_iter().map(ChangeCounts::from).collect(),
    };
    tables.into_iter().map(told).collect()
}
