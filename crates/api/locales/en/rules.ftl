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

## Goal attainment

results-attainment = Goals: { $goals }. Achieved (1 each): { $achieved }; partly achieved (0.5 each): { $partly }. Attainment: { $attainment }.
results-duplicate-area = The area { $area } is given more than once.

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
price-above-regulated = The price is above { $bound }, which the law sets.
price-above-delegated = The price is above { $bound }, that of the delegation contract.
price-above-free-market = The price is above { $bound }, which the provider asks from others.
price-above-offered = The price is above { $bound }, which the provider offers.
provider-kind-unclear = A provider is told either as a legal or as a natural person.
provider-not-an-iban = This is no IBAN.
provider-unknown-municipality = There is no such municipality.
provider-duplicate-municipality = The municipality is in the list already.
provider-unknown-service = There is no such service in the catalogue.
offer-overlaps = The provider offers this service at this place in that time already.
offer-no-address = The recipient must come to the place: its address is missing.
offer-ends-earlier = The offer ends on { $date } already.
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
