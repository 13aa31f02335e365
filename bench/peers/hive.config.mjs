// Hive Gateway, without what it reports and draws by default.
import { defineConfig } from "@graphql-hive/gateway";

export const gatewayConfig = defineConfig({
  logging: false,
  graphiql: false,
  landingPage: false,
});
