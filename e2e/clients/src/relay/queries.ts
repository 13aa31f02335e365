// The operations that relay-compiler reads. Its output in __generated__ is what
// runs; with Relay's plugin for Babel or SWC the tags stand in components instead.
import { graphql } from "relay-runtime";

export const query = graphql`
  query queriesLinksQuery($count: Int!, $cursor: String) {
    paymentLinksConnection(first: $count, after: $cursor, orderBy: CREATED_AT_DESC)
      @connection(key: "links_paymentLinksConnection") {
      totalCount
      edges {
        node {
          id
          title
          state
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;
