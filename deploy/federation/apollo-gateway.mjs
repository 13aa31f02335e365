// The same graph through @apollo/gateway and Apollo Server.
import { readFileSync } from "node:fs";
import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

// With PAYMENTLINKS_JWT_ISSUER set, "authorization" too, and only then.
const forwarded = ["bp-user-token", "x-api-key", "cache-control", "x-request-id"];

const server = new ApolloServer({
  gateway: new ApolloGateway({
    supergraphSdl: readFileSync(process.env.SUPERGRAPH ?? new URL("supergraph.graphql", import.meta.url), "utf8"),
    buildService: ({ name, url }) => new RemoteGraphQLDataSource({
      url,
      // The credentials go to paymentlinks and to no other subgraph.
      willSendRequest({ request, context }) {
        if (name !== "paymentlinks") return;
        for (const header of forwarded) {
          if (context.headers?.[header]) request.http.headers.set(header, context.headers[header]);
        }
      },
    }),
  }),
  plugins: [{
    // Answers belong to one caller, so no cache may keep them.
    requestDidStart: async () => ({
      willSendResponse: async ({ response }) => response.http.headers.set("cache-control", "private, no-store"),
    }),
  }],
});

const { url } = await startStandaloneServer(server, {
  context: async ({ req }) => ({ headers: req.headers }),
  listen: { host: "127.0.0.1", port: Number(process.env.PORT ?? 4000) },
});
console.log(`gateway: ${url}`);
