// Debian's Chromium, cut off from everything but this machine.
import { chromium } from "playwright-core";

// startBrowser starts a browser. Requests beyond loopback are refused and listed
// in refused.
export async function startBrowser() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const refused = [];
  await context.route("**/*", (route) => {
    const url = new URL(route.request().url());
    if (url.hostname === "127.0.0.1" || url.protocol === "data:") return route.continue();
    refused.push(url.href);
    return route.abort();
  });
  return { context, refused, close: () => browser.close() };
}
