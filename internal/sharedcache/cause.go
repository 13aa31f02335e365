package sharedcache

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/redis/rueidis"
)

// refused reports whether the server answered that it will not do a command.
func refused(err error) bool {
	answer, ok := errors.AsType[*rueidis.RedisError](err)
	return ok && !answer.IsNil()
}

// causeOf tells in our own words what is wrong with Redis. What a server says may
// quote the password or a key, so of that only its first word is told, which is
// a code such as NOAUTH or OOM.
func causeOf(err error) string {
	if answer, ok := errors.AsType[*rueidis.RedisError](err); ok {
		code, _, _ := strings.Cut(answer.Error(), " ")
		if code == "" || len(code) > 20 || strings.ToUpper(code) != code {
			return "it refuses a command"
		}
		return "it refuses a command: " + code
	}
	if operation, ok := errors.AsType[*net.OpError](err); ok {
		switch {
		case operation.Timeout():
			return "time-out of the connection"
		case operation.Op == "dial":
			return "no connection"
		}
		return "the connection broke"
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "too slow"
	case errors.Is(err, errAnswer), rueidis.IsParseErr(err):
		return errAnswer.Error()
	case errors.Is(err, errSealed):
		return errSealed.Error()
	}
	return "the connection broke, or it does not speak as Redis does"
}
