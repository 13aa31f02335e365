// graphql-request: one function, no cache; for servers and scripts.
import { ClientError, GraphQLClient } from "graphql-request";

import { graphql } from "./generated/gql.js";

export function createClient(url: string, headers: Record<string, string>) {
  return new GraphQLClient(url, { headers });
}

export const AskedSince = graphql(`
  query AskedSinceTotals($from: DateTime!) {
    paymentLinksSummary(filter: { createdAt: { from: $from } }) {
      count
      byCurrency { currency count total { value minorUnits } }
    }
  }
`);

export const ByCode = graphql(`
  query LinkByCode($code: String!) {
    paymentLinkByCode(code: $code) { id title state status }
  }
`);

/** What a person may read about a failure: our server's sentences are written for that. */
export function sentences(error: unknown): string[] {
  if (!(error instanceof ClientError)) return ["The service could not be reached."];
  return error.response.errors?.map(({ message }) => message) ?? [];
}
