// Federated tracing: a gateway that asks for it gets a trace, and others do not.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { merchants, start } from "../lib/service.mjs";

let service;
before(async () => { service = await start(); });
after(() => service.stop());

async function extensions(headers) {
  const response = await fetch(service.graphql, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...merchants.seed, ...headers },
    body: JSON.stringify({ query: "{ paymentLinks { id title } }" }),
  });
  const { data, extensions } = await response.json();
  assert.equal(data.paymentLinks.length, 5);
  return extensions;
}

test("a gateway that asks gets a trace of every field", async () => {
  const { ftv1 } = await extensions({ "apollo-federation-include-trace": "ftv1" });
  const trace = Buffer.from(ftv1, "base64");
  // A protobuf message; its text holds the names of fields and types, and no credential.
  for (const name of ["paymentLinks", "title", "PaymentLink"]) assert.ok(trace.includes(name), name);
  for (const secret of ["demo-seed", "demo-key"]) assert.ok(!trace.includes(secret), secret);
});

test("others get none", async () => {
  assert.equal(await extensions({}), undefined);
});
