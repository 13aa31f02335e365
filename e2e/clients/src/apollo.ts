// Apollo Client: links normalised by id, pages merged by cursor, operations sent
// by their hash.
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache } from "@apollo/client";
import type { ObservableQuery } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";

import { graphql } from "./generated/gql.js";
import type { LinksPageQuery, LinksPageQueryVariables } from "./generated/graphql.js";

export type Credentials = Record<string, string>;

async function sha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function createClient(uri: string, headers: Credentials, { useGET = true, fetch = globalThis.fetch } = {}) {
  return new ApolloClient({
    // The hash goes first and as a GET, which browsers may keep for as long as the
    // answer says; the text follows by POST only when the server does not know it.
    link: new PersistedQueryLink({ sha256, useGETForHashedQueries: useGET }).concat(new HttpLink({ uri, headers, fetch })),
    cache: new InMemoryCache({
      typePolicies: {
        Query: {
          fields: {
            // One list per filter and order, whatever the pages it was fetched in.
            paymentLinksConnection: relayStylePagination(["filter", "orderBy"]),
            // A link that some list has brought already is not asked for again.
            paymentLink: (existing, { args, toReference }) => existing ?? toReference({ __typename: "PaymentLink", id: args?.["id"] }),
          },
        },
        // It has no id; a page of it belongs to the connection it came with.
        PaymentLinksSnapshot: { merge: true },
      },
    }),
  });
}

export const LinksPage = graphql(`
  query LinksPage($first: Int!, $after: String) {
    paymentLinksConnection(first: $first, after: $after, orderBy: CREATED_AT_DESC) {
      edges { cursor node { id title state amount { formatted } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      totalCount
    }
  }
`);

export const LinkById = graphql(`
  query LinkById($id: ID!) {
    paymentLink(id: $id) { id title state amount { formatted } }
  }
`);

/** Fetches the page behind the last loaded link; the cache appends it to the list. */
export async function loadMore(list: ObservableQuery<LinksPageQuery, LinksPageQueryVariables>) {
  const { data } = list.getCurrentResult();
  const after = data?.paymentLinksConnection?.pageInfo?.endCursor;
  if (after) await list.fetchMore({ variables: { after } });
}

/** The codes of the errors that a refused promise carries; empty for any other failure. */
export function errorCodes(error: unknown): string[] {
  if (!CombinedGraphQLErrors.is(error)) return [];
  return error.errors.map(({ extensions }) => String(extensions?.["code"]));
}
