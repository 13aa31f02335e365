// A gateway's demand control reads what the schema tells of costs: a page of 250
// QR codes is refused before any subgraph is asked, and one of 20 is not.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { freePort, launch } from "../lib/process.mjs";
import { ask, merchants, start, startSandbox } from "../lib/service.mjs";

const example = fileURLToPath(new URL("../../deploy/federation/", import.meta.url));

let folder, sandbox, service, orders, gateway, url;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "demand-"));
  sandbox = await startSandbox();
  service = await start({ UPSTREAM_URL: sandbox.url });
  orders = await launch(process.execPath, ["orders/server.mjs"], { cwd: example, env: { PORT: "0" }, ready: /orders: (\S+)/ });
  const supergraph = join(folder, "supergraph.graphql");
  execFileSync(process.execPath, ["compose.mjs", supergraph], {
    cwd: example,
    env: { PATH: process.env.PATH, PAYMENTLINKS_URL: service.url, ORDERS_URL: orders.url.replace(/\/$/, "") },
  });
  const port = await freePort();
  const args = ["supergraph", supergraph, "--config-path", "gateway.config.mjs", "--host", "127.0.0.1", "--port", String(port)];
  gateway = await launch("node_modules/.bin/hive-gateway", args, {
    cwd: example, env: { DEMAND_MAX_COST: "1000" }, ready: /(http:\/\/127\.0\.0\.1:\d+)/,
  });
  url = `http://127.0.0.1:${port}/graphql`;
});
after(async () => {
  await gateway?.stop();
  await orders?.stop();
  await service?.stop();
  await sandbox?.stop();
  rmSync(folder, { recursive: true });
});

const codes = (first) => ask(url, merchants.shop, `{ paymentLinksConnection(first: ${first}) { nodes { qrCode { modules } } } }`);

test("250 QR codes are refused, and upstream is not asked", async () => {
  const { data, errors } = await codes(250);
  assert.equal(data?.paymentLinksConnection ?? null, null);
  assert.equal(errors[0].extensions.code, "COST_ESTIMATED_TOO_EXPENSIVE");
  assert.equal(await sandbox.calls(), 0);
});

test("20 are answered", async () => {
  const { data, errors } = await codes(20);
  assert.equal(errors, undefined);
  assert.equal(data.paymentLinksConnection.nodes.length, 20);
});

test("a page is 20 links unless it says otherwise", async () => {
  const { errors } = await ask(url, merchants.shop, `{ paymentLinksConnection { nodes { qrCode { modules } } } }`);
  assert.equal(errors, undefined);
});

test("all links with a code each are too many", async () => {
  const { errors } = await ask(url, merchants.shop, `{ paymentLinks { qrCode { modules } } }`);
  assert.equal(errors[0].extensions.code, "COST_ESTIMATED_TOO_EXPENSIVE");
});
