"""Uses the generated Python client as an integrator would; run by .ci/python-client."""

import datetime
import io
import json
import os

from balsts_client import Client
from balsts_client.api.calculations import calculate_budget, calculate_budgets
from balsts_client.api.catalogue import list_working_days
from balsts_client.models import ChildCalculationRequest, Problem
from balsts_client.types import File

client = Client(
    base_url=os.environ.get("BALSTS_URL", "http://127.0.0.1:8080"),
    headers={"Accept-Language": "en"},
    raise_on_unexpected_status=True,
)

# A child's budget; the same as in tests/golden/children-2023.json.
child = {
    "methodology": "children-2023",
    "date": "2023-03-01",
    "birth_date": "2013-01-01",
    "special_care": True,
    "transport_allowance": True,
    "criteria": [
        {"criterion": "parental_employment"},
        {"criterion": "respite", "form": "institution"},
        {"criterion": "mobility"},
    ],
}
budget = calculate_budget.sync(client=client, body=ChildCalculationRequest.from_dict(child))
assert budget.total == "30203.76", budget
assert budget.lines[0].service == "psychologist_parent", budget

# The rules refuse a criterion that is named twice, and say where it is.
twice = ChildCalculationRequest.from_dict(child | {"criteria": [{"criterion": "mobility"}, {"criterion": "mobility"}]})
refused = calculate_budget.sync_detailed(client=client, body=twice)
assert refused.status_code == 422, refused
assert isinstance(refused.parsed, Problem)
assert [(error.pointer, error.code) for error in refused.parsed.errors] == [("/criteria/1", "duplicate_criterion")]

# Many calculations at once: one line each, in order.
lines = "\n".join(map(json.dumps, [{"id": "a"} | child, {"id": "b"}]))
answer = calculate_budgets.sync(client=client, body=File(payload=io.BytesIO(lines.encode())))
first, second = map(json.loads, answer.payload)
assert first["result"]["total"] == "30203.76", first
assert (second["id"], second["problem"]["status"]) == ("b", 400), second

# The calendar: ten working days after 28 April 2023, with the holidays of 1 and 4 May between.
days = list_working_days.sync(client=client, from_=datetime.date(2023, 4, 28), days=10)
assert days.to == datetime.date(2023, 5, 16), days

print("Python client: a calculation, a refusal, a bulk run and a deadline are as expected")
