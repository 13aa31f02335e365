// Composes the supergraph out of the two subgraphs and writes it to
// supergraph.graphql, or to the file named first. Where rover is installed,
// `rover supergraph compose --config supergraph.yaml` does the same.
import { readFileSync, writeFileSync } from "node:fs";
import { composeServices } from "@apollo/composition";
import { parse } from "graphql";

const paymentlinks = process.env.PAYMENTLINKS_URL ?? "http://127.0.0.1:8080";
const orders = process.env.ORDERS_URL ?? "http://127.0.0.1:4001";

// A subgraph tells its schema through _service, also when introspection is off.
const answer = await fetch(`${paymentlinks}/graphql`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ query: "{ _service { sdl } }" }),
});
const { sdl } = (await answer.json()).data._service;

const { supergraphSdl, errors, hints } = composeServices([
  { name: "paymentlinks", url: `${paymentlinks}/graphql`, typeDefs: parse(sdl) },
  { name: "orders", url: `${orders}/`, typeDefs: parse(readFileSync(new URL("orders/schema.graphql", import.meta.url), "utf8")) },
]);
for (const hint of hints ?? []) console.error(`hint: ${hint}`);
if (errors) {
  for (const error of errors) console.error(`error: ${error.message}`);
  process.exit(1);
}
const target = process.argv[2] ?? new URL("supergraph.graphql", import.meta.url);
writeFileSync(target, supergraphSdl);
