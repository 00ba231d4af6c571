# Lines of a calculation
volume-consultation = { $volume } { $count ->
    [one] consultation
   *[other] consultations
}
volume-session = { $volume } { $count ->
    [one] session
   *[other] sessions
}
volume-hour = { $volume } h
volume-day = { $volume } { $count ->
    [one] day
   *[other] days
}
volume-day-24h = { $volume } { $count ->
    [one] day and night
   *[other] days and nights
}
volume-month = { $volume } { $count ->
    [one] month
   *[other] months
}
volume-half-year = { $volume } { $count ->
    [one] half-year
   *[other] half-years
}
volume-trip = { $volume } { $count ->
    [one] trip
   *[other] trips
}
volume-euro = { $volume } EUR
line-monthly = { $why }: { $volume } a month x { $months } { $months ->
    [one] month
   *[other] months
} x { $price } EUR
line-monthly-less = { $why }: { $volume } a month x { $months } { $months ->
    [one] month
   *[other] months
} (respite in an institution takes { $off ->
    [one] one month
   *[other] { $off } months
} off) x { $price } EUR
line-period = { $why }: { $volume } in the period x { $price } EUR
line-ceiling = { $why }: the ceiling of { $ceiling } EUR for the period
line-ceiling-with-allowance = { $why }: the ceiling of { $ceiling } EUR for the period, lower by the state transport allowance
line-lower-amount = { $why }: { $amount } EUR for the period, set below the ceiling of { $ceiling } EUR
line-monthly-ceiling = { $why }: the ceiling of { $price } EUR a month
line-lower-monthly-amount = { $why }: { $price } EUR a month, set below the ceiling

# Warnings
warning-turns-18 = The child turns 18 inside the period: the plan goes on to { $last_day }, with the amount unchanged.
warning-severity-ignored = The severity is determined from 14 years; it does not count below.
warning-unconfirmed-living-arrangement = The label “{ $label }” of the type of residence is not confirmed by a source.

# Refusals of a calculation
no-version-for-date = { $methodology }: no version for the date { $date }.
child-not-yet-born = Age: the birth date lies after the day of the calculation.
child-too-old = Age: the methodology is for children under 18 years on the day of the calculation.
child-missing-special-care = special_care: the opinion on special care need is required.
child-missing-severity = severity: the severity of the functional limitation is required in group { $group }.
child-duplicate-criterion = { $criterion }: the criterion is named more than once (duplicate).
child-too-young = { $criterion }: the child must have completed { $months } { $months ->
    [one] month
   *[other] months
} of age.
child-not-heavy = { $criterion }: it needs special care need (under 14) or a severe or very severe limitation (14-17).
child-no-guide-dog = guide_dog: it needs an age of { $years } years or more and a very severe limitation.
child-no-special-care-benefit = special_care_benefit: it can be counted only with special care need.
child-above-ceiling = { $criterion }: the amount is above the ceiling of { $ceiling } EUR for the period.
child-above-ceiling-with-allowance = { $criterion }: the amount is above the ceiling of { $ceiling } EUR for the period, which the state transport allowance lowers.
adult-missing-care-level = care_level: the care level is required.
adult-missing-living-arrangement = living_arrangement: the type of residence is required.
adult-not-in-table = care_level: the methodology has no figure for care level { $level }.
adult-duplicate-need = { $need }: the need is named more than once (duplicate).
adult-above-ceiling = { $need }: the amount is above the ceiling of { $ceiling } EUR a month.

# Eligibility
eligibility-missing = Cannot be decided; missing: { $fields }.
eligibility-functional-impairment-met = A functional impairment is found.
eligibility-functional-impairment-not-met = No functional impairment is found.
eligibility-disability-met = The disability is in force.
eligibility-disability-none = The disability commission has determined no disability.
eligibility-disability-ended = The disability ended on { $until }, before { $date }.
eligibility-severe-disability-met = A severe or very severe disability (group I or II) is in force.
eligibility-severe-disability-not-met = The disability is not severe or very severe (group I or II).
eligibility-mental-disorder-met = The person has a disorder of mental nature.
eligibility-mental-disorder-not-met = The person has no disorder of mental nature.
eligibility-lives-in-community-met = The person lives in the community.
eligibility-lives-in-community-not-met = The person does not live in the community but in a long-term care institution.
eligibility-assessed-in-di-project-met = The child is assessed in the deinstitutionalisation project.
eligibility-assessed-in-di-project-not-met = The child is not assessed in the deinstitutionalisation project.
eligibility-age-under-18 = On { $date } the child is { $years } years old: under 18.
eligibility-age-not-under-18 = On { $date } the person is { $years } years old: not under 18.
eligibility-age-not-born = The birth date lies after { $date }.
eligibility-age-adult = On { $date } the person is { $years } years old: at least 18.
eligibility-age-not-adult = On { $date } the person is { $years } years old: under 18.

