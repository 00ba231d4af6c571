//! What may happen to stored data: the types of events that other systems follow.

use crate::parameters::catalogue::names;

names! {
    /// A type of event: what kind of thing it happened to, and what happened.
    EventType {
        /// An application was registered.
        ApplicationRegistered = "application.registered",
        /// What is known for the criteria of an application was completed.
        ApplicationCompleted = "application.completed",
        /// An application was granted.
        ApplicationGranted = "application.granted",
        /// An application was refused.
        ApplicationRefused = "application.refused",
        /// An application was taken back by the applicant.
        ApplicationWithdrawn = "application.withdrawn",
        /// A grant was revoked.
        ApplicationRevoked = "application.revoked",
        /// A case was handed over to another municipality.
        ApplicationHandedOver = "application.handed_over",
        /// A case was received from another municipality.
        ApplicationReceived = "application.received",
        /// A case was offered to another municipality, or by one.
        HandOverOffered = "hand_over.offered",
        /// The other office refused a case that was offered to it.
        HandOverRefused = "hand_over.refused",
        /// The office that offered a case took the offer back.
        HandOverWithdrawn = "hand_over.withdrawn",
        /// An offer ended because the case cannot be handed over any more.
        HandOverLapsed = "hand_over.lapsed",
        /// It is said who works on it.
        ApplicationAssigned = "application.assigned",
        /// Its contact sheet is another.
        ContactsChanged = "application.contacts_changed",
        /// The budget of an application was calculated.
        BudgetCalculated = "budget.calculated",
        /// A budget was calculated again.
        BudgetRecalculated = "budget.recalculated",
        /// The calculation of a budget was signed.
        BudgetSigned = "budget.signed",
        /// The final budget of a child in the pilot was set.
        BudgetFinalSet = "budget.final_set",
        /// A budget was closed.
        BudgetClosed = "budget.closed",
        /// A plan was drafted, or its draft changed.
        PlanDrafted = "plan.drafted",
        /// A draft or contract was signed by one of the parties.
        PlanSigned = "plan.signed",
        /// Both parties have signed: a version of the plan is in force, its sum is agreed.
        PlanAgreed = "plan.agreed",
        /// A plan in force is being revised.
        PlanRevisionOpened = "plan.revision_opened",
        /// A revision was given up.
        PlanRevisionDiscarded = "plan.revision_discarded",
        /// A plan rests.
        PlanSuspended = "plan.suspended",
        /// A plan goes on.
        PlanResumed = "plan.resumed",
        /// A plan ended before its period did.
        PlanTerminated = "plan.terminated",
        /// The recipient ranked the lines of a draft.
        PlanRanked = "plan.ranked",
        /// The recipient asked something of the office, or told a change.
        PersonRequestMade = "person_request.made",
        /// The office answered a request of a recipient.
        PersonRequestAnswered = "person_request.answered",
        /// A request of a recipient was taken back.
        PersonRequestWithdrawn = "person_request.withdrawn",
        /// The schedule of a month was handed in, or replaced.
        ScheduleHandedIn = "plan_schedule.handed_in",
        /// A budget manager was engaged for a case.
        BudgetManagerEngaged = "budget_manager.engaged",
        /// The engagement of a budget manager has a last day.
        BudgetManagerEnded = "budget_manager.ended",
        /// A budget manager reported on a case.
        ManagerReported = "application.manager_reported",
        /// Somebody complained.
        ComplaintTaken = "complaint.taken",
        /// A complaint was answered.
        ComplaintAnswered = "complaint.answered",
        /// A service was ordered.
        OrderCreated = "order.created",
        /// Another price of an order holds from a day on.
        OrderRepriced = "order.repriced",
        /// An order was closed: what was not delivered is released.
        OrderClosed = "order.closed",
        /// What was delivered of an order was recorded, or why nothing was.
        DeliveryRecorded = "delivery.recorded",
        /// A delivery was corrected.
        DeliveryCorrected = "delivery.corrected",
        /// A delivery was withdrawn.
        DeliveryWithdrawn = "delivery.withdrawn",
        /// Somebody who was there confirmed a delivery.
        DeliveryConfirmed = "delivery.confirmed",
        /// A provider told the office something about an order.
        ProviderNoticeRecorded = "provider_notice.recorded",
        /// The office acknowledged a notice of a provider.
        ProviderNoticeAcknowledged = "provider_notice.acknowledged",
        /// An invoice came in that agrees with what was delivered.
        InvoiceReceived = "invoice.received",
        /// The worker endorsed an invoice or claim.
        InvoiceChecked = "invoice.checked",
        /// A second person approved an invoice or claim.
        InvoiceApproved = "invoice.approved",
        /// An invoice or claim went back to its sender.
        InvoiceReturned = "invoice.returned",
        /// An invoice or claim was refused for good.
        InvoiceRejected = "invoice.rejected",
        /// The account of a claim whose payment was refused was corrected.
        InvoiceAccountCorrected = "invoice.account_corrected",
        /// A file was attached to an invoice or claim.
        AttachmentAdded = "attachment.added",
        /// The office asks that a file be deleted that is attached to an invoice or claim.
        AttachmentDeletionRequested = "attachment.deletion_requested",
        /// The ministry deleted a file that was attached to an invoice or claim.
        AttachmentDeleted = "attachment.deleted",
        /// A payment run was made of what waited to be paid.
        PaymentRunCreated = "payment_run.created",
        /// What became of payments is known.
        PaymentResultsRecorded = "payment_run.results_recorded",
        /// A monthly report was generated, or generated again.
        MonthlyReportGenerated = "monthly_report.generated",
        /// A draft of a monthly report was discarded.
        MonthlyReportDiscarded = "monthly_report.discarded",
        /// A monthly report was submitted to the ministry.
        MonthlyReportSubmitted = "monthly_report.submitted",
        /// The ministry returned a monthly report for correction.
        MonthlyReportReturned = "monthly_report.returned",
        /// The ministry approved a monthly report.
        MonthlyReportApproved = "monthly_report.approved",
        /// The ministry transferred the state's share of a monthly report.
        MonthlyReportFunded = "monthly_report.funded",
        /// A report of the pilot was generated, or changed and generated again.
        PilotReportGenerated = "pilot_report.generated",
        /// A draft of a report of the pilot was discarded.
        PilotReportDiscarded = "pilot_report.discarded",
        /// The ministry's team agreed to a report of the pilot.
        PilotReportAgreed = "pilot_report.agreed",
        /// A report of the pilot was submitted to the ministry.
        PilotReportSubmitted = "pilot_report.submitted",
        /// The ministry returned a report of the pilot for correction.
        PilotReportReturned = "pilot_report.returned",
        /// The ministry approved a report of the pilot.
        PilotReportApproved = "pilot_report.approved",
        /// The office declared a day that departs from the calendar.
        CalendarExceptionDeclared = "calendar_exception.declared",
        /// Such a day is again as in the calendar.
        CalendarExceptionWithdrawn = "calendar_exception.withdrawn",
        /// Somebody speaks for a person from now on.
        RepresentativeCreated = "representative.created",
        /// Somebody speaks for a person no more.
        RepresentativeEnded = "representative.ended",
        /// Somebody does not work on the cases of a person from now on.
        ConflictDeclared = "conflict.declared",
        /// Somebody works on the cases of a person again.
        ConflictEnded = "conflict.ended",
        /// What was told of the use of a person's data, or agreed to, was recorded.
        PrivacyRecorded = "privacy_record.created",
        /// An agreement holds no more.
        AgreementWithdrawn = "privacy_record.withdrawn",
        /// What tells of a person was erased.
        PersonErased = "person.erased",
        /// Somebody was granted a role.
        RoleGrantCreated = "role_grant.created",
        /// Somebody holds a granted role no more.
        RoleGrantEnded = "role_grant.ended",
        /// The office changed what it says of itself.
        OfficeDescribed = "office.described",
        /// An assessment of a case was begun.
        AssessmentCreated = "assessment.created",
        /// The draft of an assessment was changed, or agreed by a member of the team.
        AssessmentChanged = "assessment.changed",
        /// An assessment was completed.
        AssessmentCompleted = "assessment.completed",
        /// A consultation of a specialist between the rounds of assessment was recorded, or corrected by another entry.
        ConsultationRecorded = "consultation.recorded",
        /// A document was added to a case.
        CaseDocumentAdded = "document.added",
        /// The office asks that a document be deleted.
        CaseDocumentDeletionRequested = "document.deletion_requested",
        /// The ministry deleted a document.
        CaseDocumentDeleted = "document.deleted",
        /// The office registered a provider.
        ProviderRegistered = "provider.registered",
        /// A provider was changed that the office registered.
        ProviderChanged = "provider.changed",
        /// A qualification document was added to a provider that the office registered.
        QualificationAdded = "provider.qualification_added",
        /// The office checked a qualification document of a provider.
        QualificationChecked = "provider.qualification_checked",
        /// A provider that the office registered offers a service, or offers it at another price.
        OfferCreated = "offer.created",
        /// An offer of a provider that the office registered has a last day.
        OfferEnded = "offer.ended",
        /// A worker proposed a service that the catalogue lacks.
        ServiceProposalCreated = "service_proposal.created",
        /// The ministry decided on such a proposal; every office is told.
        ServiceProposalDecided = "service_proposal.decided",
        /// A result of a goal was recorded.
        GoalResultRecorded = "goal_result.recorded",
        /// A result of a goal was corrected.
        GoalResultCorrected = "goal_result.corrected",
        /// Somebody rated a case.
        SatisfactionRated = "satisfaction.rated",
        /// A survey of a case was recorded.
        SurveyRecorded = "survey.recorded",
        /// A risk was registered.
        RiskRegistered = "risk.registered",
        /// A risk was changed, analysed, reviewed or closed.
        RiskChanged = "risk.changed",
        /// A risk was reported to the ministry.
        RiskReported = "risk.reported",
        /// The ministry published tariffs, services or periods of a methodology; every office is told.
        MethodologyVersionPublished = "methodology_version.published",
    }
}
