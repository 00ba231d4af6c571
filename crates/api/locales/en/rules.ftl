# Sentences of the rules: refusals and explanations. Keys begin with the area of the rules.

## Provisional budget of the pilot

provisional-young-age = On { $date } the child's age is { $age } (completed years). To the age of { $until } inclusive the provisional budget is { $percent } % of the funding per child.
provisional-special-care = On { $date } the child's age is { $age } (completed years) and an opinion on a special care need is in force. The provisional budget is { $percent } % of the funding per child.
provisional-older-without-special-care = On { $date } the child's age is { $age } (completed years), above { $until }, and no opinion on a special care need is in force. The provisional budget is { $percent } % of the funding per child.
provisional-not-born = The date of birth is after { $date }, the first day of the period.
provisional-adult = On { $date }, the first day of the period, the person's age is { $age }. The budget is for children.
provisional-funding-invalid = The funding per child must not be negative or above 999999999999.99 euros.
provisional-percent-out-of-range = The percentage { $parameter } must be between 0 and 100.

## Redistribution

redistribution-needed-covered = The needed budget { $needed } is not above the provisional budget { $provisional }, so the final budget is { $final }.
redistribution-shortfall-covered = The needed budget { $needed } is above the provisional budget { $provisional }. The share of the surplus, { $share }, covers the whole shortfall; the final budget is { $final }.
redistribution-shortfall-shared = The needed budget { $needed } is above the provisional budget { $provisional }. The share of the surplus in proportion to the needed budget is { $share }; the final budget is { $final }, and { $unmet } remains unmet.
redistribution-amount-invalid = The amount must be in whole cents, not negative and not above 999999999999.99 euros.
redistribution-duplicate-code = The code { $code } is given more than once.

## Mixed funding

funding-mix-variant-1 = Variant 1: the project pays first, then existing benefits, then parents and others. The total budget is { $total }, and { $unmet } remains unmet.
funding-mix-variant-2 = Variant 2: the project pays first, then existing services and benefits, then parents and others. The total budget is { $total }, and { $unmet } remains unmet.
funding-mix-variant-3 = Variant 3: existing services and benefits pay first, then the project, then parents and others. The total budget is { $total }, and { $unmet } remains unmet.
funding-mix-amount-invalid = The amount must not be negative or above 999999999999.99 euros.

## Priorities

ranking-score = Experts' rank { $expert } at { $expertpercent } % and parent's rank { $parent } at { $parentpercent } % give the score { $score }; a lower score comes earlier.
ranking-financed-full = The budget covers the whole cost of { $cost }.
ranking-financed-partial = The budget ends here: it covers { $financed } of the cost of { $cost }.
ranking-financed-none = The budget was used up by earlier services; the cost of { $cost } is not covered.
ranking-duplicate-service = The service { $service } is in the plan more than once.
ranking-expert-rank-out-of-range = The experts' rank must be between 1 and { $last }, the number of services ranked.
ranking-parent-rank-out-of-range = The parent's rank must be between 1 and { $last }, the number of services ranked.
ranking-duplicate-expert-rank = The experts gave this rank to another service already.
ranking-duplicate-parent-rank = The parent gave this rank to another service already.
ranking-mixed-ranks = The experts rank either all services over the whole plan or all inside support areas; this one differs from the first.
ranking-expert-rank-form = Every service needs either expert_rank, or area with expert_area_rank.
ranking-area-order-not-applicable = An order of support areas fits only ranks inside areas; here the experts ranked over the whole plan.
ranking-duplicate-area = The support area is in the order more than once.
ranking-area-not-in-order = The support area { $area } is missing from the experts' order of areas.
ranking-cost-missing = With a budget every service needs its cost.
ranking-cost-invalid = The cost must not be negative or above 999999999999.99 euros.
ranking-budget-invalid = The budget must not be negative or above 999999999999.99 euros.

## Selection of participants

