package gqlhttp

import (
	"net/http"
	"time"
)

// progressBytes is the piece of an answer that a reader has to take within
// Config.ReaderTimeout. A shorter answer is one write, for which the server's own
// time-out does.
const progressBytes = 64 << 10

// write writes a part of the answer. A long one is written in pieces, each with a
// deadline of its own: a slow reader gets all of it, however long that takes, and
// one that has stopped reading does not hold it until the server's time-out.
func (c *call) write(part []byte) error {
	if len(part) > progressBytes {
		control := http.NewResponseController(c.w)
		for len(part) > 0 {
			// An error means that the connection knows no deadlines: the server's own
			// time-outs have to do then.
			_ = control.SetWriteDeadline(time.Now().Add(c.t.cfg.ReaderTimeout))
			piece := part[:min(progressBytes, len(part))]
			n, err := c.w.Write(piece)
			c.bytes += n
			if err != nil {
				return err
			}
			part = part[n:]
		}
		// The rest of the answer is short, and the connection's next request
		// brings a deadline of its own.
		return nil
	}
	n, err := c.w.Write(part)
	c.bytes += n
	return err
}
