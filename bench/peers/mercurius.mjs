// mercurius over Fastify, with graphql-jit.
import Fastify from "fastify";
import mercurius from "mercurius";

import { contextOf, port, resolvers, typeDefs } from "./schema.mjs";

const app = Fastify();
app.register(mercurius, { schema: typeDefs, resolvers, jit: 1, context: (request) => contextOf(request.headers) });
await app.listen({ host: "127.0.0.1", port });
