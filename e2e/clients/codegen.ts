// graphql-codegen: types for every operation in src/, checked against the schema.
// schema may also be the URL of a server in development.
import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "generated/schema.graphql",
  documents: ["src/*.ts"],
  generates: {
    "src/generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        // Exact amounts, instants and codes travel as strings; JSON may be anything.
        scalars: {
          CurrencyCodeAlpha: "string",
          DateTime: "string",
          Decimal: { input: "string | number", output: "string" },
          Duration: "string",
          JSON: "unknown",
          URL: "string",
          _Any: "unknown",
        },
      },
    },
  },
  importExtension: ".js",
};

export default config;
