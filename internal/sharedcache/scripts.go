package sharedcache

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/rueidis"
)

// The fields of a head: f is when its list was fetched, in milliseconds of Redis'
// clock, s the sealed mark, b the end of the body's name. l is the lease of who
// fetches a newer list, and u when it ends.
//
// All scripts take the time from Redis, so that the clocks of replicas do not
// matter. A value that none of ours could have written counts as absent.
const clock = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
`

// claimScript returns the kept list if it is wanted, else it takes the lease or
// tells who has it. KEYS: head. ARGV: lease, its milliseconds, how many
// milliseconds old a list may be, after which fetch and at which age at most it
// must have been fetched (-1: any), milliseconds that a head without a list lives.
const claimScript = clock + `
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'hash' and kind ~= 'none' then redis.call('UNLINK', KEYS[1]) end
local h = redis.call('HMGET', KEYS[1], 'f', 's', 'l', 'u')
local f = tonumber(h[1]) or 0
if f > now or not h[2] then f = 0 end
local after = tonumber(ARGV[4])
if tonumber(ARGV[5]) >= 0 then after = math.max(after, now - ARGV[5]) end
if f > after and now - f < tonumber(ARGV[3]) then return {'kept', now, f, h[2], ''} end
local u = tonumber(h[4]) or 0
if h[3] and h[3] ~= ARGV[1] and u > now and u <= now + ARGV[2] then return {'wait', now, f, h[3], u - now} end
redis.call('HSET', KEYS[1], 'l', ARGV[1], 'u', string.format('%.0f', now + ARGV[2]))
if f == 0 then redis.call('PEXPIRE', KEYS[1], ARGV[6]) end
return {'fill', now, f, h[2] or '', ''}
`

// renewScript makes a lease last longer. KEYS: head. ARGV: lease, milliseconds.
const renewScript = clock + `
if redis.call('HGET', KEYS[1], 'l') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'u', string.format('%.0f', now + ARGV[2]))
return 1
`

// releaseScript gives a lease back without a list. KEYS: head. ARGV: lease.
const releaseScript = `
if redis.call('HGET', KEYS[1], 'l') ~= ARGV[1] then return 0 end
if redis.call('HEXISTS', KEYS[1], 'f') == 0 then return redis.call('UNLINK', KEYS[1]) end
return redis.call('HDEL', KEYS[1], 'l', 'u')
`

// putScript keeps a list for who still has the lease: a purge takes it. KEYS: head,
// body. ARGV: lease, f, s, end of the body's name, milliseconds to live, begin
// of the names of bodies, the sealed body or ” where it should be there already.
// It returns 0 for a lost lease, 1 when kept, 2 when the body is needed.
// A body that was read a moment ago stays for those who are about to read it.
const putScript = `
local h = redis.call('HMGET', KEYS[1], 'l', 'b')
if h[1] ~= ARGV[1] then return 0 end
if ARGV[7] ~= '' then
  redis.call('SET', KEYS[2], ARGV[7], 'PX', ARGV[5])
elseif redis.call('PEXPIRE', KEYS[2], ARGV[5]) == 0 then
  return 2
end
if h[2] and h[2] ~= ARGV[4] then redis.call('PEXPIRE', ARGV[6] .. h[2], 5000) end
redis.call('HSET', KEYS[1], 'f', ARGV[2], 's', ARGV[3], 'b', ARGV[4])
redis.call('HDEL', KEYS[1], 'l', 'u')
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
`

// purgeScript removes what is kept of a pair and tells all replicas. KEYS: head,
// stream. ARGV: id, replica, begin of the names of bodies, milliseconds that the
// stream remembers.
const purgeScript = clock + `
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'hash' then
  local b = redis.call('HGET', KEYS[1], 'b')
  if b then redis.call('UNLINK', ARGV[3] .. b) end
end
redis.call('UNLINK', KEYS[1])
kind = redis.call('TYPE', KEYS[2]).ok
if kind ~= 'stream' and kind ~= 'none' then redis.call('UNLINK', KEYS[2]) end
redis.call('XADD', KEYS[2], 'MINID', '~', string.format('%.0f', now - ARGV[4]), '*', 'id', ARGV[1], 'by', ARGV[2])
return redis.call('PEXPIRE', KEYS[2], ARGV[4])
`

// scripts are sent once, and called by their hash from then on.
type scripts struct {
	claim, renew, release, put, purge *rueidis.Lua
}

func newScripts() scripts {
	return scripts{
		claim: rueidis.NewLuaScript(claimScript), renew: rueidis.NewLuaScript(renewScript), release: rueidis.NewLuaScript(releaseScript),
		put: rueidis.NewLuaScript(putScript), purge: rueidis.NewLuaScript(purgeScript),
	}
}

// state is what a claim came to.
type state string

const (
	stateKept state = "kept" // the list is there
	stateFill state = "fill" // the caller has the lease
	stateWait state = "wait" // another has it
)

// claimed is the answer to a claim.
type claimed struct {
	state state
	// now is Redis' clock, and fetchedAt that of the list that is kept, 0 for none.
	now, fetchedAt int64
	// sealed is the mark of that list, with stateKept and stateFill.
	sealed string
	// holder has the lease for that long, with stateWait.
	holder string
	left   time.Duration
}

// wanted says how new a list must be.
type wanted struct {
	// after is the fetch, by Redis' clock, that it must come after.
	after int64
	// maxAge, where not negative, is the age of the list that it must be newer
	// than.
	maxAge time.Duration
}

func (s scripts) askClaim(ctx context.Context, client rueidis.Client, head, lease string, w wanted, freshFor time.Duration) (claimed, error) {
	age := "-1"
	if w.maxAge >= 0 {
		age = milliseconds(w.maxAge)
	}
	answer, err := s.claim.Exec(ctx, client, []string{head}, []string{
		lease, milliseconds(leaseFor), milliseconds(freshFor), strconv.FormatInt(w.after, 10), age, milliseconds(2 * leaseFor),
	}).ToArray()
	if err != nil {
		return claimed{}, err
	}
	if len(answer) != 5 {
		return claimed{}, errAnswer
	}
	var c claimed
	word, err := answer[0].ToString()
	if err != nil {
		return claimed{}, err
	}
	c.state = state(word)
	if c.now, err = answer[1].AsInt64(); err != nil {
		return claimed{}, err
	}
	if c.fetchedAt, err = answer[2].AsInt64(); err != nil {
		return claimed{}, err
	}
	text, err := answer[3].ToString()
	if err != nil {
		return claimed{}, err
	}
	if c.state != stateWait {
		c.sealed = text
		return c, nil
	}
	c.holder = text
	left, err := answer[4].AsInt64()
	c.left = time.Duration(left) * time.Millisecond
	return c, err
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
