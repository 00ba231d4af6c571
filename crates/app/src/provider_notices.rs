//! Notices of providers: recorded by the provider or for it, acknowledged once by the office.

use balsts_domain::{
    events::EventType,
    provider_notices::{self, NoticeContent, NoticeRefusal, ProviderNoticeKind},
};
use balsts_store::{
    AwaitedReport, PlanSummary, ProviderNotice, ProviderNoticeFilter, ProviderNoticeSummary, RecordedAnswer,
};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{App, AppError, Begun, Call, Told};

/// A plan near its end of which providers have not reported.
#[derive(Debug)]
pub struct EndingPlan {
    /// The plan.
    pub plan: PlanSummary,
    /// The day from which reports are asked for.
    pub reports_from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// The orders whose providers have not reported, by provider; never none.
    pub awaited: Vec<AwaitedReport>,
}

/// The plans near their end of which reports are missing, among those that were looked at.
#[derive(Debug)]
pub struct EndingPlans {
    /// In the order of their identifiers.
    pub plans: Vec<EndingPlan>,
    /// The last plan that was looked at, where more follow.
    pub next: Option<Uuid>,
}

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

    /// Looks at so many signed plans after one, and lists those near their end, or over and not ended yet, of which providers have
    /// not reported.
    ///
    /// # Errors
    /// The database.
    pub async fn list_awaited_reports(
        &self,
        call: &Call<'_>,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<EndingPlans, AppError> {
        let mut signed = self.store.list_signed_plans(&call.scope, after, limit.saturating_add(1)).await?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = signed.len() > most;
        signed.truncate(most);
        let next = signed.last().filter(|_| more).map(|(plan, _)| plan.id);
        let ending = signed.into_iter().map(|(plan, version)| {
            let (from, to) = (version.content.from, version.content.to);
            EndingPlan { plan, reports_from: provider_notices::reports_from(from, to), to, awaited: Vec::new() }
        });
        let mut plans: Vec<EndingPlan> = ending.filter(|ending| ending.reports_from <= call.scope.today).collect();
        let ids: Vec<Uuid> = plans.iter().map(|ending| ending.plan.id).collect();
        for awaited in self.store.list_awaited_reports(&call.scope, &ids).await? {
            let of = plans.iter_mut().find(|ending| ending.plan.id == awaited.plan_id);
            of.into_iter().for_each(|ending| ending.awaited.push(awaited));
        }
        plans.retain(|ending| !ending.awaited.is_empty());
        Ok(EndingPlans { plans, next })
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
