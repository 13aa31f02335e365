package persisted

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"paymentlinks/internal/bounded"
	"paymentlinks/internal/fault"
)

// MaxManifestBytes is the largest manifest that is read.
const MaxManifestBytes = 64 << 20

// trusted holds the documents of all manifests. It does not change once read.
type trusted struct {
	byID   map[string]string
	byHash map[digest]string
	// texts are the documents in the order of the manifests, each once.
	texts []string
}

func newTrusted() *trusted {
	return &trusted{byID: map[string]string{}, byHash: map[digest]string{}}
}

func (t *trusted) isEmpty() bool { return len(t.byID) == 0 }

// read adds the documents of one file.
func (t *trusted) read(file string, check func(string) error) error {
	content, err := bounded.ReadTextFile(file, MaxManifestBytes)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	entries, err := ParseManifest(content)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for i, entry := range entries {
		if err := t.add(entry, check); err != nil {
			return fmt.Errorf("%s: entry %d: %w", file, i+1, err)
		}
	}
	return nil
}

func (t *trusted) add(e Entry, check func(string) error) error {
	if known, ok := t.byID[e.ID]; ok && known != e.Body {
		return errors.New("its id already names another document")
	}
	if err := e.validate(); err != nil {
		return err
	}
	if check != nil {
		if err := check(e.Body); err != nil {
			return withoutContents(err)
		}
	}
	t.byID[e.ID] = e.Body
	hash := sha256.Sum256([]byte(e.Body))
	if _, ok := t.byHash[hash]; !ok {
		t.texts = append(t.texts, e.Body)
	}
	t.byHash[hash] = e.Body
	return nil
}

// validate parses the document and compares it with what the entry says of it.
func (e Entry) validate() error {
	if e.ID == "" {
		return errors.New("it has no id")
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: e.Body})
	switch {
	case err != nil:
		return errors.New("its document is not valid GraphQL syntax")
	case len(doc.Operations) == 0:
		return errors.New("its document holds no operation")
	case e.Name == "" && e.Type == "":
		return nil
	}
	for _, o := range doc.Operations {
		if (e.Name == "" || o.Name == e.Name) && (e.Type == "" || string(o.Operation) == e.Type) {
			return nil
		}
	}
	return errors.New("its document holds no operation of the entry's name and type")
}

// withoutContents keeps what the check said only where it is a sentence of
// ours: other messages quote the document.
func withoutContents(err error) error {
	if refusal, ok := errors.AsType[*fault.Error](err); ok {
		return errors.New(refusal.Public)
	}
	return errors.New("its document is not valid against the schema")
}
