//! Notices of providers: recorded by the provider or for it, acknowledged once by the office.

use balsts_domain::{
    events::EventType,
    provider_notices::{self, NoticeContent, NoticeRefusal, ProviderNoticeKind},
};
use balsts_store::{ProviderNotice, ProviderNoticeFilter, ProviderNoticeSummary, RecordedAnswer};
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

fn told(action: &'static str, event: Option<EventType>, id: Uuid) -> Told {
    Told { action, resource: "provider_notice", id, event }
}

impl App {
    /// Records what a provider tells about an order. A repeated request gets the first answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the order is not there, is not the provider's or has none, [`AppError::Refused`],
    /// [`AppError::KeyReused`], or the database.
    pub async fn create_provider_notice(
        &self,
        call: &Call<'_>,
        order: Uuid,
        (kind, content): (ProviderNoticeKind, NoticeContent),
        answer: impl FnOnce(&ProviderNotice) -> RecordedAnswer,
    ) -> Result<RecordedAnswer, AppError> {
        let own = self.own_provider(call).await?;
        let transaction = match self.begin_once(call).await? {
            Begun::New(transaction) => transaction,
            Begun::Answered(first) => return Ok(first),
        };
        let order = transaction.find_order(&call.scope, order).await?.ok_or(AppError::NotFound)?.summary;
        let provider_id = order.provider_id.filter(|of| own.is_none_or(|own| own == *of)).ok_or(AppError::NotFound)?;
        provider_notices::check(kind, &content).map_err(|refusals| AppError::refused(&refusals))?;
        let summary = ProviderNoticeSummary {
            id: (call.new_id)(),
            order_id: order.id,
            plan_id: order.plan_id,
            person_id: order.person_id,
            provider_id,
            kind,
            recorded_by: call.scope.subject.clone(),
            recorded_at: call.at,
            acknowledged: None,
            version: 1,
        };
        let notice = ProviderNotice { summary, content: Some(content) };
        transaction.insert_provider_notice(&call.scope, &notice).await?;
        let told = told("create_provider_notice", Some(EventType::ProviderNoticeRecorded), notice.summary.id);
        Ok(call.commit_once(transaction, told, answer(&notice), Some(notice.summary.person_id)).await?)
    }

    /// Lists notices without what they say: as a provider the own ones. The read of those of an order or plan is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where a provider signs in for none, or the database.
    pub async fn list_provider_notices(
        &self,
        call: &Call<'_>,
        mut filter: ProviderNoticeFilter,
        limit: u64,
    ) -> Result<Vec<ProviderNoticeSummary>, AppError> {
        if let Some(own) = self.own_provider(call).await? {
            filter.provider = Some(own);
        }
        let of_order = filter.order.map(|order| Told::listed("list_provider_notices", "order", order));
        let of_plan = filter.plan.map(|plan| Told::listed("list_provider_notices", "plan", plan));
        let found = self.store.list_provider_notices(&call.scope, &filter, limit).await?;
        self.read_of(call, of_order.or(of_plan), found).await
    }

    /// Gets a notice; the read is audited.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the database.
    pub async fn get_provider_notice(&self, call: &Call<'_>, id: Uuid) -> Result<ProviderNotice, AppError> {
        let own = self.own_provider(call).await?;
        let transaction = self.store.begin_write(&call.scope).await?;
        let found = transaction.find_provider_notice(&call.scope, id).await?;
        let seen = |notice: &ProviderNotice| own.is_none_or(|own| own == notice.summary.provider_id);
        let notice = found.filter(seen).ok_or(AppError::NotFound)?;
        call.commit(transaction, told("get_provider_notice", None, id)).await?;
        Ok(notice)
    }

    /// Records that the office knows of a notice, and what it does about it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Stale`], [`AppError::Conflict`] where it is acknowledged already, or the database.
    pub async fn acknowledge_provider_notice(
        &self,
        call: &Call<'_>,
        (id, version): (Uuid, i64),
        outcome: String,
    ) -> Result<ProviderNotice, AppError> {
        let transaction = self.store.begin_write(&call.scope).await?;
        let mut notice = transaction.find_provider_notice(&call.scope, id).await?.ok_or(AppError::NotFound)?;
        if notice.summary.acknowledged.is_some() {
            return Err(AppError::conflict(&NoticeRefusal::Acknowledged));
        }
        if notice.summary.version != version {
            return Err(AppError::Stale);
        }
        notice.summary.acknowledged = Some((call.scope.subject.clone(), call.at));
        if let Some(content) = &mut notice.content {
            content.outcome = Some(outcome);
        }
        notice.summary.version = transaction.acknowledge_provider_notice(&call.scope, &notice, call.at).await?;
        call.commit(transaction, told("acknowledge_provider_notice", Some(EventType::ProviderNoticeAcknowledged), id))
            .await?;
        Ok(notice)
    }
}
