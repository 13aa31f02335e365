// The orders subgraph. Its three orders reference links of the sandbox's
// merchant demo-seed. The link of the last one does not exist any more.
import { readFileSync } from "node:fs";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";

const orders = [
  { id: "1001", linkId: "61521794a50cfbc301p109f599d3387hab6ad", total: { amount: "30.00", currency: "MXN" } },
  { id: "1002", linkId: "615295d029329f48597218884178553105e13", total: { amount: "50.00", currency: "MXN" } },
  { id: "1003", linkId: "gone", total: { amount: "99.00", currency: "MXN" } },
];
// Only paymentlinks knows whether a link exists, so this subgraph hands out the
// id and the gateway asks paymentlinks.
const reference = (linkId) => ({ __typename: "PaymentLink", id: linkId });

const resolvers = {
  Query: {
    order: (_, { id }) => orders.find((order) => order.id === id),
    orders: (_, { first }) => ({
      nodes: orders.slice(0, first),
      pageInfo: { hasNextPage: first < orders.length, hasPreviousPage: false, startCursor: null, endCursor: null },
    }),
  },
  Order: {
    __resolveReference: ({ id }) => orders.find((order) => order.id === id),
    paymentLink: (order) => reference(order.linkId),
  },
  PaymentLink: {
    // Keeps what @requires asked the gateway to bring.
    __resolveReference: (representation) => representation,
    invoiceLine: ({ code, title }) => `${title} (${code.toUpperCase()})`,
    orders: ({ id }) => orders.filter(({ linkId }) => linkId === id),
  },
};

const server = new ApolloServer({
  schema: buildSubgraphSchema({
    typeDefs: parse(readFileSync(new URL("schema.graphql", import.meta.url), "utf8")),
    resolvers,
  }),
});
const { url } = await startStandaloneServer(server, {
  listen: { host: "127.0.0.1", port: Number(process.env.PORT ?? 4001) },
});
console.log(`orders: ${url}`);
