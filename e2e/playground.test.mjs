// The playground in a real browser without a network, as a developer meets it.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { startBrowser } from "./lib/browser.mjs";
import { start } from "./lib/service.mjs";

// What each tab must show of the sandbox's shop: the answer that an empty list
// or a wrong variable could not give.
const tabs = {
  ActiveLinks: ({ paymentLinks }) => assert.ok(paymentLinks.some(({ isExpired }) => !isExpired)),
  Dashboard: ({ paymentLinksConnection }) => {
    assert.equal(paymentLinksConnection.totalCount, 240);
    assert.equal(paymentLinksConnection.nodes.length, 20);
  },
  Counter: ({ paymentLinkByCode }) => assert.equal(paymentLinkByCode.state, "OPEN"),
  ExpiringSoon: ({ paymentLinksConnection }) => assert.ok(paymentLinksConnection.nodes.length > 0),
  AskedSince: ({ paymentLinksSummary }) => assert.ok(paymentLinksSummary.byCurrency.length > 1),
  Raw: ({ paymentLink }) => assert.equal(paymentLink.status, "ACTIVE"),
};

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
  async function run() {
    const [response] = await Promise.all([
      page.waitForResponse((r) => r.url() === service.graphql && !r.request().postData().includes("IntrospectionQuery")),
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
    tabs.ActiveLinks(await run());
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
    assert.match(JSON.parse(kept)["paymentlinks:graphiql:queries"], /ActiveLinks/);
    assert.doesNotMatch(kept, /demo-key|demo-shop/);
  });

  test("still works after a reload", async () => {
    await page.reload();
    assert.deepEqual(await page.locator(".graphiql-tab-button").allTextContents(), Object.keys(tabs));
    await open("Raw");
    tabs.Raw(await run());
  });

  test("reached for no other host and logged no error", () => {
    assert.deepEqual(browser.refused, []);
    assert.deepEqual(consoleErrors, []);
  });
});
