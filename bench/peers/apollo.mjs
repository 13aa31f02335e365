// Apollo Server, as its standalone server.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

import { contextOf, port, resolvers, typeDefs } from "./schema.mjs";

await startStandaloneServer(new ApolloServer({ typeDefs, resolvers }), {
  listen: { host: "127.0.0.1", port },
  context: async ({ req }) => contextOf(req.headers),
});
