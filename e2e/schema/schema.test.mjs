// The schema follows the rules of graphql-eslint and Relay, and keeps what the
// last release promised. Both checks are themselves checked with planted faults.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";

import { accepted } from "./accepted.mjs";
import { current, objections, released, sinceRelease } from "./contract.mjs";

describe("graphql-eslint", () => {
  const eslint = new ESLint({
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    overrideConfigFile: fileURLToPath(new URL("eslint.config.mjs", import.meta.url)),
  });
  const findings = (results) =>
    results.flatMap(({ filePath, messages }) => messages.map(({ line, ruleId, message }) => `${filePath}:${line}: ${message} (${ruleId})`));

  test("finds nothing in the schema", async () => {
    const results = await eslint.lintFiles(["graph/schema/*.graphqls"]);
    assert.ok(results.length >= 7, `${results.length} files were read`);
    assert.deepEqual(findings(results), []);
  });

  const planted = {
    "naming-convention": `extend type Query { "The links." getPaymentLinks: Int }`,
    "require-description": `extend type Query { silent: Int }`,
    "strict-id-in-types": `"A thing." type Thing { "Its name." name: String }`,
    "no-typename-prefix": `"A fee." type Fee { "It." id: ID! "How much." feeValue: Int }`,
    "known-type-names": `extend type Query { "Nothing known." other: Nowhere }`,
    "known-directives": `extend type Query { "A secret." other: Int @inaccessible }`,
    "relay-connection-types": `"A page." type ThingConnection { "The links." edges: [PaymentLinkEdge!]! }`,
    "relay-arguments": `extend type Query { "Pages." others(first: Int): PaymentLinkConnection }`,
  };
  for (const [rule, text] of Object.entries(planted)) {
    test(`finds a breach of ${rule}`, async () => {
      const results = await eslint.lintText(text, { filePath: "graph/schema/planted.graphqls" });
      const rules = results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId));
      assert.ok(rules.includes(`@graphql-eslint/${rule}`), `found: ${rules.join(", ")}`);
    });
  }
});

describe("the contract", () => {
  test("is kept since the last release", async () => {
    assert.deepEqual(objections(await sinceRelease(released(), current()), accepted), []);
  });

  // Each of these takes the schema and gives one with the fault in it.
  const replace = (before, after) => (sdl) => {
    assert.equal(sdl.split(before).length, 2, `the schema has ${before} once`);
    return sdl.replace(before, after);
  };
  const levels = async (change) => (await sinceRelease(released(), change(released()))).map(({ level, path }) => `${level} ${path}`);

  const faults = {
    "a field that is gone": [replace("  code: String!\n", "  token: String!\n"), "BREAKING PaymentLink.code"],
    "a field that may be null now": [replace("  url: URL!\n", "  url: URL\n"), "BREAKING PaymentLink.url"],
    "a field of another type": [replace("  minorUnits: String\n", "  minorUnits: Int\n"), "BREAKING PaymentLinkAmount.minorUnits"],
    "an enum value that is gone": [replace(`  "60 seconds."\n  MINUTES\n`, ""), "BREAKING PaymentLinkTimeUnit.MINUTES"],
    "an argument that is gone": [replace("paymentLink(id: ID!)", "paymentLink"), "BREAKING Query.paymentLink.id"],
    "an argument that must be given": [replace("paymentLink(id: ID!)", "paymentLink(id: ID!, user: ID!)"), "BREAKING Query.paymentLink.user"],
    "an input that must be given": [replace("  search: String\n", "  search: String!\n"), "BREAKING PaymentLinkFilter.search"],
    "an entity without its key": [replace(` @key(fields: "id")`, ""), "BREAKING PaymentLink.@key", "BREAKING PaymentLink.@key.fields"],
    "an entity with another key": [replace(`@key(fields: "id")`, `@key(fields: "code")`), "BREAKING PaymentLink.@key.fields"],
    "a type that others can share no more": [replace("PageInfo @shareable", "PageInfo"), "BREAKING PageInfo.@shareable"],
    "another default": [replace("= CREATED_AT_DESC", "= CREATED_AT_ASC"), "DANGEROUS Query.paymentLinksConnection.orderBy"],
    "a new enum value": [replace("  MINUTES\n", "  MINUTES\n  FORTNIGHTS\n"), "DANGEROUS PaymentLinkTimeUnit.FORTNIGHTS"],
    "a field that leaves its contract": [replace(`purchaseId: ID @tag(name: "operations")`, "purchaseId: ID"), "DANGEROUS PaymentLink.purchaseId.@tag"],
  };
  for (const [fault, [plant, ...want]] of Object.entries(faults)) {
    test(`is broken by ${fault}`, async () => {
      assert.deepEqual(await levels(plant), want);
    });
  }

  const additions = {
    "a new type": (sdl) => `${sdl}\ntype Thing { id: ID! }`,
    "a new field": (sdl) => `${sdl}\nextend type PaymentLink { weight(unit: String! = "g"): Int }`,
    "a new filter": replace("  search: String\n", "  search: String\n  words: String\n"),
    "a promise that is stronger": replace("  startCursor: String\n", "  startCursor: String!\n"),
    "a deprecation": replace("  startCursor: String\n", `  startCursor: String @deprecated(reason: "The edges have it.")\n`),
    "other words": replace(`"Units of time."`, `"Parts of time."`),
  };
  for (const [addition, make] of Object.entries(additions)) {
    test(`is not broken by ${addition}`, async () => {
      assert.deepEqual(await levels(make), []);
    });
  }

  describe("takes exceptions", () => {
    const breaking = { level: "BREAKING", type: "FIELD_REMOVED", path: "PaymentLink.code", message: "It is gone" };
    const dangerous = { level: "DANGEROUS", type: "ENUM_VALUE_ADDED", path: "PaymentLinkState.PAUSED", message: "It is new" };
    const entry = ({ type, path }, reason = "Every client knows it.") => ({ type, path, reason });

    test("for dangerous changes", () => assert.deepEqual(objections([dangerous], [entry(dangerous)]), []));
    test("for no others of the same place", () => {
      assert.equal(objections([dangerous], [{ ...entry(dangerous), type: "ENUM_VALUE_REMOVED" }]).length, 2);
    });
    test("not for breaking ones", () => {
      assert.deepEqual(objections([breaking], [entry(breaking)]), ["breaking: It is gone (FIELD_REMOVED, PaymentLink.code)"]);
    });
    test("not without a reason", () => assert.equal(objections([dangerous], [entry(dangerous, " ")]).length, 1));
    test("not for changes that are none", () => assert.equal(objections([], [entry(dangerous)]).length, 1));
  });
});
