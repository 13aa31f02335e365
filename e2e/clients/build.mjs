// Builds the clients as a web team's pipeline does: schema, types, Relay's
// artefacts, compiler.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { program } from "../lib/service.mjs";

export const folder = fileURLToPath(new URL("./", import.meta.url));

// run starts a program in this folder and returns what it prints; one that fails
// shows what it printed.
function run(command, args) {
  try {
    return execFileSync(command, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
  } catch (error) {
    throw new Error(`${error.message}\n${error.stdout}\n${error.stderr}`);
  }
}

// tool runs a program of an npm package, under the given Node.js.
export const tool = (name, args, node = process.execPath) =>
  run(node, [fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url)), ...args]);

export function build() {
  for (const made of ["generated", "src/relay/__generated__"]) mkdirSync(`${folder}${made}`, { recursive: true });
  writeFileSync(`${folder}generated/schema.graphql`, run(program, ["schema", "--api"]));
  // Node.js treats the compiled files as modules.
  writeFileSync(`${folder}generated/package.json`, '{ "type": "module" }\n');
  tool("graphql-codegen", ["--config", "codegen.ts"]);
  tool("relay-compiler", ["relay.config.json"]);
  tool("tsc", ["--project", "tsconfig.json"]);
}
