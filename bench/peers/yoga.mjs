// GraphQL Yoga over Node's own HTTP server.
import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";

import { contextOf, port, resolvers, typeDefs } from "./schema.mjs";

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  context: ({ request }) => contextOf(Object.fromEntries(request.headers)),
  logging: false,
});
createServer(yoga).listen(port, "127.0.0.1");
