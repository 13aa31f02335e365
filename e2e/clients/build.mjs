// Builds the clients as a web team's pipeline does: schema, types, Relay's
// artefacts, compiler. Usage: node build.mjs URL-OF-THE-API
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildClientSchema, getIntrospectionQuery, printSchema } from "graphql";

const folder = fileURLToPath(new URL("./", import.meta.url));
const tool = (name, ...args) =>
  execFileSync(fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url)), args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });

export async function build(url) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  });
  const { data } = await answer.json();
  for (const made of ["generated", "src/relay/__generated__"]) mkdirSync(`${folder}${made}`, { recursive: true });
  writeFileSync(`${folder}generated/schema.graphql`, printSchema(buildClientSchema(data)));
  // Node.js treats the compiled files as modules.
  writeFileSync(`${folder}generated/package.json`, '{ "type": "module" }\n');
  try {
    tool("graphql-codegen", "--config", "codegen.ts");
    tool("relay-compiler", "relay.config.json");
    tool("tsc", "--project", "tsconfig.json");
  } catch (error) {
    throw new Error(`${error.message}\n${error.stdout}\n${error.stderr}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(process.argv[2]);
