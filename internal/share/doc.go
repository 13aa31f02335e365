// Package share writes the message with which a payment link is passed on, and
// the addresses that open it in common messengers. It sends nothing.
package share
