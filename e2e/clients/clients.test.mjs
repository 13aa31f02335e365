// Runs the clients that web teams have against the program. Each scenario uses
// the files in src/ as they are, built by build.mjs.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { merchants, start, startSandbox } from "../lib/service.mjs";
import { build, folder, tool } from "./build.mjs";

const seedLink = "61521794a50cfbc301p109f599d3387hab6ad";

let sandbox, service;
before(async () => {
  sandbox = await startSandbox();
  service = await start({ UPSTREAM_URL: sandbox.url, BREAKER: "off" });
  build(); // graphql-codegen, relay-compiler and tsc --strict must all accept the schema file
});
after(async () => {
  await service?.stop();
  await sandbox?.stop();
});

// Some Node.js releases cannot read what graphql-codegen's HTTP client offers to
// read, so it is tried on the oldest release that the pages name.
test("graphql-codegen reads the schema of the running program on Node.js 20", () => {
  const oldest = process.env.OLDEST_NODE ?? process.execPath;
  assert.match(execFileSync(oldest, ["--version"], { encoding: "utf8" }), /^v20\./);
  writeFileSync(`${folder}generated/from-url.ts`, `import config from "../codegen";
    const [output] = Object.values(config.generates);
    export default { ...config, schema: "${service.graphql}", generates: { "generated/from-url/": output } };`);
  tool("graphql-codegen", ["--config", "generated/from-url.ts"], oldest);
  const made = (name) => readFileSync(`${folder}${name}`, "utf8");
  assert.equal(made("generated/from-url/gql.ts"), made("src/generated/gql.ts"));
  assert.match(made("generated/from-url/graphql.ts"), /AskedSinceTotalsQuery/);
});

// recorder is fetch that keeps what was sent and received.
function recorder() {
  const exchanges = [];
  const record = async (input, init) => {
    const response = await fetch(input, init);
    exchanges.push({ method: init?.method ?? "GET", sentText: /[?&]query=|"query":/.test(String(input) + (init?.body ?? "")), answer: await response.clone().json() });
    return response;
  };
  return { record, exchanges };
}

describe("Apollo Client", () => {
  let apollo;
  before(async () => { apollo = await import("./generated/js/apollo.js"); });

  test("merges pages and normalises links by id", async () => {
    const client = apollo.createClient(service.graphql, merchants.shop);
    const page = { query: apollo.LinksPage, variables: { first: 20 } };
    const first = await client.query(page);
    assert.equal(first.data.paymentLinksConnection.edges.length, 20);
    const list = client.watchQuery(page);
    await apollo.loadMore(list);

    const merged = list.getCurrentResult().data.paymentLinksConnection;
    assert.equal(merged.edges.length, 40);
    assert.equal(new Set(merged.edges.map(({ node }) => node.id)).size, 40);
    assert.equal(merged.totalCount, 240);

    // A link that a page has brought is read from the cache, by its id.
    const { id, title } = merged.edges[0].node;
    const before = await sandbox.calls();
    const link = await client.query({ query: apollo.LinkById, variables: { id }, fetchPolicy: "cache-only" });
    assert.equal(link.data.paymentLink.title, title);
    assert.equal(await sandbox.calls(), before);
  });

  // What is sent while the server does not know the text, and what afterwards.
  const [hash, text] = [false, true];
  for (const { useGET, sent } of [
    { useGET: true, sent: [["GET", hash], ["POST", text], ["GET", hash]] },
    { useGET: false, sent: [["POST", hash], ["POST", hash]] },
  ]) {
    test(`sends operations by their hash, by ${sent.at(-1)[0]}`, async () => {
      const { record, exchanges } = recorder();
      for (let times = 0; times < 2; times++) {
        const client = apollo.createClient(service.graphql, merchants.seed, { useGET, fetch: record });
        const { data } = await client.query({ query: apollo.LinkById, variables: { id: seedLink }, fetchPolicy: "no-cache" });
        assert.equal(data.paymentLink.id, seedLink);
      }
      assert.deepEqual(exchanges.map(({ method, sentText }) => [method, sentText]), sent);
      if (useGET) assert.equal(exchanges[0].answer.errors[0].message, "PersistedQueryNotFound");
    });
  }

  test("reads error codes", async () => {
    const client = apollo.createClient(service.graphql, { "BP-User-Token": "demo-forbidden", "X-Api-Key": "demo-key" });
    await assert.rejects(client.query({ query: apollo.LinksPage, variables: { first: 1 } }), (error) => {
      assert.deepEqual(apollo.errorCodes(error), ["FORBIDDEN"]);
      return true;
    });
  });

  test("gets a clean refusal of a bad argument", async () => {
    const client = apollo.createClient(service.graphql, merchants.seed);
    await assert.rejects(client.query({ query: apollo.LinksPage, variables: { first: 251 } }), (error) => {
      assert.deepEqual(apollo.errorCodes(error), ["BAD_USER_INPUT"]);
      assert.match(error.message, /first/);
      return true;
    });
  });
});

test("urql reads a list, once", async () => {
  const { createClient, ExpiringSoon } = await import("./generated/js/urql.js");
  const client = createClient(service.graphql, merchants.shop);
  const { data, error } = await client.query(ExpiringSoon, { within: "P7D" });
  assert.equal(error, undefined);
  const { nodes } = data.paymentLinksConnection;
  assert.ok(nodes.length > 1);
  assert.deepEqual(nodes.map(({ expiresIn }) => expiresIn), nodes.map(({ expiresIn }) => expiresIn).sort((a, b) => a - b));
  const again = await client.query(ExpiringSoon, { within: "P7D" }, { requestPolicy: "cache-only" });
  assert.deepEqual(again.data, data);
});

describe("graphql-request", () => {
  let client, module;
  before(async () => {
    module = await import("./generated/js/graphql-request.js");
    client = module.createClient(service.graphql, merchants.seed);
  });

  test("sums exactly", async () => {
    const { paymentLinksSummary } = await client.request(module.AskedSince, { from: "2023-08-09T02:00:00Z" });
    assert.deepEqual(paymentLinksSummary, { count: 4, byCurrency: [{ currency: "MXN", count: 4, total: { value: "280.00", minorUnits: "28000" } }] });
  });

  test("finds a link by its code", async () => {
    const { paymentLinkByCode } = await client.request(module.ByCode, { code: "LL32LX7N" });
    assert.equal(paymentLinkByCode.state, "INACTIVE");
    assert.equal((await client.request(module.ByCode, { code: "nobody-has-this" })).paymentLinkByCode, null);
  });

  test("tells a person what went wrong", async () => {
    const failure = await client.request(module.AskedSince, { from: "yesterday" }).then(() => undefined, (error) => error);
    const [sentence] = module.sentences(failure);
    assert.match(sentence, /from/);
    assert.doesNotMatch(sentence, /yesterday/);
  });
});

test("Relay grows a list through its connection", async () => {
  const { createEnvironment, loadMore, loadedLinks } = await import("./generated/js/relay/links.js");
  const environment = createEnvironment(service.graphql, merchants.shop);
  let page = await loadMore(environment, 100, null);
  while (page.pageInfo.hasNextPage) page = await loadMore(environment, 100, page.pageInfo.endCursor);

  const list = loadedLinks(environment, 100);
  assert.equal(list.edges.length, 240);
  assert.equal(new Set(list.edges.map(({ node }) => node.id)).size, 240);
  assert.equal(list.totalCount, 240);
});
