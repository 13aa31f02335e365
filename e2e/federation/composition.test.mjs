// The subgraph composes, alone and beside one that references PaymentLink,
// extends it with @requires and has a Money, a PageInfo, a DateTimeRange and a
// CurrencyCode of its own: in all three composers that are in use.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { composeServices as composeApollo } from "@apollo/composition";
import { assertCompositionSuccess, composeServices as composeGuild } from "@theguild/federation-composition";
import { federateSubgraphs } from "@wundergraph/composition";
import { parse } from "graphql";

const program = fileURLToPath(new URL("../../.artifacts/paymentlinks", import.meta.url));
const paymentlinks = { name: "paymentlinks", url: "http://127.0.0.1:1/graphql", typeDefs: parse(execFileSync(program, ["schema"], { encoding: "utf8" })) };
const orders = {
  name: "orders",
  url: "http://127.0.0.1:2/",
  typeDefs: parse(readFileSync(new URL("../../deploy/federation/orders/schema.graphql", import.meta.url), "utf8")),
};

// Each composer returns its supergraph (or what stands for it) as text.
const composers = {
  "@apollo/composition": (subgraphs) => {
    const { supergraphSdl, errors, hints } = composeApollo(subgraphs);
    assert.deepEqual(errors ?? [], []);
    assert.deepEqual((hints ?? []).map(String), []);
    return supergraphSdl;
  },
  "@theguild/federation-composition": (subgraphs) => {
    const result = composeGuild(subgraphs);
    assertCompositionSuccess(result);
    return result.supergraphSdl;
  },
  "@wundergraph/composition": (subgraphs) => {
    const result = federateSubgraphs({
      subgraphs: subgraphs.map(({ name, url, typeDefs }) => ({ name, url, definitions: typeDefs })),
      version: "1",
    });
    assert.ok(result.success, result.errors?.map(String).join("\n"));
    assert.deepEqual(result.warnings.map(({ message }) => message), []);
    return JSON.stringify(result.federatedGraphAST);
  },
};

for (const [name, compose] of Object.entries(composers)) {
  describe(name, () => {
    test("composes the subgraph alone", () => {
      assert.match(compose([paymentlinks]), /PaymentLinkConnection/);
    });
    test("composes it beside another subgraph", () => {
      const supergraph = compose([paymentlinks, orders]);
      assert.match(supergraph, /invoiceLine/);
      assert.match(supergraph, /CurrencyCodeAlpha/);
    });
    test("refuses a subgraph that contradicts it", () => {
      const contradiction = { ...orders, typeDefs: parse("type Query { other: Int } type PaymentLinkAmount { value: Int! }") };
      assert.throws(() => compose([paymentlinks, contradiction]));
    });
  });
}
