package paymentlink

import (
	"hash/maphash"
	"math/bits"
)

// table finds rows by a text key that it does not keep: it is a hash table
// with open addressing whose slots hold nothing but row numbers. That makes it
// 8 bytes a link, about a fifth of a map, and invisible to the collector. The
// key of a row is what the keyOf function of each call says; it must be the same
// in all calls.
type table struct {
	seed  maphash.Seed
	slots []int32 // row+1; 0 is empty; a power of two, at most half full
}

func newTable(rows int) table {
	return table{
		seed:  maphash.MakeSeed(),
		slots: make([]int32, 1<<bits.Len(uint(2*rows))),
	}
}

// grow makes room for as many rows in all, unless there is enough.
func (t *table) grow(rows int, keyOf func(int32) string) {
	if len(t.slots) >= 2*rows && len(t.slots) > 0 {
		return
	}
	grown := newTable(rows)
	for _, entry := range t.slots {
		if entry != 0 {
			grown.add(entry-1, keyOf)
		}
	}
	*t = grown
}

// add enters a row. When a row with the same key is there already, it stays
// and is returned with false.
func (t *table) add(row int32, keyOf func(int32) string) (other int32, added bool) {
	slot, found := t.slot(keyOf(row), keyOf)
	if found {
		return t.slots[slot] - 1, false
	}
	t.slots[slot] = row + 1
	return row, true
}

// replace enters a row in the place of the one with the same key.
func (t *table) replace(row int32, keyOf func(int32) string) {
	slot, _ := t.slot(keyOf(row), keyOf)
	t.slots[slot] = row + 1
}

func (t *table) find(key string, keyOf func(int32) string) (int32, bool) {
	if len(t.slots) == 0 {
		return 0, false
	}
	slot, found := t.slot(key, keyOf)
	return max(0, t.slots[slot]-1), found
}

// slot returns where the key is, or else the empty slot where it belongs.
func (t *table) slot(key string, keyOf func(int32) string) (int, bool) {
	mask := len(t.slots) - 1
	slot := int(maphash.String(t.seed, key)) & mask
	for t.slots[slot] != 0 {
		if keyOf(t.slots[slot]-1) == key {
			return slot, true
		}
		slot = (slot + 1) & mask
	}
	return slot, false
}
