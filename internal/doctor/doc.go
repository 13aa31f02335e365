// Package doctor examines an installation from the inside: its settings, the
// way to upstream, and what upstream answers for the configured pair. It tells
// what it saw and nothing secret, to a person or to a machine.
package doctor
