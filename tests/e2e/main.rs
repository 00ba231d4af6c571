//! End-to-end tests: everything goes through HTTP to the real API, and every answer is checked against the OpenAPI
//! document. One binary, because linking one for each resource takes longer than the tests; one module per resource.

mod applications;
mod assessments;
mod budget_calculations;
mod budgets;
mod bulk;
mod calendar_exceptions;
mod case_documents;
mod cases;
mod catalogue;
mod claims;
mod contract;
mod erasures;
mod goal_results;
mod identity;
mod imports;
mod keys;
mod methodology_versions;
mod monthly_reports;
mod persons;
mod pilot_reports;
mod plan_documents;
mod plans;
mod properties;
mod providers;
mod representatives;
mod risks;
mod role_grants;
mod rules;
mod satisfaction_ratings;
mod service;
mod service_proposals;
mod settlement;
mod store;
mod surveys;
mod webhooks;
