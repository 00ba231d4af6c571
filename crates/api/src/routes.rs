//! Every route in one list.

use actix_web::web;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    applications, budgets, calculations, calendar_exceptions, cases, cost_statistics, docs, documents,
    eligibility_checks, events, forecasts, funding_mixes, funding_shares, goal_attainments, health, imports, ledgers,
    methodologies, municipalities, offers, offices, orders, participant_selections, persons, plan_checks, plans,
    price_statistics, priority_rankings, providers, provisional_budgets, qualifications, redistributions,
    representatives, retention_rules, services, webhooks, working_days,
};

/// The documented operations. What is registered here is in the OpenAPI document, and only that.
pub(crate) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(calculations::calculate_budget)
        .service(calculations::calculate_budgets)
        .service(eligibility_checks::check_eligibility)
        .service(methodologies::list_methodologies)
        .service(methodologies::list_parameters)
        .service(methodologies::get_methodology)
        .service(services::list_services)
        .service(services::get_service)
        .service(services::list_plan_suggestions)
        .service(working_days::list_working_days)
        .service(municipalities::list_municipalities)
        .service(retention_rules::list_retention_rules)
        .service(provisional_budgets::calculate_provisional_budget)
        .service(priority_rankings::rank_services)
        .service(redistributions::redistribute_surplus)
        .service(plan_checks::check_plan)
        .service(funding_mixes::calculate_funding_mix)
        .service(participant_selections::select_participants)
        .service(funding_shares::calculate_funding_shares)
        .service(forecasts::forecast_costs)
        .service(goal_attainments::measure_goal_attainment)
        .service(cost_statistics::calculate_cost_statistics)
        .service(applications::register_application)
        .service(applications::list_applications)
        .service(applications::get_application)
        .service(applications::complete_application)
        .service(applications::decide_application)
        .service(applications::withdraw_application)
        .service(applications::revoke_application)
        .service(applications::hand_over_application)
        .service(imports::import_applications)
        .service(documents::get_decision_document)
        .service(documents::get_revocation_document)
        .service(documents::get_calculation_document)
        .service(cases::get_case)
        .service(offices::get_office)
        .service(offices::describe_office)
        .service(budgets::create_budget)
        .service(budgets::list_budgets)
        .service(budgets::get_budget)
        .service(budgets::recalculate_budget)
        .service(budgets::sign_budget)
        .service(budgets::replay_budget)
        .service(plans::create_plan)
        .service(plans::list_plans)
        .service(plans::get_plan)
        .service(plans::get_plan_version)
        .service(plans::update_plan)
        .service(plans::propose_plan_correction)
        .service(plans::sign_plan)
        .service(plans::revise_plan)
        .service(plans::discard_plan_revision)
        .service(plans::suspend_plan)
        .service(plans::resume_plan)
        .service(plans::terminate_plan)
        .service(orders::create_order)
        .service(orders::list_orders)
        .service(orders::get_order)
        .service(orders::reprice_order)
        .service(orders::close_order)
        .service(ledgers::get_ledger)
        .service(ledgers::list_ledger_entries)
        .service(calendar_exceptions::list_calendar_exceptions)
        .service(calendar_exceptions::declare_calendar_exception)
        .service(calendar_exceptions::withdraw_calendar_exception)
        .service(persons::search_persons)
        .service(persons::list_accesses)
        .service(persons::get_pseudonym)
        .service(representatives::create_representative)
        .service(representatives::list_representatives)
        .service(representatives::get_representative)
        .service(representatives::end_representative)
        .service(providers::register_provider)
        .service(providers::list_providers)
        .service(providers::get_provider)
        .service(providers::update_provider)
        .service(offers::create_offer)
        .service(offers::list_offers)
        .service(offers::search_offers)
        .service(offers::get_offer)
        .service(offers::end_offer)
        .service(qualifications::add_qualification)
        .service(qualifications::list_qualifications)
        .service(qualifications::check_qualification)
        .service(price_statistics::get_price_statistics)
        .service(events::list_events)
        .service(webhooks::create_webhook)
        .service(webhooks::list_webhooks)
        .service(webhooks::get_webhook)
        .service(webhooks::update_webhook)
        .service(webhooks::delete_webhook)
        .service(webhooks::replace_webhook_secret)
        .service(webhooks::replay_webhook)
        .service(webhooks::list_webhook_deliveries)
        .service(health::get_liveness)
        .service(health::get_readiness)
        .service(health::get_metrics);
}

/// The documentation itself.
pub(crate) fn undocumented(config: &mut web::ServiceConfig) {
    config.service(docs::openapi).service(docs::page).service(docs::asset);
}