selection-chosen-municipality = Chosen: every child of { $municipality } that may take part has a place.
selection-chosen-age-group = Chosen: the places of { $municipality } went by age group, and all its candidates aged { $agegroup } have one.
selection-chosen-impairment = Chosen: the places of { $municipality } for ages { $agegroup } went by impairment.
selection-chosen-home-schooled = Chosen: among children of { $municipality } with the same age group and impairment, home-schooled children come first.
selection-chosen-received-at = Chosen: among children of { $municipality } with the same age group and impairment, this application came earlier ({ $received }).
selection-chosen-code = Chosen: among children of { $municipality } with the same age group and impairment whose applications came in the same minute ({ $received }), by the order of codes.
selection-waiting-municipality = Waiting: { $municipality } has no place.
selection-waiting-age-group = Waiting: the places of { $municipality } went to other age groups than { $agegroup }.
selection-waiting-impairment = Waiting: the places of { $municipality } for ages { $agegroup } went to children with other impairments.
selection-waiting-home-schooled = Waiting: among children of { $municipality } with the same age group and impairment, home-schooled children come first.
selection-waiting-received-at = Waiting: among children of { $municipality } with the same age group and impairment, others applied earlier (this application came { $received }).
selection-waiting-code = Waiting: among children of { $municipality } with the same age group and impairment whose applications came in the same minute ({ $received }), by the order of codes.
selection-excluded-received-after-closing = The application came after the closing time.
selection-excluded-not-born = The date of birth is after the reference date.
selection-excluded-adult = On the reference date the person is an adult.
selection-excluded-adult-during-pilot = The child becomes an adult before the pilot ends.
selection-excluded-no-age-group = No age group of the selection has the child's age.
selection-target-municipality = { $group }: { $got } children have places, { $wanted } were to be chosen.
selection-target-region = Planning region { $group }: { $got } children have places, at least { $wanted } were to be chosen.
selection-target-age-group = Ages { $group }: { $got } children have places, { $wanted } were to be chosen.
selection-target-impairment = { $group ->
    [vision] Impaired vision
    [hearing] Impaired hearing
    [movement] Impaired movement
    [mental] Mental disorders
    [multiple] Multiple impairments
   *[other] Other impairments
 }: { $got } children have places, { $wanted } were to be chosen.
selection-offer-same-group = Next on the waiting list: of { $municipality } too, with the same age group and impairment.
selection-offer-same-age = Next on the waiting list: of { $municipality } too, with the same age group; nobody there has the same impairment as well.
selection-offer-same-impairment = Next on the waiting list: of { $municipality } too, with the same impairment; nobody there is of the same age group.
selection-offer-same-municipality = Next on the waiting list: of { $municipality } too; nobody there is of the same age group or has the same impairment.
selection-offer-other-municipality = Nobody of the leaver's municipality is waiting; the place may go to a child of { $municipality }.
selection-duplicate-code = The code { $code } is given more than once.
selection-region-conflict = { $municipality } is given with different planning regions.
selection-age-group-invalid = Age groups must be in order of age and must not overlap.
selection-duplicate-impairment = The impairment has more than one quota.
selection-quotas-above-hundred = The quotas of the impairments add up to more than 100 %.

## Funding shares

funding-shares-rounding = Each share of { $amount } but the state's is rounded down to cents; the state takes the rest, { $state }.
funding-amount-invalid = The amount must not be negative or above 999999999999.99 euros.
funding-no-version-for-date = No funding shares are known for { $date }.
funding-variant-unknown = The funding variant { $variant } does not exist on { $date }.
funding-children-only = The funding variant { $variant } is for children's budgets only.

## National forecast

forecast-operations = { $people } people and { $caseload } for each worker need { $workers } full-time workers; at { $cost } a year for each, operations cost { $operations }.
forecast-administration = Administration is { $percent } % of services and operations: { $administration }.
forecast-no-version-for-date = No forecast parameters are known for { $date }.
forecast-duplicate-label = The label { $label } is given more than once.
forecast-amount-missing = The group needs an average yearly amount, unless the total of all services is given.
forecast-amount-twice = Give either yearly_amount or calculation, not both.
forecast-amount-invalid = The amount must not be negative or above 999999999999.99 euros.
forecast-uptake-out-of-range = The uptake must be between 0 and 100 %.
forecast-no-caseload = A worker must have at least one person.
forecast-admin-out-of-range = Administration must be between 0 and { $most } % of services and operations.
forecast-total-too-large = The total is above 999999999999.99 euros.

## Forecast of stored budgets

