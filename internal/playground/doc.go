// Package playground serves GraphiQL as a page that needs no network: its
// files are embedded, compressed, and named by their content.
//
// assets/ holds the prebuilt files of GraphiQL and React with their licences.
// ./renew.sh makes them anew; it is the one place that names their versions.
package playground
