// Runs the public audit of GraphQL over HTTP servers against the program with its
// default settings and in production.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { serverAudits } from "graphql-http";

import { start, startSandbox } from "./lib/service.mjs";

describe("graphql-http audit, default settings", () => {
  let service;
  before(async () => { service = await start(); });
  after(() => service.stop());

  const audits = serverAudits({ url: () => service.graphql });
  test("there are 61 audits", () => assert.equal(audits.length, 61));
  for (const audit of audits) {
    test(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();
      assert.equal(result.status, "ok", result.reason);
    });
  }
});

// In production GET is for persisted documents and introspection is off, so MAY
// rules that need either can fail. All MUST and SHOULD rules still hold.
describe("graphql-http audit, production", () => {
  let service, sandbox;
  before(async () => {
    sandbox = await startSandbox();
    service = await start({ PRODUCTION: "true", UPSTREAM_URL: sandbox.url });
  });
  after(async () => {
    await service.stop();
    await sandbox.stop();
  });

  const required = serverAudits({ url: () => service.graphql }).filter(({ name }) => /^(MUST|SHOULD)/.test(name));
  test("36 audits are MUST or SHOULD", () => assert.equal(required.length, 36));
  for (const audit of required) {
    test(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();
      assert.equal(result.status, "ok", result.reason);
    });
  }
});
