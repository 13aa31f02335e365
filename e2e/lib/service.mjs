// The program under test, started as an operator would.
import { fileURLToPath } from "node:url";

import { launch } from "./process.mjs";

export const program = fileURLToPath(new URL("../../.artifacts/paymentlinks", import.meta.url));

// start runs the program with these settings (PAYMENTLINKS_ is put before each
// name) and resolves once it serves.
export async function start(settings = {}, args = []) {
  const env = { PAYMENTLINKS_LISTEN: "127.0.0.1:0", PAYMENTLINKS_ADMIN_LISTEN: "127.0.0.1:0", PAYMENTLINKS_SHUTDOWN_DELAY: "0s" };
  for (const [name, value] of Object.entries(settings)) env[`PAYMENTLINKS_${name}`] = value;

  // Over an upstream there is no banner, but a line in the log.
  const ready = /(?:^(?:GraphQL API|Sandbox) +http:\/\/|msg=serving at\.api=)([\d.:]+)(?:\/graphql)?(?:\s|$)/m;
  const running = await launch(program, args, { env, ready });
  running.url = `http://${running.url}`;
  return {
    ...running,
    graphql: `${running.url}/graphql`,
    async stop() {
      const code = await running.stop();
      if (code !== 0) throw new Error(`the program ended with ${code}:\n${running.output()}`);
    },
  };
}

// startSandbox runs the embedded Billpocket alone, to be told to fail and to be
// asked how often it was called.
export async function startSandbox() {
  const sandbox = await start({ SANDBOX_LISTEN: "127.0.0.1:0" }, ["sandbox"]);
  const control = async (method, path, body) => {
    const response = await fetch(`${sandbox.url}/_sandbox/${path}`, { method, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  };
  return {
    ...sandbox,
    fail: (fault) => control("POST", "faults", fault),
    reset: () => control("DELETE", ""),
    calls: async () => (await control("GET", "calls")).total,
  };
}

// The credentials that the sandbox publishes.
export const merchants = {
  seed: { "BP-User-Token": "demo-seed", "X-Api-Key": "demo-key" },
  shop: { "BP-User-Token": "demo-shop", "X-Api-Key": "demo-key" },
  large: { "BP-User-Token": "demo-large", "X-Api-Key": "demo-key" },
};

// ask posts one operation and returns the decoded answer.
export async function ask(url, headers, query, variables) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept": "application/json", ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}
