package sharedcache

import (
	"context"
	"strconv"
	"sync/atomic"
)

const (
	// writers is how many lists are compressed and sent at a time.
	writers = 4
	// maxWaiting and maxWaitingBytes bound the lists that wait for that. What
	// goes beyond is not written: each replica then asks upstream.
	maxWaiting      = 1024
	maxWaitingBytes = 64 << 20
)

// job is what is done behind an answer under a lease: keep a list, or give the
// lease back.
type job struct {
	keys  keys
	lease string
	// mark is the list's, with an empty version for none. before is the one that
	// it takes the place of.
	mark, before mark
	body         []byte
	// finish ends the lease's renewal.
	finish context.CancelFunc
}

// writer does jobs. It is safe for concurrent use.
type writer struct {
	jobs  chan job
	bytes atomic.Int64
}

// add takes a job unless too much waits.
func (w *writer) add(j job) bool {
	if w.bytes.Add(int64(len(j.body))) > maxWaitingBytes && len(j.body) > 0 && w.bytes.Load() != int64(len(j.body)) {
		w.bytes.Add(-int64(len(j.body)))
		return false
	}
	select {
	case w.jobs <- j:
		return true
	default:
		w.bytes.Add(-int64(len(j.body)))
		return false
	}
}

// behind gives a job to the writers.
func (c *Cache) behind(j job) {
	if !c.writer.add(j) {
		j.finish()
		c.events.Written("dropped")
	}
}

// writeAll does jobs until ctx ends.
func (c *Cache) writeAll(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-c.writer.jobs:
			c.write(ctx, j)
			c.writer.bytes.Add(-int64(len(j.body)))
		}
	}
}

func (c *Cache) write(ctx context.Context, j job) {
	defer j.finish()
	clients, _, up := c.link.use()
	if !up {
		return
	}
	if j.mark.version == "" {
		c.link.blame(ctx, c.scripts.release.Exec(ctx, clients.quick, []string{j.keys.head()}, []string{j.lease}).Error())
		return
	}
	if j.mark.version == j.before.version {
		if done, err := c.put(ctx, clients, j, nil); err != nil || done {
			c.wrote(ctx, err)
			return
		}
	}
	_, err := c.put(ctx, clients, j, c.bodies.seal(j.keys, j.mark.version, j.body))
	c.wrote(ctx, err)
}

// put keeps the list of a job. Without a body it returns false when Redis does not
// have it. A lease that was lost is no error: there is a newer list, or none may
// be kept.
func (c *Cache) put(ctx context.Context, clients *clients, j job, sealed []byte) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, bulkFor)
	defer cancel()
	name := j.keys.bodyName(j.mark.version)
	client := clients.write
	if sealed == nil {
		client = clients.quick
	}
	answer, err := c.scripts.put.Exec(ctx, client, []string{j.keys.head(), bodyPrefix(j.keys.id) + name}, []string{
		j.lease, strconv.FormatInt(j.mark.fetchedAt, 10), j.keys.sealMark(j.mark), name, milliseconds(c.life), bodyPrefix(j.keys.id), string(sealed),
	}).AsInt64()
	return answer != 2, err
}

func (c *Cache) wrote(ctx context.Context, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "failed"
		c.link.blame(ctx, err)
	}
	c.events.Written(outcome)
}