population-in-force = Budgets in force
population-draft = With the draft
population-too-few = There are fewer than five people, or nothing can be told of them without telling of fewer than five.
population-unknown-group = There is no such group among those that are told.
population-adjusted-twice = The group is adjusted more than once.
population-month-ahead = The month has not begun yet.
population-place-twice = Give either region or municipality, not both.
population-unknown-municipality = There is no municipality { $code }.
population-draft-twice = Give either methodology_version or content, not both.
population-draft-of-stored = A draft changes indicative amounts only.

## Goal attainment

results-attainment = Goals: { $goals }. Achieved (1 each): { $achieved }; partly achieved (0.5 each): { $partly }. Attainment: { $attainment }.
results-duplicate-area = The area { $area } is given more than once.

## Proposed corrections of a plan

proposal-ceiling-reached = The money ends here: more of this line would take the plan above the indicative budget of { $ceiling }.
proposal-payable-reached = The money ends here: more of this line would take the lines that the state does not pay above { $ceiling }, the indicative budget without its state-paid part.
proposal-below-minimum = Only { $fits } would fit, less than the minimum useful volume { $minimum }.
proposal-maximum-volume = The rule { $rule } allows { $most } a year in all; more of this line would exceed it.
proposal-maximum-amount = The rule { $rule } allows { $most } euros a year in all; more of this line would exceed it.
proposal-excluded = It cannot stay beside line { $line } (priority { $priority }), which stays.
proposal-committed = It is not reduced below { $floor }, which is delivered or committed already.
proposal-excluded-by-other = It cannot stay beside line { $line }, which the correction does not touch.
proposal-respite-month = Respite in an institution of more than { $most } days takes a month off home care and day care, and these leave no month free.
proposal-working-days = In some month of the schedule there are more days than working days.
proposal-keeps-more-elsewhere = In lines of lower priority the same money keeps more of the weighted priority of the whole plan.
proposal-too-many-lines = A plan may have { $limit } lines at most.
proposal-amount-invalid = The amount must not be negative or above 999999999999.99 euros.
proposal-volume-invalid = The volume must not be negative or above 999999999999.99 and have three decimals at most; a step must not be zero.
proposal-planned-below-committed = Less is planned than is delivered or committed already.
proposal-maximum-conflict = Lines that share a maximum must name the same one.
proposal-pair-invalid = A pair must name two different lines of the plan.
proposal-committed-above-ceiling = Nothing fits: what is delivered or committed already (lines { $lines }) costs more than the indicative budget of { $ceiling }.
proposal-committed-above-payable = Nothing fits: what is delivered or committed already in lines that the state does not pay ({ $lines }) costs more than { $ceiling }, the indicative budget without its state-paid part.
proposal-committed-above-maximum = Nothing fits: what is delivered or committed already (lines { $lines }) is more than the rule { $rule } allows a year.
proposal-committed-together = Nothing fits: the lines { $lines } exclude each other, and both are delivered or committed already.

## Statistics

