// Runs the example of deploy/federation: both subgraphs behind Hive Gateway and
// behind @apollo/gateway, with the callers' credentials forwarded.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { freePort, launch } from "../lib/process.mjs";
import { ask, merchants, start, startSandbox } from "../lib/service.mjs";

const example = fileURLToPath(new URL("../../deploy/federation/", import.meta.url));
const node = process.execPath;

const gateways = [
  {
    name: "Hive Gateway",
    async start(supergraph) {
      const port = await freePort();
      const args = ["supergraph", supergraph, "--config-path", "gateway.config.mjs", "--host", "127.0.0.1", "--port", String(port)];
      const gateway = await launch("node_modules/.bin/hive-gateway", args, { cwd: example, ready: /(http:\/\/127\.0\.0\.1:\d+)/ });
      return { ...gateway, url: `http://127.0.0.1:${port}/graphql` };
    },
    // It keeps the reference that orders handed out, misses the non-null title
    // of a link that is gone, and adds an error of its own.
    noteOfDeadReference: ({ errors }) => errors,
  },
  {
    name: "@apollo/gateway",
    start: (supergraph) =>
      launch(node, ["apollo-gateway.mjs"], { cwd: example, env: { SUPERGRAPH: supergraph, PORT: "0" }, ready: /gateway: (\S+)/ }),
    // It says the same beside the errors.
    noteOfDeadReference: ({ errors, extensions }) => errors ?? extensions.valueCompletion,
  },
];

const firstLink = "61521794a50cfbc301p109f599d3387hab6ad";

for (const { name, start: startGateway, noteOfDeadReference } of gateways) {
  describe(name, () => {
    let folder, sandbox, service, orders, gateway;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "supergraph-"));
      sandbox = await startSandbox();
      service = await start({ UPSTREAM_URL: sandbox.url, FRESH_FOR: "1ms", STALE_FOR: "0", BREAKER: "off" });
      orders = await launch(node, ["orders/server.mjs"], { cwd: example, env: { PORT: "0" }, ready: /orders: (\S+)/ });
      const supergraph = join(folder, "supergraph.graphql");
      execFileSync(node, ["compose.mjs", supergraph], {
        cwd: example,
        env: { PATH: process.env.PATH, PAYMENTLINKS_URL: service.url, ORDERS_URL: orders.url.replace(/\/$/, "") },
      });
      gateway = await startGateway(supergraph);
    });
    after(async () => {
      await gateway?.stop();
      await orders?.stop();
      await service?.stop();
      await sandbox?.stop();
      rmSync(folder, { recursive: true });
    });
    beforeEach(() => sandbox.reset());

    const query = (text, merchant = merchants.seed) => ask(gateway.url, merchant, text);

    test("answers one query from both subgraphs", async () => {
      const { data, errors } = await query(`{
        order(id: "1001") { total { amount currency } paymentLink { id state amount { formatted } } }
        paymentLinks(status: INACTIVE) { id orders { id } }
      }`);
      assert.equal(errors, undefined);
      assert.deepEqual(data, {
        order: {
          total: { amount: "30.00", currency: "MXN" },
          paymentLink: { id: firstLink, state: "OPEN", amount: { formatted: "$30.00" } },
        },
        paymentLinks: [{ id: "61512bbc109e0e5d64f7dbde3723d02d43e19", orders: [] }],
      });
    });

    test("brings what @requires asks for", async () => {
      const { data, errors } = await query(`{ paymentLink(id: "${firstLink}") { invoiceLine orders { id } } }`);
      assert.equal(errors, undefined);
      assert.deepEqual(data.paymentLink, { invoiceLine: "ll33q0rh (LL33Q0RH)", orders: [{ id: "1001" }] });
    });

    test("leaves a dead reference null, with a note of the gateway and no error of ours", async () => {
      const answer = await query(`{ orders { nodes { id paymentLink { title } } } }`);
      const notes = noteOfDeadReference(answer).map(({ message }) => message);
      assert.deepEqual(notes, ["Cannot return null for non-nullable field PaymentLink.title."]);
      const links = answer.data.orders.nodes.map(({ paymentLink }) => paymentLink);
      assert.deepEqual(links, [{ title: "ll33q0rh" }, { title: "ll33pe5x" }, null]);
    });

    test("answers the first request of the example's README without an error", async () => {
      const page = readFileSync(`${example}README.md`, "utf8");
      const command = /^curl [\s\S]*?(?=^```)/m.exec(page)[0].replace("http://127.0.0.1:4000/graphql", gateway.url);
      const { data, errors } = JSON.parse(execFileSync("bash", ["-c", command], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
      assert.equal(errors, undefined);
      assert.deepEqual(data.orders.nodes.map(({ paymentLink }) => paymentLink.invoiceLine), ["ll33q0rh (LL33Q0RH)", "ll33pe5x (LL33PE5X)"]);
    });

    test("asks upstream once for all entities of an answer", async () => {
      await query(`{ orders { nodes { paymentLink { code } } } }`);
      assert.equal(await sandbox.calls(), 1);
    });

    test("keeps the rest of the answer while upstream fails", async () => {
      await sandbox.fail({ mode: "status", status: 503, calls: 0 });
      // The failure is remembered for this merchant, so no other test asks as it.
      const merchant = { ...merchants.seed, "BP-User-Token": "failing" };
      const { data, errors } = await query(`{ orders { nodes { id paymentLink { title } } } }`, merchant);
      assert.deepEqual(data.orders.nodes.map(({ id }) => id), ["1001", "1002", "1003"]);
      assert.ok(errors.length > 0);
      for (const { extensions } of errors) assert.equal(extensions.code, "UPSTREAM_UNAVAILABLE");
    });

    test("shares nothing between two tenants", async () => {
      const text = `{ paymentLinks { id } orders { nodes { paymentLink { id title } } } }`;
      const callers = Array.from({ length: 20 }, (_, i) => (i % 2 ? merchants.seed : merchants.shop));
      const answers = await Promise.all(callers.map((merchant) => query(text, merchant)));
      answers.forEach(({ data }, i) => {
        if (callers[i] === merchants.seed) {
          assert.equal(data.paymentLinks.length, 5);
          assert.ok(data.orders.nodes[0].paymentLink.title);
        } else {
          assert.equal(data.paymentLinks.length, 240);
          assert.equal(data.orders.nodes[0].paymentLink, null);
        }
      });
    });

    test("keeps answers private", async () => {
      for (const text of ["{ paymentLinks { id } }", "{ orders { nodes { paymentLink { title } } } }", "{ __typename }"]) {
        const response = await fetch(gateway.url, {
          method: "POST",
          headers: { "Content-Type": "application/json", ...merchants.seed },
          body: JSON.stringify({ query: text }),
        });
        assert.equal(response.headers.get("cache-control"), "private, no-store", text);
        assert.ok((await response.json()).data, text);
      }
    });

    test("forwards the request's id, and no token that is for others", async () => {
      const headers = { ...merchants.seed, Authorization: "Bearer for-another-subgraph", "X-Request-Id": "gateway-7" };
      const { data } = await query(`{ paymentLinks { id } }`, headers);
      assert.equal(data.paymentLinks.length, 5);
      const { errors } = await query(`{ paymentLinksConnection(first: 500) { totalCount } }`, headers);
      assert.equal(errors[0].extensions.requestId, "gateway-7");
    });

    test("says so when a caller brings no credentials", async () => {
      const { data, errors } = await query(`{ paymentLinks { id } }`, {});
      assert.equal(data?.paymentLinks ?? null, null);
      assert.equal(errors[0].extensions.code, "UNAUTHENTICATED");
    });
  });
}
