package sharedcache

// Events are told what a Cache does, where they are not nil. They are called by
// many goroutines at once and must return at once.
type Events struct {
	// Listed is called for each list with where it came from: one of Sources.
	Listed func(source string)
	// Written is called for each list that was to be written, with one of
	// Outcomes.
	Written func(outcome string)
	// Purged is called for each pair whose purge was sent to the others, or
	// followed: one of Purges.
	Purged func(how string)
	// Up is called when Redis has begun to answer, and when it has stopped.
	Up func(up bool)
}

// Sources returns the words of Listed.
func Sources() []string { return []string{fromShared, fromFill, fromAlone} }

// Outcomes returns the words of Written.
func Outcomes() []string { return []string{"ok", "failed", "dropped"} }

// Purges returns the words of Purged.
func Purges() []string { return []string{"sent", "followed"} }

func (e Events) orNothing() Events {
	for _, f := range []*func(string){&e.Listed, &e.Written, &e.Purged} {
		if *f == nil {
			*f = func(string) {}
		}
	}
	if e.Up == nil {
		e.Up = func(bool) {}
	}
	return e
}