# Faults of a request
fault-required = { $name }: the member is required.
fault-unknown-field = There is no such member.
fault-wrong-type = The value is of the wrong type.
fault-not-in-list = The value must be one of: { $options }.
fault-format = The value is not a valid { $format }.
fault-pattern = The value does not have the form that the contract asks for.
fault-minimum = The value must be at least { $limit }.
fault-maximum = The value must be at most { $limit }.
fault-min-items = At least { $limit } must be given.
fault-max-items = At most { $limit } may be given.
fault-min-length = The text must have at least { $limit } characters.
fault-max-length = The text must have at most { $limit } characters.
fault-unique = The values must be different.
fault-duplicate = { $name }: the member stands more than once.
fault-invalid-value = The value is not valid.
fault-csv-cells = The row has { $found } cells; the header has { $expected }.
fault-csv-column = Column { $number } has none of the names { $options }.
fault-encoding = The text is not UTF-8.
fault-pilot-has-no-indicative-budget = The pilot methodology sets a provisional amount: use /v1/provisional-budgets.
query-required = The query parameter { $name } is required.
query-unknown = There is no query parameter { $name }.
query-duplicate = The query parameter { $name } stands more than once.
query-invalid = A query parameter has a value that is not valid.

# Problems
problem-malformed-json-title = Malformed JSON
problem-malformed-json-detail = The body is not valid JSON: line { $line }, column { $column }.
problem-unfit-title = The request does not fit the contract
problem-unfit-detail = { $count ->
    [one] One member does not fit
   *[other] { $count } members do not fit
} the contract; see errors.
problem-refused-title = The rules refuse the request
problem-refused-detail = { $count ->
    [one] One rule refuses
   *[other] { $count } rules refuse
} the request; see errors.
problem-unauthenticated-title = Not signed in
problem-unauthenticated-detail = This needs a valid bearer token in the header Authorization.
problem-forbidden-title = Not allowed
problem-forbidden-detail = The caller has no role that may do this.
problem-not-found-title = Not found
problem-not-found-detail = There is no such resource.
problem-method-not-allowed-title = Method not allowed
problem-method-not-allowed-detail = The resource does not take this method.
problem-unsupported-media-type-title = Unsupported media type
problem-unsupported-media-type-detail = The body must be declared as { $expected }.
problem-too-large-title = Too large
problem-too-large-detail = The body is larger than { $limit } bytes.
problem-rate-limited-title = Too many requests
problem-rate-limited-detail = Try again after the time in Retry-After.
problem-timeout-title = Took too long
problem-timeout-detail = The request was not finished in time.
problem-internal-title = Internal error
problem-internal-detail = Something failed on the server. The instance identifies this occurrence.
problem-unavailable-title = Not ready
problem-unavailable-detail = A part of the service is not ready; try again after the time in Retry-After.
problem-http-error-title = The request failed
problem-http-error-detail = The request failed with status { $status }.

