# Versions of catalogue and methodologies
overlay-empty = There is nothing in it.
overlay-too-early = It may begin on { $earliest } at the earliest.
overlay-ends-before-it-begins = The last day lies before the first.
overlay-duplicate = There is one already: here, among the parameters, or in what is published.
overlay-tariff-overlaps = Another tariff of the same service and kind, from { $from }, holds there at the same time.
overlay-unknown = There is no { $code }.
overlay-other-unit = The service is counted in { $unit }.
overlay-does-not-compile = The rules cannot be made of it ({ $at }): { $what }.
version-not-after-today = The version must begin after today, { $today }.
problem-version-not-draft-title = No draft any more
problem-version-not-draft-detail = The version is published or withdrawn: it can neither be changed nor tried any more.

# Proposals of services
proposal-missing = This outcome needs the member.
proposal-not-of-outcome = This outcome has no such member.
proposal-not-listed = The catalogue lists no such service.
proposal-not-added = The version does not exist, is withdrawn, or does not add this service.
problem-proposal-decided-title = Decided already
problem-proposal-decided-detail = The proposal is decided.
