// The playground in a real browser without a network, as a developer meets it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { startBrowser } from "./lib/browser.mjs";
import { start } from "./lib/service.mjs";

// What each tab must show of the sandbox's merchant demo-seed. An empty list or
// a wrong variable could not give these answers.
const tabs = {
  OpenLinks: ({ paymentLinksConnection }) => assert.equal(paymentLinksConnection.nodes.length, 4),
  Dashboard: ({ paymentLinksConnection }) => {
    assert.equal(paymentLinksConnection.totalCount, 5);
    assert.equal(paymentLinksConnection.nodes.length, 5);
  },
  Counter: ({ paymentLinkByCode }) => assert.equal(paymentLinkByCode.state, "OPEN"),
  NextToExpire: ({ paymentLinksConnection }) => assert.equal(paymentLinksConnection.nodes.length, 4),
  AskedSince: ({ paymentLinksSummary }) => assert.equal(paymentLinksSummary.count, 5),
  Raw: ({ paymentLink }) => assert.equal(paymentLink.status, "ACTIVE"),
};

// README's queries with the answers that it shows.
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const shown = Array.from(readme.matchAll(/```graphql\n([\s\S]*?)```\n\n```json\n([\s\S]*?)```/g), ([, query, answer]) => ({ query, answer }));

// behind is a proxy that serves the program below /pay/. It takes that prefix
// off and keeps the Host header.
async function behind(target) {
  const { hostname, port } = new URL(target);
  const proxy = createServer((incoming, outgoing) => {
    if (!incoming.url.startsWith("/pay/")) return outgoing.writeHead(404).end();
    const { method, headers } = incoming;
    incoming.pipe(request({ hostname, port, path: incoming.url.slice(4), method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    }));
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return { url: `http://127.0.0.1:${proxy.address().port}/pay/`, stop: () => { proxy.closeAllConnections(); proxy.close(); } };
}

describe("playground", () => {
  let service, browser, page;
  const consoleErrors = [];

  before(async () => {
    service = await start();
    browser = await startBrowser();
    page = await browser.context.newPage();
    page.on("console", (message) => { if (message.type() === "error") consoleErrors.push(message.text()); });
    page.on("pageerror", (error) => consoleErrors.push(String(error)));
  });
  after(async () => {
    await browser?.close();
    await service?.stop();
  });

  // open changes to a tab and waits until the editor has read its operation.
  async function open(name) {
    await page.locator(".graphiql-tab-button", { hasText: name }).click();
    await page.waitForFunction((name) => localStorage.getItem("paymentlinks:graphiql:operationName") === name, name);
  }

  // run presses the button of the open tab and returns the data of its answer.
  async function run(endpoint = service.graphql) {
    const [response] = await Promise.all([
      page.waitForResponse((r) => r.url() === endpoint && !r.request().postData().includes("IntrospectionQuery")),
      page.locator(".graphiql-execute-button").click(),
    ]);
    const answer = await response.json();
    assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
    const shown = page.locator(".result-window .CodeMirror-code");
    await shown.getByText('"data"').first().waitFor();
    return answer.data;
  }

  test("opens and answers", async (t) => {
    const started = performance.now();
    await page.goto(service.url);
    tabs.OpenLinks(await run());
    t.diagnostic(`from opening the page to the first answer: ${Math.round(performance.now() - started)} ms`);
  });

  test("has the six tabs", async () => {
    assert.deepEqual(await page.locator(".graphiql-tab-button").allTextContents(), Object.keys(tabs));
  });

  for (const [name, check] of Object.entries(tabs)) {
    test(`tab ${name} works at once`, async () => {
      await open(name);
      check(await run());
    });
  }

  test("explains the schema", async () => {
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    await page.locator(".graphiql-doc-explorer-content").getByText("Query", { exact: true }).first().click();
    await page.locator(".graphiql-doc-explorer-field-name", { hasText: /^paymentLinksConnection$/ }).waitFor();
    const folder = fileURLToPath(new URL("../.artifacts/", import.meta.url));
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: `${folder}playground.png` });
  });

  test("keeps no credential in the browser, also not in the history", async () => {
    await page.waitForFunction(() => localStorage.getItem("paymentlinks:graphiql:tabState")?.includes("Raw"));
    const kept = await page.evaluate(() => JSON.stringify(localStorage));
    assert.match(JSON.parse(kept)["paymentlinks:graphiql:queries"], /OpenLinks/);
    assert.doesNotMatch(kept, /demo-key|demo-seed/);
  });

  test("still works after a reload", async () => {
    await page.reload();
    assert.deepEqual(await page.locator(".graphiql-tab-button").allTextContents(), Object.keys(tabs));
    await open("Raw");
    tabs.Raw(await run());
  });

  for (const { query, answer } of shown) {
    test(`gives README's answer to ${query.replaceAll(/\s+/g, " ").slice(0, 60)}`, async () => {
      await page.locator(".graphiql-tab-add").click();
      await page.locator(".graphiql-query-editor .CodeMirror").click();
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.insertText(query); // as a paste does
      assert.deepEqual({ data: await run() }, JSON.parse(answer));
    });
  }
  test("README shows queries", () => assert.ok(shown.length >= 3));

  test("works below a path prefix", async () => {
    const proxy = await behind(service.url);
    try {
      await page.goto(proxy.url);
      tabs.OpenLinks(await run(`${proxy.url}graphql`));
    } finally {
      proxy.stop();
    }
  });

  test("reached for no other host and logged no error", () => {
    assert.deepEqual(browser.refused, []);
    assert.deepEqual(consoleErrors, []);
  });
});
