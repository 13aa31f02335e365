// Hive Gateway. The two credential headers go to paymentlinks and to no other
// subgraph; answers are the caller's own and are kept nowhere. With
// PAYMENTLINKS_JWT_ISSUER set, forward "authorization" too, and only then.
import { defineConfig } from "@graphql-hive/gateway";

export const gatewayConfig = defineConfig({
  propagateHeaders: {
    fromClientToSubgraphs({ request, subgraphName }) {
      if (subgraphName !== "paymentlinks") return undefined;
      const headers = {};
      for (const name of ["bp-user-token", "x-api-key", "cache-control", "x-request-id"]) {
        const value = request.headers.get(name);
        if (value !== null) headers[name] = value;
      }
      return headers;
    },
    fromSubgraphsToClient() {
      return { "cache-control": "private, no-store" };
    },
  },
  // Codes and sentences of paymentlinks are written for clients.
  maskedErrors: false,
});