statistics-duplicate-group = The service group { $group } is given more than once.
statistics-cost-invalid = The cost must not be negative or above 999999999999.99 euros.
statistics-total-too-large = All costs together are above 999999999999.99 euros.
statistics-recipients-inconsistent = All recipients together must be between { $least } (those of the largest group) and { $most } (the sum of the groups).
statistics-no-months = The period must have at least one month.
application-closed = The application is not open any more ({ $status }).
application-cannot-be-decided = It cannot be decided; missing: { $missing }.
application-criterion-fails = The criterion { $criterion } fails, so that the act cannot grant.
application-every-criterion-is-met = Every criterion is met, so that the act cannot refuse.
application-decided-before-receipt = The act cannot be dated before the application was received on { $date }.
application-beyond-calendar = No deadline can be calculated for this day.
application-personal-code = There can be no such personal code.
application-identification-number = There can be no such identification number.
identifier-missing = There is neither a personal code nor an identification number; one of both is needed.
identifier-both = There are a personal code and an identification number; a number is for who has no code.
circumstances-of-children = This is told of children only.
circumstances-disabled-children = There cannot be more children with a disability than children ({ $limit }).
budget-other-methodology = The application is of the methodology { $expected }.
budget-other-birth-date = The act was decided on another birth date.
day-too-early = The day cannot be before { $date }.
day-in-future = The day has not come yet.
budget-register-required = The calculation takes a fact from the register { $register }, which is not among those consulted.
budget-evidence-required = Where { $criterion } is known from is missing.
budget-not-identified = The calculation does not name this criterion, or its source is given twice.
budget-signer-required = The name of who signs for the recipient is missing.
application-no-such-municipality = The case cannot go there: there is no such other municipality today.
webhook-not-a-url = This is no URL.
webhook-not-https = The address must begin with https://.
webhook-credentials = The address must not contain a user name or password.
webhook-port = This port is not allowed.
webhook-not-public = The address must be on the public internet.
webhook-unknown-event = There is no such event.
plan-period-too-long = The period is longer than { $months } months.
plan-period-backwards = The period ends before it begins.
plan-before-grant = A plan begins on the day of the grant, { $day }, or later.
plan-within-plan-before = A plan begins after the last day of the plan before, { $day }.
plan-no-lines = The plan has no line.
plan-no-goals = The plan has no goal.
plan-number-twice = The number stands twice.
plan-unknown-service = The catalogue has no such service.
plan-service-not-payable = The individual budget may not pay for this service.
plan-service-not-listed = The methodology does not list this service: the worker's reason is needed.
plan-recipient-not-served = The service is not for this recipient.
plan-impairment-required = The service is for the impairments { $impairments }.
plan-age-out-of-range = The service is for ages from { $from } to below { $to } months.
plan-age-unusual = The service is usually for ages from { $from } months.
plan-escort-opinion-required = An escort needs the opinion of the disability commission: the calculation form does not list it.
plan-specialist-confirmation-required = A specialist has to confirm that this service fits the person: no opinion of the last completed assessment recommends it.
plan-goal-required = The line serves no goal.
plan-unknown-goal = The plan has no goal with this number.
plan-other-service = The line with this number is of another service in the signed plan: a new service gets a new number.
plan-priority-required = The place in the order of priorities is missing.
plan-priority-twice = The place in the order of priorities stands twice.
plan-ranked-otherwise = The recipient puts this line elsewhere in the order: at place { $rank }.
plan-schedule-mismatch = The months add up to { $sum }, which is not the line's volume.
plan-outside-period = It lies outside the period.
plan-month-twice = The month { $month } stands twice.
plan-not-a-time = A weekly time is a day from 1 to 7 with an end after its beginning.
plan-provider-required = No provider's offer is chosen.
plan-unknown-offer = There is no such offer.
plan-offer-of-other-service = The offer is of another service.
plan-offer-not-valid = The offer holds from { $from } to { $to }.
plan-provider-not-qualified = The office has not accepted a document that proves the provider's qualification for this service on the first day.
plan-free-support-has-price = Support at no cost has no price.
plan-provider-is-relative = The provider is a relative of the person.
plan-home-care-at-same-time = Home care is at the same time as line { $other }.
plan-home-care-times-unknown = Home care may not be at the same time as line { $other }; the times are not told.
plan-assistant-at-same-time = The assistant is at the same time as line { $other }.
plan-assistant-times-required = The assistant may not be at the same time as line { $other }: both need times.
plan-day-care-and-workshop = Day care centre and specialised workshop are { $days } days together; there are { $most } working days.
plan-paid-twice-with-day-care = The day care centre of line { $other } gives this service already.
plan-respite-takes-month-off = Respite in an institution takes a month off: at most { $most } months may be used, and the schedule tells which.
plan-above-transport-ceiling = Transport is { $amount } euros together, above the ceiling of { $ceiling }.
plan-day-care-above-working-days = The day care centre is { $days } days; there are { $most } working days.
plan-above-maximum = { $volume } is above the yearly maximum of { $most }.
plan-above-average = { $volume } is above the yearly average of { $most }: the worker's reason is needed.
plan-above-maximum-with-received = { $volume } is above the yearly maximum of { $most }; other plans of the year gave { $received } of it.
plan-above-average-with-received = { $volume } is above the yearly average of { $most }, and other plans of the year gave { $received } of it: the worker's reason is needed.
plan-above-group-session-limit = A group session costs at most { $most } euros.
plan-line-ordered = The line is ordered already: who pays it does not change.
pilot-period-overlaps = The period begins after the one before has ended, and ends before the next one begins.
pilot-period-months = A period has { $most } months; only the first may have fewer, with a reason.
pilot-period-reason-required = Say why the period is shorter.
pilot-period-no-version = No rules of the pilot methodology are in force on the first day of the period.
pilot-period-unreasoned = Say the amount and why it takes the place of what the ledgers tell.
pilot-period-nothing-before = The first period has no earlier one that could leave money unspent.
budget-unknown-period = The pilot has no period with this number that is open.
plan-needed-volume-unfit = The needed volume is told in the pilot only, and is not below the line's volume.
plan-below-committed = { $committed } is ordered already.
plan-below-committed-amount = { $committed } euros are ordered already; at this price the line would cost less.
plan-committed-line-removed = Line { $number } has commitments and cannot be left out.
plan-turns-18 = The person turns 18: the plan is kept to { $day }.
plan-turned-18 = The person is 18 when the plan begins: the plan of a child is kept to { $day }.
plan-above-indicative = The agreed budget is { $excess } euros above the indicative budget.
plan-state-part-not-spendable = The budget pays { $excess } euros too much: the part of the indicative budget that the state pays can't be spent on other services.
plan-reassessment-required = Changed health or goals, and a service without an equal substitute, need a new assessment.
plan-talk-required = A plan is terminated for a broken contract only after an invitation to talk: its day and outcome are missing.
plan-reason-not-applicable = The plan cannot end for this reason: in the pilot a lapsed disability ends nothing, and nobody turns 18 within it.
plan-period-not-over = A plan ends by its period after its last day, { $day }.
plan-other-party = This party does not sign this document.
request-missing = This kind of request needs it.
request-not-applicable = This kind of request has no such member.
request-same-offer = The line is of this offer already.
request-other-outcome = This kind of request is not answered so.
schedule-volume-required = Days with their volumes, or a volume of the month, are needed.
schedule-volume-and-occasions = The days tell the volume of the month already.
schedule-outside-month = The day is not in the month, or not in the plan's period.
schedule-above-month = At most { $most } may be scheduled: the month's volume and what is carried over.
schedule-above-not-received = { $most } of earlier months was not received.
schedule-above-total = { $left } is left of the line.
manager-report-not-begun = The month has not begun.
case-contact-required = State an address, a telephone number or an e-mail address.
complaint-informant-required = Who complains must be told, or the complaint be anonymous.
complaint-informant-of-anonymous = An anonymous complaint names nobody.
day-too-late = The day is after { $date }.
ledger-unknown-line = The plan has no line { $line }.
ledger-above-ceiling = The plan would be { $excess } euros above the ceiling.
ledger-above-planned = The plan's line has { $left } euros left.
ledger-volume-above-planned = The plan's line has a volume of { $left } left.
ledger-above-committed = { $left } euros are ordered and not delivered.
ledger-above-delivered = { $left } euros are delivered and not invoiced.
ledger-above-invoiced = { $left } euros are invoiced and not paid.
ledger-below-zero = A sum would fall below zero.
order-unknown-line = The plan has no line with this number.
order-not-paid-by-budget = Nothing is ordered for this line: no public payer pays for it.
order-other-form = A line that the person prepays is ordered as self_prepaid, every other by contract or guarantee letter.
order-provider-required = The plan's line names no provider's offer.
order-engagement-required = How the provider was engaged is missing.
order-outside-period = The days are not in the plan's period.
order-no-volume = The volume must be above zero.
order-already-delivered = Deliveries until { $date } have the earlier price; begin on a later day, or correct them first.
order-price-not-later = A price holds from that day or later already.
order-above-plan-price = The price is above that of the plan's line: revise the plan first.
price-above-regulated = The price is above { $bound }, which the law sets.
price-above-delegated = The price is above { $bound }, that of the delegation contract.
price-above-free-market = The price is above { $bound }, which the provider asks from others.
price-above-offered = The price is above { $bound }, which the provider offers.
provider-kind-unclear = A provider is told either as a legal or as a natural person.
provider-not-an-iban = This is no IBAN.
account-outside-sepa = No payment file reaches this account: it is in no country of SEPA.
provider-unknown-municipality = There is no such municipality.
provider-duplicate-municipality = The municipality is in the list already.
provider-unknown-service = There is no such service in the catalogue.
offer-overlaps = The provider offers this service at this place in that time already.
offer-no-address = The recipient must come to the place: its address is missing.
offer-ends-earlier = The offer ends on { $date } already.
retention-not-ended = The person is kept until { $until }: the record { $record } ended on { $on }.
role-grant-to-oneself = Nobody grants a role to themselves.
role-grant-not-grantable = The caller may not grant the role { $role }.
application-signed-by-preparer = Who prepared the act does not sign it: another official does.
assessment-duplicate-member = The member is in the team already.
assessment-duplicate-domain = The domain is measured already.
assessment-no-such-level = The level is 0 to 4, 8 or 9.
assessment-not-a-member = Who is named is not of the team.
assessment-no-goal = The assessment has no goal.
assessment-no-member = The assessment has no team.
assessment-not-agreed = { $missing ->
    [one] One member has
   *[other] { $missing } members have
} not agreed with the protocol.
consultation-unknown = The case has no such consultation to correct.
consultation-corrected = The consultation is corrected already: correct the correction.
delivery-self-prepaid = The person pays this service and claims it back.
delivery-plan-rests = The plan rests since { $date }.
delivery-hours-inverted = The end must come after the beginning.
delivery-volume-required = How much was delivered is missing.
delivery-volume-and-reason = Either a volume or a reason why nothing was delivered.
delivery-hours-differ = The hours tell a volume of { $volume }.
delivery-not-qualified = The provider has no qualification document for the service that is valid on this day and accepted.
delivery-above-days-of-week = Day care and specialised workshop are { $days } days in this week, above { $most }.
delivery-overlaps = At the same time another service was delivered that does not go together with this one: { $delivery }.
notice-report-incomplete = A report tells what was achieved and what is recommended.
notice-not-of-report = Only a report at the end of a plan tells this.
invoice-account-differs = The account is not the one by which the provider is registered.
invoice-no-account = The provider is registered without an account.
invoice-total-differs = The lines add up to { $expected }.
invoice-corrects-unclear = A credit note names the invoice that it corrects, an invoice none.
invoice-nothing-to-correct = The provider has no paid invoice with this number.
invoice-unknown-order = The provider has no such order.
invoice-outside-period = The days are not in the invoice's period, or end before they begin.
invoice-same-days = An earlier line is for days of the same order.
invoice-nothing-delivered = Nothing was delivered of this order on these days that is not invoiced.
invoice-volume-differs = { $delivered } was delivered.
invoice-price-above-order = The order's price is { $price }.
invoice-amount-differs = Volume times price is { $expected }.
invoice-volume-above-paid = Not more than { $left } was paid and not taken back yet.
invoice-above-paid = { $left } is left of what was paid for this order.
invoice-same-person = Somebody who has neither entered nor endorsed it approves it.
invoice-approver-corrects = Somebody who has neither endorsed nor approved the claim corrects its account.
report-month-not-over = The month is not over.
report-period-unfit = The period ends before it begins, or is longer than 24 months.
report-not-a-quarter = Statistics of the whole country are told for one calendar quarter: from its first month to its last.
pilot-report-period-not-over = The period is not over.
pilot-report-not-a-quarter = No quarter ends with this month.
pilot-report-no-documents = Only a cash flow has supporting documents.
pilot-report-future-document = The day has not come yet.
pilot-report-number-required = A document that is none of a case has a number.
pilot-report-unknown-document = The office has no such document of a case.
pilot-report-contract-required = A document names its project or its contract.
pilot-report-cost-item-required = A document names what it is for.
pilot-report-generated-cost-item = What services cost is generated from what was paid.
pilot-report-amount-required = A document names its amount.
e-invoice-rule = { $rule }: { $message }
e-invoice-adjustments = Allowances and charges are not taken: the price of a line is what is paid.
e-invoice-prepaid = Nothing is prepaid or rounded.
e-invoice-order = The order line reference (BT-132) is not an identifier of an order.
e-invoice-period = The line has no period (BG-26), and the invoice none (BG-14).
e-invoice-quantity = The quantity is above zero, with three decimals at most.
e-invoice-seller = The seller that the e-invoice names is not the provider whose invoice it is.
payment-unknown = The run has no such payment.
payment-outcome-known = Another outcome of this payment is known.
payment-other-run = The bank's answer is about another payment run.
attachment-too-many = It has { $most } files, and may have no more.
e-invoice-attachment = The file that the e-invoice carries is none of PDF, PNG, JPEG, CSV, XLSX and ODS, or one too many.
document-other-content = The file is not what it is said to be; of DOCX, XLSX and ODS none with macros is taken.
goal-result-unknown-goal = The signed plan has no such goal.
satisfaction-other-stage = These respondents do not rate this stage.
satisfaction-duplicate-stage = The stage is rated already.
satisfaction-other-respondent = The caller does not rate for these respondents.
satisfaction-key-required = Which specialist or provider rates is missing.
survey-not-explained = Purpose, and the right to skip and to stop, are explained before anything is recorded.
survey-age-unknown = Who answers depends on the age, which the case does not tell.
survey-other-instrument = The questionnaire is not for this person and respondent.
survey-end-only = The participant survey is for the end only.
survey-other-respondent = Somebody else answers this questionnaire for this person.
survey-interview-required = At 8 to 14 years the worker asks the questions, and a parent is there.
survey-other-help = Nobody helps like that: from 15 years on a parent or the worker may.
survey-contract-required = The survey at the start follows the contract: its day is missing.
survey-no-such-item = The questionnaire has no such item.
survey-duplicate-item = The item is answered already.
survey-no-such-answer = The answer is not on the scale of the questionnaire.
survey-no-such-dimension = The questionnaire has no such dimension, or its score is there already.
survey-no-such-score = The score is 0 for not employed or 1 for employed.
claim-month-not-over = The month is not over.
claim-month-too-early = The month is too long ago: { $month } is the first that may still be claimed.
claim-unknown-order = The plan has no such order.
claim-not-self-prepaid = The office pays the provider of this order.
claim-transport-claim-needed = Transport is claimed with its trips and documents, in a transport claim.
claim-not-compensation = The order compensates no transport; what is ordered in trips is claimed with receipts.
claim-outside-month = The day is not in the month of the claim.
claim-outside-order = The day is not between { $from } and { $to }.
claim-days-inverted = The last day is before the first.
claim-volume-above-left = { $left } is left of the order.
claim-amount-above-left = { $left } euros are left of the order.
claim-nothing-claimed = Nothing would be paid.
claim-amount-differs = What is told gives { $expected }.
claim-total-differs = The parts add up to { $expected }.
claim-recipient-not-named = The receipt must tell the recipient's name and personal code.
claim-twice = The claim has the same already.
claim-claimed = Another claim has the same receipt, document or trip.
claim-document-missing = Missing: { $document }.
claim-document-agreement = a loan-for-use agreement or a service memo
claim-document-route-sheet = a route sheet
claim-document-fuel-receipt = a receipt for fuel
claim-document-contract = a contract
claim-document-contract-or-prices = a contract or a printed price list
claim-document-receipt = a receipt
claim-document-monthly-report = a monthly report
claim-document-ticket = a ticket
claim-document-purchase-receipt = a receipt for the purchase of the e-ticket
claim-document-trip-list = a list of the trips
claim-document-printout = a printout of the ticket
claim-document-payment = a proof of payment
claim-document-rules-and-prices = the rules and prices of the municipal transport
claim-document-worker-confirmation = the worker's confirmation that it was needed
claim-route-not-shown = The document must show route and purpose; a city ticket may lack the purpose.
claim-issuer-required = Who gave the proof of payment must be told.
claim-required = This mode of transport needs it.
claim-not-of-mode = This mode of transport does not have it.
claim-unknown-purpose = The purpose is no service of the plan.
claim-no-service-on-day = The service is neither delivered nor planned on the day.
claim-empty-leg = A car that drives empty is paid only for day care, a workshop or respite.
claim-other-fuel = The vehicle takes another fuel.
claim-litres-differ = The norm gives { $expected } litres.
claim-hired-without-trip = There is no trip on the day of hire.
claim-child-travels-free = An escorted child travels free.
claim-worker-travel = The office pays for its worker's travel, not the person's budget.
claim-above-ceiling = The budget may pay { $left } euros more for transport.
claim-allowance-required = The person has the state's transport allowance, which is used first: how much of it must be told.
claim-allowance-below-tariff = The allowance of a half-year is { $least } euros or more.
claim-allowance-used-before = Other claims of the half-year used { $expected } euros of the allowance.
claim-allowance-first = The allowance is used first: { $expected } euros of it.
conflict-of-another = Only the head of the office declares the conflict of interest of another.
conflict-in-line = The line is of a person in whose case you have a conflict of interest: another person of the office decides on the invoice.
conflict-about-person = You have a conflict of interest in the cases of this person: another person of the office registers the application.
conflict-of-worker = The worker has a conflict of interest in the case.
