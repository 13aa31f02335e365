// urql with its document cache.
import { Client, cacheExchange, fetchExchange } from "@urql/core";

import { graphql } from "./generated/gql.js";

export function createClient(url: string, headers: Record<string, string>) {
  return new Client({
    url,
    exchanges: [cacheExchange, fetchExchange],
    fetchOptions: { headers },
    preferGetMethod: false,
  });
}

export const ExpiringSoon = graphql(`
  query ExpiringSoonList($within: Duration!) {
    paymentLinksConnection(filter: { state: [OPEN], expiresWithin: $within }, orderBy: EXPIRES_AT_ASC, first: 50) {
      nodes { id title url expiresIn(unit: MINUTES) }
    }
  }
`);
