// Hive Gateway. The two credential headers go to paymentlinks and to no other
// subgraph. Answers belong to one caller, so no cache may keep them. With
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
  },
  plugins: () => [{
    onResponse: ({ response }) => response.headers.set("cache-control", "private, no-store"),
  }],
  // What may cost more than this is refused here, before any subgraph is asked.
  ...(process.env.DEMAND_MAX_COST ? { demandControl: { maxCost: Number(process.env.DEMAND_MAX_COST) } } : {}),
  // paymentlinks writes its codes and messages for clients.
  maskedErrors: false,
});
