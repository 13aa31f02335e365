// graphql-eslint over the schema's files, from the top of the project:
//
//   e2e/node_modules/.bin/eslint --config e2e/schema/eslint.config.mjs graph/schema
import { fileURLToPath } from "node:url";
import graphql from "@graphql-eslint/eslint-plugin";

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

export default [{
  files: ["**/*.graphqls"],
  languageOptions: {
    parser: graphql.parser,
    parserOptions: {
      graphQLConfig: {
        // federation.graphqls makes the plugin build the schema with a library of
        // Apollo's; the definitions of its directives are all that is needed.
        schema: [file("../../graph/schema/!(federation).graphqls"), file("federation.graphql")],
      },
    },
  },
  plugins: { "@graphql-eslint": graphql },
  rules: {
    ...graphql.configs["flat/schema-recommended"].rules,
    ...graphql.configs["flat/schema-relay"].rules,

    // One sentence stands on one line, more stand in a block; the rule knows
    // only the one or the other. That there are descriptions is checked below.
    "@graphql-eslint/description-style": "off",

    // Beyond the recommended: everything that shows in the documentation says
    // what it is. Arguments whose name says it all (`id`) may go without.
    "@graphql-eslint/require-description": ["error", {
      types: true, rootField: true, FieldDefinition: true, EnumValueDefinition: true,
      InputObjectTypeDefinition: true, DirectiveDefinition: true,
    }],

    "@graphql-eslint/strict-id-in-types": ["error", {
      exceptions: {
        types: [
          // The parts of a page, as the Relay specification has them: an edge
          // is told by its cursor.
          "PageInfo", "PaymentLinkConnection", "PaymentLinkEdge",
          // Facts about the caller's list as a whole: a client keeps them with
          // the page or summary that they came with.
          "PaymentLinksSnapshot", "PaymentLinksSummary", "PaymentLinkStateCount", "PaymentLinkCurrencySummary",
          "PaymentLinkEnvironmentSummary", "PaymentLinkSlugSummary", "PaymentLinkPeriodSummary",
          // What happened between two answers, known by the token that came with it.
          "PaymentLinkChanges",
          // Values of one link, which has the id.
          "PaymentLinkAmount", "PaymentLinkQrCode", "PaymentLinkShare",
        ],
      },
    }],

    "@graphql-eslint/relay-edge-types": ["error", {
      withEdgeSuffix: true,
      // No Node interface: upstream's ids are unique for one caller only, and
      // `paymentLink(id:)` fetches a link again.
      shouldImplementNode: false,
      // `paymentLinks` is a plain list on purpose, for callers who want all of
      // them; `nodes` spares clients that page by cursor the edges; the counts
      // of a summary are few and fixed.
      listTypeCanWrapOnlyEdgeType: false,
    }],
  },
}];
