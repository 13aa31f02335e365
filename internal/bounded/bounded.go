// Package bounded reads files and streams that are not to be larger than they
// should be.
package bounded

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrTooLarge is returned for more bytes than were allowed. Nothing is returned
// with it: a part of a file is not a file.
var ErrTooLarge = errors.New("is larger than it may be")

// ReadFile reads a file of at most maxBytes. Its errors are those of package os,
// or wrap ErrTooLarge.
func ReadFile(name string, maxBytes int64) ([]byte, error) {
	f, err := os.Open(name) //nolint:gosec // operators name the files
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	return ReadAll(f, maxBytes)
}

// ReadTextFile is ReadFile for a text that people edit: it leaves out the byte
// order mark that some editors put in front.
func ReadTextFile(name string, maxBytes int64) ([]byte, error) {
	content, err := ReadFile(name, maxBytes)
	return bytes.TrimPrefix(content, []byte("\ufeff")), err
}

// ReadAll reads at most maxBytes to the end. Its errors are those of r, or wrap
// ErrTooLarge.
func ReadAll(r io.Reader, maxBytes int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) > maxBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, maxBytes)
	}
	return content, nil
}
