// Package billpocket is the client of the one REST call that everything here
// stands on: GET {base}/v1/custom-link, the whole list of a merchant's payment
// links.
//
// It sends the request, reads a bounded answer, and turns status and body into
// a Snapshot or a *fault.Error. Nothing of an answer that failed, and no
// credential, gets into an error or a log.
package billpocket
