// Mesh makes a supergraph out of the REST call; Hive Gateway serves it.
import { defineConfig } from "@graphql-mesh/compose-cli";
import { loadJSONSchemaSubgraph } from "@omnigraph/json-schema";

const nullable = (type) => ({ type: [type, "null"] });

export const composeConfig = defineConfig({
  subgraphs: [{
    sourceHandler: loadJSONSchemaSubgraph("billpocket", {
      endpoint: process.env.UPSTREAM,
      operationHeaders: {
        "BP-User-Token": "{context.headers['bp-user-token']}",
        "X-Api-Key": "{context.headers['x-api-key']}",
      },
      operations: [{
        type: "Query",
        field: "paymentLinks",
        path: "/v1/custom-link",
        method: "GET",
        responseSchema: {
          type: "array",
          title: "PaymentLinks",
          items: {
            type: "object",
            title: "PaymentLink",
            properties: {
              id: { type: "string" },
              custom_link_path: { type: "string" },
              secondary_link: { type: "string" },
              main_link: { type: "string" },
              currency: nullable("string"),
              status: { type: "integer" },
              link_type: { type: "integer" },
              is_fixed_term: { type: "boolean" },
              available_rates: { type: "array", items: { type: "object", additionalProperties: true, title: "Rate" } },
              extra_info: { type: "string" },
              purchase_id: { type: "string" },
            },
          },
        },
      }],
    }),
  }],
});
