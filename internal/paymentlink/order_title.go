package paymentlink

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// Titles are compared as searches compare them: without case and accents. Only
// their beginnings are, so that a cursor, which holds one, stays short.

const (
	// titleCharacters is how much of a title an order reads.
	titleCharacters = 100
	// maxTitleKeyBytes is the longest that this can be once it is folded.
	maxTitleKeyBytes = titleCharacters * utf8.UTFMax * expansion
)

// appendTitleKey appends what the title of a link is compared as.
func (s *Set) appendTitleKey(dst []byte, fold *folder, row int32) []byte {
	title := Link{s, row}.Title()
	end := 0
	for range titleCharacters {
		if end == len(title) {
			break
		}
		_, size := utf8.DecodeRuneInString(title[end:])
		end += size
	}
	return fold.append(dst, title[:end])
}

type titleEntry struct {
	first              uint64 // the first eight bytes of the key, which mostly decide
	start, length, row int32
}

func (s *Set) sortedByTitle(rows []int32, direction int) []int32 {
	var fold folder
	var keys []byte
	entries := make([]titleEntry, len(rows))
	for i, row := range rows {
		start := len(keys)
		keys = s.appendTitleKey(keys, &fold, row)
		var first [8]byte
		copy(first[:], keys[start:])
		entries[i] = titleEntry{binary.BigEndian.Uint64(first[:]), int32(start), int32(len(keys) - start), row}
	}
	slices.SortFunc(entries, func(a, b titleEntry) int {
		if a.first != b.first {
			return direction * cmp.Compare(a.first, b.first)
		}
		if c := bytes.Compare(keys[a.start:a.start+a.length], keys[b.start:b.start+b.length]); c != 0 {
			return direction * c
		}
		return s.compareIDs(a.row, b.row)
	})
	out := make([]int32, len(rows))
	for i := range entries {
		out[i] = entries[i].row
	}
	return out
}
