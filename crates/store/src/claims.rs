//! Receipts, documents and trips of live claims, by a keyed hash, and what waiting claims take of orders.

use std::collections::{BTreeMap, BTreeSet};

use balsts_domain::{
    access::Scope,
    invoices::{InvoiceKind, InvoiceStatus},
};
use chrono::NaiveDate;
use sea_orm::{
    ActiveValue::Set, EntityTrait, ExprTrait, JoinType, QueryFilter, QuerySelect, RelationTrait, entity::prelude::*,
    sea_query::Alias,
};

use crate::{
    InsertError, InvoiceContent, StoreError, WriteTransaction,
    invoices::{invoice, line, place},
};

mod claim_receipt {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "claim_receipt")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub municipality_code: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub receipt_index: Vec<u8>,
        pub invoice_id: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// So many fit in a statement.
const STEP: usize = 1000;

/// What the claims that are neither approved nor gone take of an order. Cents and thousandths of the unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WaitingClaim {
    /// Number of the plan's line.
    pub line: u32,
    /// Amount.
    pub cents: i64,
    /// Volume.
    pub thousandths: i64,
}

impl WriteTransaction {
    /// Tells which of some identities of documents are part of a live claim.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find_claimed(
        &self,
        scope: &Scope,
        identities: &BTreeSet<String>,
    ) -> Result<BTreeSet<String>, StoreError> {
        let vault = self.vault()?;
        let hashed = identities.iter().map(|identity| (vault.index("claim_receipt", identity), identity));
        let by_hash: BTreeMap<Vec<u8>, &String> = hashed.collect();
        let hashes: Vec<&Vec<u8>> = by_hash.keys().collect();
        let mut claimed = BTreeSet::new();
        for step in hashes.chunks(STEP) {
            let found = claim_receipt::Entity::find()
                .select_only()
                .column(claim_receipt::Column::ReceiptIndex)
                .filter(claim_receipt::Column::MunicipalityCode.eq(scope.municipality.as_str()))
                .filter(claim_receipt::Column::ReceiptIndex.is_in(step.iter().map(|hash| (*hash).clone())))
                .into_tuple::<Vec<u8>>()
                .all(&self.0)
                .await
                .map_err(StoreError::failed)?;
            claimed.extend(found.iter().filter_map(|hash| by_hash.get(hash)).map(|identity| (*identity).clone()));
        }
        Ok(claimed)
    }

    /// What the live claims of a person for the cost of transport say that are for some days.
    ///
    /// # Errors
    /// What the database says.
    pub async fn transport_claims(
        &self,
        scope: &Scope,
        person: Uuid,
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Vec<InvoiceContent>, StoreError> {
        let live = [InvoiceStatus::Received, InvoiceStatus::Checked, InvoiceStatus::Approved, InvoiceStatus::Paid];
        let rows = invoice::Entity::find()
            .filter(invoice::Column::PersonId.eq(person))
            .filter(invoice::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(invoice::Column::Kind.eq(InvoiceKind::TransportClaim.as_str()))
            .filter(invoice::Column::Status.is_in(live.map(InvoiceStatus::as_str)))
            .filter(invoice::Column::PeriodFrom.between(from, to))
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let vault = self.vault()?;
        rows.iter().map(|row| Ok(vault.open_json(place(row.id), &row.content)?)).collect()
    }

    /// Makes documents part of a claim.
    ///
    /// # Errors
    /// [`InsertError::Exists`] where another claim took one meanwhile.
    pub async fn claim_receipts(
        &self,
        scope: &Scope,
        invoice: Uuid,
        identities: &BTreeSet<String>,
    ) -> Result<(), InsertError> {
        let vault = self.vault()?;
        let rows: Vec<_> = identities
            .iter()
            .map(|identity| claim_receipt::ActiveModel {
                municipality_code: Set(scope.municipality.to_string()),
                receipt_index: Set(vault.index("claim_receipt", identity)),
                invoice_id: Set(invoice),
            })
            .collect();
        for rows in rows.chunks(STEP) {
            let insert = claim_receipt::Entity::insert_many(rows.iter().cloned());
            insert.exec_without_returning(&self.0).await.map_err(InsertError::failed)?;
        }
        Ok(())
    }

    /// Makes the documents of a claim that went back part of none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn release_receipts(&self, scope: &Scope, invoice: Uuid) -> Result<(), StoreError> {
        claim_receipt::Entity::delete_many()
            .filter(claim_receipt::Column::InvoiceId.eq(invoice))
            .filter(claim_receipt::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .exec(&self.0)
            .await
            .map_err(StoreError::failed)?;
        Ok(())
    }

    /// What waiting claims from a budget take, by order. Whoever adds one has taken the budget's ledger.
    ///
    /// # Errors
    /// What the database says.
    pub async fn waiting_claims(
        &self,
        scope: &Scope,
        budget: Uuid,
    ) -> Result<BTreeMap<Uuid, WaitingClaim>, StoreError> {
        let sum = |column: line::Column| column.sum().cast_as(Alias::new("bigint"));
        let kinds = [InvoiceKind::Reimbursement, InvoiceKind::TransportClaim].map(InvoiceKind::as_str);
        let waiting = [InvoiceStatus::Received, InvoiceStatus::Checked].map(InvoiceStatus::as_str);
        let rows = line::Entity::find()
            .select_only()
            .column(line::Column::OrderId)
            .column(line::Column::Line)
            .column_as(sum(line::Column::Cents), "cents")
            .column_as(sum(line::Column::Thousandths), "thousandths")
            .join(JoinType::InnerJoin, line::Relation::Invoice.def())
            .filter(line::Column::BudgetId.eq(budget))
            .filter(line::Column::MunicipalityCode.eq(scope.municipality.as_str()))
            .filter(invoice::Column::Kind.is_in(kinds))
            .filter(invoice::Column::Status.is_in(waiting))
            .group_by(line::Column::OrderId)
            .group_by(line::Column::Line)
            .into_tuple::<(Uuid, i32, i64, i64)>()
            .all(&self.0)
            .await
            .map_err(StoreError::failed)?;
        let claim = |(order, line, cents, thousandths)| {
            (order, WaitingClaim { line: u32::try_from(line).unwrap_or_default(), cents, thousandths })
        };
        Ok(rows.into_iter().map(claim).collect())
    }
}
