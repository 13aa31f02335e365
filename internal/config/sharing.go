package config

import (
	"errors"
	"net/url"
)

// checkSharing checks where replicas share their lists.
func (c *Config) checkSharing() error {
	s := c.Sharing
	switch {
	case s.URL != "":
	case s.Password != "":
		return problem("redis-password", "needs %s", variable("redis-url"))
	case s.CAFile != "":
		return problem("redis-ca-file", "needs %s", variable("redis-url"))
	default:
		return nil
	}
	if err := checkRedisURL(s.URL); err != nil {
		return problem("redis-url", "%w", err)
	}
	if c.Snapshots.FreshFor == 0 {
		return problem("redis-url", "contradicts %s=0: no list would be new enough to be shared", variable("fresh-for"))
	}
	return nil
}

// checkRedisURL repeats nothing of the URL.
func checkRedisURL(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return errors.New("is not a URL")
	}
	if _, has := u.User.Password(); has {
		return errors.New("must not hold a password: give it in a setting of its own")
	}
	switch u.Scheme {
	case "redis", "rediss":
		if u.Hostname() == "" {
			return errors.New("names no host")
		}
	case "unix":
		if u.Path == "" {
			return errors.New("names no socket")
		}
	default:
		return errors.New("must be redis://HOST:PORT, rediss://HOST:PORT for TLS, or unix:///PATH")
	}
	return nil
}
