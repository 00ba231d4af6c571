//! The closed sets of the domain as schemas of the contract: each lists just the members that the domain has.

use std::borrow::Cow;

use balsts_domain::{
    access, adults, applications, assessments, attachments, budgets, calendar, case_contacts, case_documents, children,
    circumstances,
    claims::{reimbursement, transport},
    complaints, deliveries, dimensions, eligibility, events, files, forecast, functioning, funding, goal_results,
    hand_overs, invoices, ledger, lines, methodology_versions, monthly_reports, offers, orders,
    parameters::{catalogue, municipalities, tariffs},
    payments, person_requests,
    pilot::{periods, provisional, ranking, selection},
    pilot_reports,
    plans::{self, findings, status},
    population, price_changes, privacy_records, proposal, provider_notices, providers, representatives, retention,
    risks, satisfaction, service_proposals, service_statistics, surveys, webhooks,
};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

macro_rules! named {
    ($($(#[$doc:meta])* $name:ident = $domain:ty: $members:expr;)+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $domain);

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let members: Vec<&str> = $members.iter().map(|member| member.as_str()).collect();
                ObjectBuilder::new().schema_type(Type::String).enum_values(Some(members)).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )+ };
}

named! {
    /// Severity of the functional limitation.
    Severity = children::Severity: children::Severity::ALL;
    /// Where respite is given.
    RespiteForm = children::RespiteForm: children::RespiteForm::ALL;
    /// A service of the hearing rehabilitation plan.
    HearingService = children::HearingService: children::HearingService::ALL;
    /// Type of residence; the identifiers are not confirmed by a source.
    LivingArrangement = adults::LivingArrangement: adults::LivingArrangement::ALL;
    /// An additional need of an adult.
    AdditionalNeed = adults::Need: adults::Need::ALL;
    /// What a volume is counted in.
    Unit = catalogue::Unit: catalogue::Unit::ALL;
    /// Alone or with others.
    ServiceForm = catalogue::Form: catalogue::Form::ALL;
    /// Whom a service is for.
    ServiceTarget = catalogue::Target: catalogue::Target::ALL;
    /// The group of a service in statistics.
    ServiceGroup = catalogue::ServiceGroup: catalogue::ServiceGroup::ALL;
    /// A type of functional impairment.
    Impairment = catalogue::Impairment: catalogue::Impairment::ALL;
    /// What kind of municipality it is.
    MunicipalityKind = municipalities::MunicipalityKind: municipalities::MunicipalityKind::ALL;
    /// A planning region.
    PlanningRegion = municipalities::PlanningRegion: municipalities::PlanningRegion::ALL;
    /// A kind of stored record.
    RecordKind = retention::RecordKind: retention::RecordKind::ALL;
    /// The day that a period of keeping is counted from.
    RetentionCountsFrom = retention::CountsFrom: retention::CountsFrom::ALL;
    /// A methodology of the model.
    Methodology = catalogue::MethodologyId: catalogue::MethodologyId::ALL;
    /// Whether a yearly volume binds or is an average.
    YearlyVolumeKind = catalogue::YearlyKind: catalogue::YearlyKind::ALL;
    /// For whom a yearly volume holds.
    YearlyVolumeCondition = catalogue::YearlyCondition: catalogue::YearlyCondition::ALL;
    /// Where an application stands.
    ApplicationStatus = applications::ApplicationStatus: applications::ApplicationStatus::ALL;
    /// Where a hand-over stands.
    HandOverStatus = hand_overs::HandOverStatus: hand_overs::HandOverStatus::ALL;
    /// Whose a hand-over is, as an office sees it.
    HandOverDirection = hand_overs::HandOverDirection: hand_overs::HandOverDirection::ALL;
    /// What an act decides.
    Outcome = applications::Outcome: applications::Outcome::ALL;
    /// Why an assessment is made.
    AssessmentKind = assessments::AssessmentKind: assessments::AssessmentKind::ALL;
    /// Where an assessment stands.
    AssessmentStatus = assessments::AssessmentStatus: assessments::AssessmentStatus::ALL;
    /// Where an assessment takes place.
    AssessmentPlace = assessments::AssessmentPlace: assessments::AssessmentPlace::ALL;
    /// How far a goal lies.
    GoalTerm = assessments::GoalTerm: assessments::GoalTerm::ALL;
    /// Who sets a goal.
    GoalAuthor = assessments::GoalAuthor: assessments::GoalAuthor::ALL;
    /// How a member agrees with the protocol.
    AgreementForm = assessments::AgreementForm: assessments::AgreementForm::ALL;
    /// To whom a suspicion that a child's rights are breached is reported.
    ReportedTo = assessments::ReportedTo: assessments::ReportedTo::ALL;
    /// What somebody on the contact sheet is to the case.
    ContactKind = case_contacts::ContactKind: case_contacts::ContactKind::ALL;
    /// What is recorded of the use of personal data.
    PrivacyRecordKind = privacy_records::PrivacyRecordKind: privacy_records::PrivacyRecordKind::ALL;
    /// A section of the file of a case.
    CaseSection = case_documents::CaseSection: case_documents::CaseSection::ALL;
    /// What a document of a case is.
    CaseDocumentType = case_documents::CaseDocumentType: case_documents::CaseDocumentType::ALL;
    /// In what form a document exists.
    DocumentMedium = case_documents::DocumentMedium: case_documents::DocumentMedium::ALL;
    /// What a file is.
    FileType = files::FileType: files::FileType::ALL;
    /// What is attached to an invoice or claim.
    AttachmentKind = attachments::AttachmentKind: attachments::AttachmentKind::ALL;
    /// Where a budget stands.
    BudgetStatus = budgets::BudgetStatus: budgets::BudgetStatus::ALL;
    /// Who signs a calculation form.
    Party = budgets::Party: budgets::Party::ALL;
    /// Where a plan stands.
    PlanStatus = status::PlanStatus: status::PlanStatus::ALL;
    /// What of a plan is signed.
    PlanDocument = status::PlanDocument: status::PlanDocument::ALL;
    /// Who signs a plan or its contract.
    PlanParty = status::PlanParty: status::PlanParty::ALL;
    /// What happens to a signed plan.
    PlanStepKind = status::PlanStepKind: status::PlanStepKind::ALL;
    /// Why a plan is revised.
    RevisionReason = status::RevisionReason: status::RevisionReason::ALL;
    /// What a revision does.
    RevisionOutcome = status::RevisionOutcome: status::RevisionOutcome::ALL;
    /// Why a plan is suspended.
    SuspensionCause = status::SuspensionCause: status::SuspensionCause::ALL;
    /// Why a plan is terminated.
    TerminationReason = status::TerminationReason: status::TerminationReason::ALL;
    /// How something was signed.
    SigningMethod = status::SigningMethod: status::SigningMethod::ALL;
    /// How much a finding weighs.
    FindingSeverity = findings::Severity: findings::Severity::ALL;
    /// Who pays a line of a plan.
    FundingSource = plans::FundingSource: plans::FundingSource::ALL;
    /// What an intensity counts in.
    IntensityPeriod = plans::IntensityPeriod: plans::IntensityPeriod::ALL;
    /// What a proposal does to a line.
    ProposedChange = proposal::Change: proposal::Change::ALL;
    /// How a service is ordered.
    OrderForm = orders::OrderForm: orders::OrderForm::ALL;
    /// What a complaint is about.
    ComplaintAbout = complaints::ComplaintAbout: complaints::ComplaintAbout::ALL;
    /// Where a complaint stands.
    ComplaintStatus = complaints::ComplaintStatus: complaints::ComplaintStatus::ALL;
    /// What changed a price.
    PriceChangeCause = price_changes::PriceChangeCause: price_changes::PriceChangeCause::ALL;
    /// What a recipient asks of the office.
    RequestKind = person_requests::RequestKind: person_requests::RequestKind::ALL;
    /// What has changed with a recipient.
    ChangeSubject = person_requests::ChangeSubject: person_requests::ChangeSubject::ALL;
    /// Where a request of a recipient stands.
    RequestStatus = person_requests::RequestStatus: person_requests::RequestStatus::ALL;
    /// What the office answers to a request of a recipient.
    RequestOutcome = person_requests::RequestOutcome: person_requests::RequestOutcome::ALL;
    /// Where an order stands.
    OrderStatus = orders::OrderStatus: orders::OrderStatus::ALL;
    /// Where a delivery stands.
    DeliveryStatus = deliveries::DeliveryStatus: deliveries::DeliveryStatus::ALL;
    /// Why nothing was delivered.
    NonDelivery = deliveries::NonDelivery: deliveries::NonDelivery::ALL;
    /// Who confirms a delivery.
    Confirmer = deliveries::Confirmer: deliveries::Confirmer::ALL;
    /// What a provider tells the office.
    ProviderNoticeKind = provider_notices::ProviderNoticeKind: provider_notices::ProviderNoticeKind::ALL;
    /// What asks for money.
    InvoiceKind = invoices::InvoiceKind: invoices::InvoiceKind::ALL;
    /// Where an invoice or claim stands.
    InvoiceStatus = invoices::InvoiceStatus: invoices::InvoiceStatus::ALL;
    /// What was done with an invoice.
    InvoiceStepKind = invoices::InvoiceStepKind: invoices::InvoiceStepKind::ALL;
    /// Where a monthly report stands.
    MonthlyReportStatus = monthly_reports::ReportStatus: monthly_reports::ReportStatus::ALL;
    /// What was done with a monthly report.
    MonthlyReportStepKind = monthly_reports::ReportStepKind: monthly_reports::ReportStepKind::ALL;
    /// In which list of a monthly report a line stands.
    MonthlyReportLineKind = monthly_reports::ReportLineKind: monthly_reports::ReportLineKind::ALL;
    /// A kind of report of the pilot.
    PilotReportKind = pilot_reports::PilotReportKind: pilot_reports::PilotReportKind::ALL;
    /// Where a report of the pilot stands.
    PilotReportStatus = pilot_reports::PilotReportStatus: pilot_reports::PilotReportStatus::ALL;
    /// What was done with a report of the pilot.
    PilotReportStepKind = pilot_reports::PilotReportStepKind: pilot_reports::PilotReportStepKind::ALL;
    /// What is unusual about a report of the pilot.
    PilotReportWarning = pilot_reports::PilotReportWarning: pilot_reports::PilotReportWarning::ALL;
    /// What a cost of the pilot is for.
    CostItem = pilot_reports::CostItem: pilot_reports::CostItem::ALL;
    /// What a supporting document is.
    SupportingDocumentKind = pilot_reports::SupportingDocumentKind: pilot_reports::SupportingDocumentKind::ALL;
    /// What a figure of a report is about.
    FigureTopic = pilot_reports::FigureTopic: pilot_reports::FigureTopic::ALL;
    /// What statistics are told apart by.
    StatisticsDimension = service_statistics::StatisticsDimension: service_statistics::StatisticsDimension::ALL;
    /// The file that a bank or the State Treasury takes.
    PaymentFormat = payments::PaymentFormat: payments::PaymentFormat::ALL;
    /// Where a payment run stands.
    PaymentRunStatus = payments::PaymentRunStatus: payments::PaymentRunStatus::ALL;
    /// What became of a payment.
    PaymentStatus = payments::PaymentStatus: payments::PaymentStatus::ALL;
    /// What proves that a service was paid.
    ReceiptKind = reimbursement::ReceiptKind: reimbursement::ReceiptKind::ALL;
    /// How the person travelled.
    TransportMode = transport::TransportMode: transport::TransportMode::ALL;
    /// A document of a transport claim.
    TransportDocumentKind = transport::TransportDocumentKind: transport::TransportDocumentKind::ALL;
    /// How public transport was paid.
    Ticketing = transport::Ticketing: transport::Ticketing::ALL;
    /// A fuel.
    FuelKind = transport::FuelKind: transport::FuelKind::ALL;
    /// Where a consumption norm is from.
    NormSource = transport::NormSource: transport::NormSource::ALL;
    /// Who travelled.
    Passenger = transport::Passenger: transport::Passenger::ALL;
    /// How a provider was engaged.
    Engagement = orders::Engagement: orders::Engagement::ALL;
    /// Where an entry of the ledger moves money to.
    EntryKind = ledger::EntryKind: ledger::EntryKind::ALL;
    /// A role of a caller.
    Role = access::Role: access::Role::ALL;
    /// What somebody is to the person for whom they speak.
    Relation = representatives::Relation: representatives::Relation::ALL;
    /// What the calculation form takes from a register.
    Register = budgets::Register: budgets::Register::ALL;
    /// A kind of document that the form lists as received.
    DocumentKind = budgets::DocumentKind: budgets::DocumentKind::ALL;
    /// How a document is sent.
    Delivery = calendar::Delivery: calendar::Delivery::ALL;
    /// What the disability commission has determined.
    DisabilityGroup = eligibility::DisabilityGroup: eligibility::DisabilityGroup::ALL;
    /// How a price comes about.
    PriceKind = tariffs::PriceKind: tariffs::PriceKind::ALL;
    /// What kind of person a provider is.
    ProviderKind = providers::ProviderKind: providers::ProviderKind::ALL;
    /// What a qualification document is.
    QualificationKind = providers::QualificationKind: providers::QualificationKind::ALL;
    /// Where a service is given.
    DeliveryPlace = offers::DeliveryPlace: offers::DeliveryPlace::ALL;
    /// Where a price holds.
    TariffScope = tariffs::Scope: tariffs::Scope::ALL;
    /// Who pays a line.
    Funding = lines::Funding: lines::Funding::ALL;
    /// A funding variant: how state, municipality and parents share.
    FundingVariant = funding::FundingVariant: funding::FundingVariant::ALL;
    /// Whose budgets are paid.
    FundedGroup = funding::FundedGroup: funding::FundedGroup::ALL;
    /// What the yearly figures of a forecast are rounded to.
    ForecastRounding = forecast::ForecastRounding: forecast::ForecastRounding::ALL;
    /// Which amount of a stored budget is its yearly amount.
    PopulationAmounts = population::PopulationAmounts: population::PopulationAmounts::ALL;
    /// A figure of a forecast.
    ForecastFigure = forecast::ForecastFigure: forecast::ForecastFigure::ALL;
    /// Why a child gets the larger or the smaller part of the funding.
    ProvisionalReason = provisional::ProvisionalReason: provisional::ProvisionalReason::ALL;
    /// Where a period of the pilot stands.
    PilotPeriodStatus = periods::PilotPeriodStatus: periods::PilotPeriodStatus::ALL;
    /// How much of a service the budget covers.
    Financing = ranking::Financing: ranking::Financing::ALL;
    /// The stage of the selection that decided.
    SelectionStage = selection::SelectionStage: selection::SelectionStage::ALL;
    /// What set a child apart in the selection.
    SelectionCriterion = selection::Criterion: selection::Criterion::ALL;
    /// Why a child may not take part.
    ExclusionReason = selection::ExclusionReason: selection::ExclusionReason::ALL;
    /// A type of event.
    EventType = events::EventType: events::EventType::ALL;
    /// Where a version of catalogue and methodologies stands.
    MethodologyVersionStatus = methodology_versions::MethodologyVersionStatus: methodology_versions::MethodologyVersionStatus::ALL;
    /// Where a proposal of a service stands.
    ServiceProposalStatus = service_proposals::ProposalStatus: service_proposals::ProposalStatus::ALL;
    /// What the ministry decides on a proposal.
    ServiceProposalOutcome = service_proposals::ProposalOutcome: service_proposals::ProposalOutcome::ALL;
    /// What came of a goal.
    GoalAchievement = goal_results::GoalAchievement: goal_results::GoalAchievement::ALL;
    /// What results of goals are counted by.
    ResultDimension = goal_results::ResultDimension: goal_results::ResultDimension::ALL;
    /// What places data is counted by.
    PlaceDimension = dimensions::PlaceDimension: dimensions::PlaceDimension::ALL;
    /// How a domain of functioning has changed.
    FunctioningChange = functioning::FunctioningChange: functioning::FunctioningChange::ALL;
    /// A stage of the process that is rated.
    SatisfactionStage = satisfaction::SatisfactionStage: satisfaction::SatisfactionStage::ALL;
    /// Who rates.
    SatisfactionRespondent = satisfaction::SatisfactionRespondent: satisfaction::SatisfactionRespondent::ALL;
    /// A questionnaire.
    SurveyInstrument = surveys::SurveyInstrument: surveys::SurveyInstrument::ALL;
    /// When a survey is taken.
    SurveyMoment = surveys::SurveyMoment: surveys::SurveyMoment::ALL;
    /// Who answers a survey.
    SurveyRespondent = surveys::SurveyRespondent: surveys::SurveyRespondent::ALL;
    /// Who helps to answer a survey.
    SurveyHelp = surveys::SurveyHelp: surveys::SurveyHelp::ALL;
    /// What is unusual about a survey.
    SurveyWarning = surveys::SurveyWarning: surveys::SurveyWarning::ALL;
    /// What surveys are counted by.
    SurveyDimension = surveys::SurveyDimension: surveys::SurveyDimension::ALL;
    /// What is measured of a dimension of a survey.
    SurveyMeasure = surveys::SurveyMeasure: surveys::SurveyMeasure::ALL;
    /// An age group of surveys.
    SurveyAgeGroup = surveys::SurveyAgeGroup: surveys::SurveyAgeGroup::ALL;
    /// Sex.
    Sex = surveys::Sex: surveys::Sex::ALL;
    /// What family the person lives in; the identifiers are not confirmed by a source.
    FamilyType = surveys::FamilyType: surveys::FamilyType::ALL;
    /// What family a child grows up in, by what the parent is to the child.
    ParentFamily = circumstances::ParentFamily: circumstances::ParentFamily::ALL;
    /// How far a technical aid has come.
    AidStatus = circumstances::AidStatus: circumstances::AidStatus::ALL;
    /// What kind of risk it is.
    RiskKind = risks::RiskKind: risks::RiskKind::ALL;
    /// How probable, how large, or at what level.
    RiskGrade = risks::RiskGrade: risks::RiskGrade::ALL;
    /// How far the office has come with a risk.
    RiskStage = risks::RiskStage: risks::RiskStage::ALL;
    /// What was done about a risk.
    RiskStepKind = risks::RiskStepKind: risks::RiskStepKind::ALL;
    /// Where a webhook stands.
    WebhookStatus = webhooks::WebhookStatus: webhooks::WebhookStatus::ALL;
    /// Why an attempt to deliver got no answer.
    DeliveryFailure = webhooks::DeliveryFailure: webhooks::DeliveryFailure::ALL;
}
