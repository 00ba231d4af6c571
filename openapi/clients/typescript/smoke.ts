// Uses the generated TypeScript client as an integrator would; run by .ci/typescript-client.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const client = createClient<paths>({
  baseUrl: process.env["BALSTS_URL"] ?? "http://127.0.0.1:8080",
  headers: { "Accept-Language": "en" },
});

// A child's budget; the same as in tests/golden/children-2023.json.
const child: components["schemas"]["ChildCalculationRequest"] = {
  methodology: "children-2023",
  date: "2023-03-01",
  birth_date: "2013-01-01",
  special_care: true,
  transport_allowance: true,
  criteria: [
    { criterion: "parental_employment" },
    { criterion: "respite", form: "institution" },
    { criterion: "mobility" },
  ],
};
const calculation = await client.POST("/v1/budget-calculations", { body: child });
assert.ok(calculation.data, JSON.stringify(calculation.error));
assert.equal(calculation.data.total, "30203.76");
assert.equal(calculation.data.lines[0]?.service, "psychologist_parent");

// The rules refuse a criterion that is named twice, and say where it is.
const refused = await client.POST("/v1/budget-calculations", {
  body: { ...child, criteria: [{ criterion: "mobility" }, { criterion: "mobility" }] },
});
assert.equal(refused.response.status, 422);
assert.deepEqual(
  refused.error?.errors.map(({ pointer, code }) => [pointer, code]),
  [["/criteria/1", "duplicate_criterion"]],
);

// Many calculations at once: one line each, in order.
const bulk = await client.POST("/v1/budget-calculations/bulk", {
  params: { query: { detail: "totals" } },
  body: [{ id: "a", ...child }, { id: "b" }].map((line) => JSON.stringify(line)).join("\n"),
  bodySerializer: (lines) => lines,
  headers: { "Content-Type": "application/x-ndjson" },
  parseAs: "text",
});
const [first, second] = (bulk.data ?? "").trimEnd().split("\n").map((line) => JSON.parse(line));
assert.equal(first.result.total, "30203.76");
assert.deepEqual([second.id, second.problem.status], ["b", 400]);

// The calendar: ten working days after 28 April 2023, with the holidays of 1 and 4 May between.
const days = await client.GET("/v1/working-days", { params: { query: { from: "2023-04-28", days: 10 } } });
assert.equal(days.data?.to, "2023-05-16");

console.log("TypeScript client: a calculation, a refusal, a bulk run and a deadline are as expected");
