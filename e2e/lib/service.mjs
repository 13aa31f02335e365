// Starts the program that is under test, as an operator would.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../.artifacts/paymentlinks", import.meta.url));

// start runs the program with these settings (PAYMENTLINKS_ is put before each
// name) and resolves once it serves. What it printed is in output().
export async function start(settings = {}, args = []) {
  const environment = { PATH: process.env.PATH, PAYMENTLINKS_LISTEN: "127.0.0.1:0", PAYMENTLINKS_ADMIN_LISTEN: "127.0.0.1:0" };
  for (const [name, value] of Object.entries(settings)) environment[`PAYMENTLINKS_${name}`] = value;

  const child = spawn(program, args, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  let output = "";
  const listening = new Promise((resolve, reject) => {
    const read = (chunk) => {
      output += chunk;
      const address = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(output);
      if (address) resolve(address[0]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    exited.then(() => reject(new Error(`the program ended before it served:\n${output}`)));
  });
  const url = await listening;
  return {
    url,
    graphql: `${url}/graphql`,
    output: () => output,
    async stop() {
      child.kill("SIGTERM");
      const [code] = await exited;
      if (code !== 0) throw new Error(`the program ended with ${code}:\n${output}`);
    },
  };
}

// The credentials that the sandbox publishes.
export const merchants = {
  seed: { "BP-User-Token": "demo-seed", "X-Api-Key": "demo-key" },
  shop: { "BP-User-Token": "demo-shop", "X-Api-Key": "demo-key" },
  large: { "BP-User-Token": "demo-large", "X-Api-Key": "demo-key" },
};
