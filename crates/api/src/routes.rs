//! Every route in one list.

use actix_web::web;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    applications, budgets, calculations, calendar_exceptions, cases, cost_statistics, docs, documents,
    eligibility_checks, events, forecasts, funding_mixes, funding_shares, goal_attainments, health, imports,
    methodologies, methodology_versions, municipalities, offices, participant_selections, persons, priority_rankings,
    provisional_budgets, redistributions, representatives, retention_rules, service_proposals, services, webhooks,
    working_days,
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
        .service(methodology_versions::create_methodology_version)
        .service(methodology_versions::list_methodology_versions)
        .service(methodology_versions::get_methodology_version)
        .service(methodology_versions::update_methodology_version)
        .service(methodology_versions::withdraw_methodology_version)
        .service(methodology_versions::publish_methodology_version)
        .service(methodology_versions::try_methodology_version)
        .service(methodology_versions::try_parameters)
        .service(service_proposals::create_service_proposal)
        .service(service_proposals::list_service_proposals)
        .service(service_proposals::get_service_proposal)
        .service(service_proposals::decide_service_proposal)
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
