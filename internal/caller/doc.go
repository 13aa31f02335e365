// Package caller finds out under which credential pair a request is answered.
//
// There are three ways. A request that carries BP-User-Token and X-Api-Key is
// asked for under those (pass-through; with only an API key configured, the
// user token suffices). One with a bearer token (JWT) of the configured issuer
// is asked for under the pair that a credentials file gives for the merchant
// whom the token names. One with neither gets the configured pair, if there is
// one and no issuer is set.
//
// Authorization of another scheme than Bearer is ignored: proxies in front of
// this service speak it for their own purposes. A bearer token never is: where
// no issuer is configured it is refused, since its sender means to be someone.
package caller
