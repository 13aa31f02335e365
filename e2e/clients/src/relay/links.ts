// Relay: a list that grows page by page through its connection.
import { Environment, Network, RecordSource, Store, createOperationDescriptor, fetchQuery } from "relay-runtime";
import type { GraphQLResponse } from "relay-runtime";

import LinksQuery from "./__generated__/queriesLinksQuery.graphql.js";
import type { queriesLinksQuery } from "./__generated__/queriesLinksQuery.graphql.js";

export function createEnvironment(url: string, headers: Record<string, string>) {
  return new Environment({
    network: Network.create(async ({ text }, variables) => {
      const response = await fetch(url, {
        method: "POST",
        headers: { ...headers, "Content-Type": "application/json", Accept: "application/graphql-response+json" },
        body: JSON.stringify({ query: text, variables }),
      });
      return (await response.json()) as GraphQLResponse;
    }),
    store: new Store(new RecordSource()),
  });
}

/** Fetches the page behind `cursor`; Relay appends it to the list it has. */
export async function loadMore(environment: Environment, count: number, cursor: string | null) {
  const page = await fetchQuery<queriesLinksQuery>(environment, LinksQuery, { count, cursor }).toPromise();
  return page?.paymentLinksConnection;
}

/** The whole list as far as it is loaded, as a component would read it. */
export function loadedLinks(environment: Environment, count: number) {
  const operation = createOperationDescriptor(LinksQuery, { count, cursor: null });
  const { data } = environment.lookup(operation.fragment);
  return (data as unknown as queriesLinksQuery["response"]).paymentLinksConnection;
}