# Working days
calendar-exception-says-nothing = In the calendar of the country { $date } is such a day already.
working-days-beyond-calendar = The period ends beyond the calendar.
working-days-to-before-from = The last day lies before the first.
working-days-too-long = At most { $most } days can be listed.
working-days-to-or-days = Give either to or days.
problem-open-application-exists-title = The person has an open application
problem-open-application-exists-detail = The person has an open application already, here or in another municipality.
problem-application-closed-title = The application is closed
problem-application-closed-detail = The application is decided or withdrawn, and cannot be changed any more.
problem-stale-title = The resource was changed meanwhile
problem-stale-detail = The resource was changed since you read it: read it again.
problem-precondition-required-title = If-Match is missing
problem-precondition-required-detail = A change needs the header If-Match with the ETag of the version that was read.
problem-idempotency-key-reused-title = The Idempotency-Key was used before
problem-idempotency-key-reused-detail = This Idempotency-Key was used for another request.
problem-application-not-granted-title = The application is not granted
problem-application-not-granted-detail = A budget is calculated for a granted application only.
problem-active-budget-exists-title = The person has an active budget
problem-active-budget-exists-detail = The person has an active budget already, here or in another municipality. One whose plan has run out is ended first, or is followed by the next budget of the same case.
problem-eligibility-lapsed-title = A criterion is not met any more
problem-eligibility-lapsed-detail = By the facts that were decided on a criterion is not met any more: the person applies anew.
problem-budget-not-indicative-title = The calculation stands
problem-budget-not-indicative-detail = A plan is signed or the budget is closed: the calculation cannot be changed any more.
problem-already-signed-title = Signed already
problem-already-signed-detail = This party has signed the calculation that holds.
problem-not-acceptable-title = Not in this form
problem-not-acceptable-detail = The document cannot be had in a form that Accept names: there is HTML, and PDF where the server is built with it.
problem-office-not-described-title = The office is not described
problem-office-not-described-detail = Documents name the office and its officials: describe it first with PUT /v1/office.
problem-not-reproducible-title = The result cannot be reproduced
problem-not-reproducible-detail = Today's rules do not give what is stored; replay tells what differs.
problem-plan-status-title = The plan does not stand where this may be done
problem-plan-status-detail = The plan stands in another state: see its status and steps.
problem-no-plan-draft-title = There is no draft
problem-no-plan-draft-detail = The plan has no draft to change or sign: open a revision first.
problem-plan-revision-open-title = A revision is open
problem-plan-revision-open-detail = The plan is being revised already.
problem-calculation-not-signed-title = The calculation is not signed
problem-calculation-not-signed-detail = Worker and recipient sign the calculation of the budget before the plan.
problem-assessment-required-title = An assessment is required
problem-assessment-required-detail = The plan needs a completed assessment of the case that is no older than a budget period on its first day; a revision that assesses anew needs one that was completed after it was opened.
problem-plan-exists-title = The budget has a plan
problem-plan-exists-detail = The budget has a plan already: revise that one.
problem-budget-closed-title = The budget is closed
problem-budget-closed-detail = The budget has ended.
problem-plan-not-in-force-title = The plan is not in force
problem-plan-not-in-force-detail = Services are ordered for a plan in force only.
problem-contract-not-signed-title = The contract is not signed
problem-contract-not-signed-detail = Services are ordered when the head of the office and the person have both signed the contract that the plan is the annex of.
problem-order-closed-title = The order is closed
problem-order-closed-detail = The order was closed: nothing of it is changed any more.
problem-plan-signed-title = A plan was signed here
problem-plan-signed-detail = Its accounts stay here: terminate the plan; the other office registers an application of its own.
problem-provider-exists-title = The provider is registered
problem-provider-exists-detail = A provider with this registration number or personal code is registered already.
problem-subject-taken-title = Signs in for another provider
problem-subject-taken-detail = One of the subjects signs in for another provider already.
problem-person-erased-title = The person is erased
problem-person-erased-detail = What told of the person was erased when its retention had ended.
problem-person-has-live-case-title = The person has a live case
problem-person-has-live-case-detail = The person has an open application or a grant here.
problem-role-granted-already-title = The role is held already
problem-role-granted-already-detail = The role is granted to this identifier already on one of these days.
problem-role-grant-ended-title = The grant has ended
problem-role-grant-ended-detail = The grant was ended before.
problem-assessment-completed-title = The assessment is completed
problem-assessment-completed-detail = The assessment is completed, and cannot be changed any more.
problem-initial-assessment-exists-title = There is an initial assessment
problem-initial-assessment-exists-detail = The case has its initial assessment already.
office-municipality-required = Say which municipality's office the request is about.
problem-delivery-invoiced-title = The delivery is part of an invoice
problem-delivery-invoiced-detail = What is part of an invoice is corrected by a credit note.
problem-delivery-withdrawn-title = The delivery was withdrawn
problem-delivery-withdrawn-detail = The delivery was withdrawn: record another one.
problem-notice-acknowledged-title = The notice is acknowledged
problem-notice-acknowledged-detail = The office has acknowledged the notice already.
problem-nothing-delivered-title = Nothing was delivered
problem-nothing-delivered-detail = There is nothing to confirm: the record says that nothing was delivered.
problem-invoice-exists-title = The number stands for another invoice
problem-invoice-exists-detail = The provider has another invoice with this number.
problem-invoice-status-title = The invoice does not wait for that
problem-invoice-status-detail = Where the invoice stands, this does not follow.
problem-monthly-report-exists-title = The month has a report
problem-monthly-report-exists-detail = The municipality has a report of this month.
problem-later-report-exists-title = A later month has a report
problem-later-report-exists-detail = A later month has a report, and what belongs to this one is in it.
problem-monthly-report-status-title = The report does not wait for that
problem-monthly-report-status-detail = Where the report stands, this does not follow.
problem-pilot-period-status-title = The period does not stand where this may be done
problem-pilot-period-status-detail = A draft is opened; in an open period budgets are made, and it is redistributed once, which closes it.
problem-pilot-period-terms-stand-title = The terms of the period stand
problem-pilot-period-terms-stand-detail = Of an open period only what the previous one left unspent can be changed.
problem-pilot-plans-missing-title = Not all plans are in
problem-pilot-plans-missing-detail = A period is redistributed when every budget of it has a signed plan.
problem-pilot-period-not-over-title = The period is not over
problem-pilot-period-not-over-detail = What a period leaves unspent is known from the day after its last, once it is redistributed.
problem-pilot-period-empty-title = The period has no budgets
problem-pilot-period-empty-detail = There is nothing to redistribute.
problem-pilot-report-exists-title = The period has its report
problem-pilot-report-exists-detail = The municipality, or of an activity the worker, has a report of this kind and period.
problem-pilot-report-status-title = The report does not wait for that
problem-pilot-report-status-detail = Where the report stands, this does not follow.
problem-account-statement-required-title = The account statement is missing
problem-account-statement-required-detail = A cash flow is agreed when the account statement is among its documents.
problem-nothing-to-pay-title = Nothing waits to be paid
problem-nothing-to-pay-detail = No approved invoice or claim waits to be paid, or credit notes take back as much.
problem-document-deleted-title = The document is deleted
problem-document-deleted-detail = The file of the document is deleted; what is known of it stays.
problem-goal-result-exists-title = The goal has its result
problem-goal-result-exists-detail = What came of this goal is recorded already: correct that.
problem-goal-result-final-title = The results are final
problem-goal-result-final-detail = The plan has ended and the next assessment is completed.
problem-rated-this-year-title = Rated in this year
problem-rated-this-year-detail = This respondent has rated the case in this year already.
problem-survey-exists-title = The survey is recorded
problem-survey-exists-detail = The case has this survey of this moment and respondent already.
problem-risk-closed-title = The risk is closed
problem-risk-closed-detail = The risk is closed, and cannot be changed any more.
problem-risk-not-assessed-title = The risk is not assessed
problem-risk-not-assessed-detail = A risk is analysed once its probability and impact are known.
problem-no-plan-title = The case has no plan
problem-no-plan-detail = The case has no plan that is drafted or in force.
problem-hand-over-offered-title = The case is offered already
problem-hand-over-offered-detail = The case waits for the answer of another municipality: take that offer back first.
problem-hand-over-not-offered-title = The offer has ended
problem-hand-over-not-offered-detail = The case was accepted or refused, or the offer taken back or lapsed: it is not answered any more.
problem-request-not-open-title = The request is not open
problem-request-not-open-detail = The request is answered or was taken back, and cannot be changed any more.
problem-revision-required-title = The plan is not revised
problem-revision-required-detail = The plan was not revised since the request came in: open a revision first.
problem-schedule-exists-title = The month has a schedule
problem-schedule-exists-detail = The plan has a schedule of this month: replace that one.
problem-complaint-answered-title = The complaint is answered
problem-complaint-answered-detail = The complaint is answered, and cannot be changed any more.
problem-conflict-declared-title = The conflict is declared
problem-conflict-declared-detail = The conflict of interest is declared already.
problem-conflict-ended-title = The conflict has ended
problem-conflict-ended-detail = The conflict of interest has ended.
problem-not-an-agreement-title = It is no agreement
problem-not-an-agreement-detail = What was told cannot be taken back.
problem-agreement-withdrawn-title = The agreement is withdrawn
problem-agreement-withdrawn-detail = The agreement is withdrawn already.
