package paymentlink

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// folder removes case and accents: compatibility decomposition (NFKD), without
// its combining marks (general category Mn), case folded. It works character
// by character, and remembers those of the last ones that are not ASCII. The
// zero value is ready; it is not safe for concurrent use.
type folder struct {
	kept *[keptFolds]kept
}

// expansion is how many times longer folded text can be. Korean, which
// decomposes, grows threefold. A few ligatures would grow more, up to
// elevenfold, and with them the memory of a whole list: such a character folds
// to itself.
const expansion = 3

// keptFolds covers the letters of any alphabet, and the common ones of Korean
// and Chinese. It is a power of two.
const keptFolds = 1024

// kept is a character and what it folds to: text[:length].
type kept struct {
	character rune
	length    int8
	text      [expansion * utf8.UTFMax]byte
}

func (f *folder) append(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			character, size := utf8.DecodeRuneInString(s[i:])
			k := f.fold(character)
			dst = append(dst, k.text[:k.length]...)
			i += size
			continue
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
		i++
	}
	return dst
}

// fold returns what a character beyond ASCII folds to. It is good until the
// next call.
func (f *folder) fold(c rune) *kept {
	if f.kept == nil {
		f.kept = new([keptFolds]kept)
	}
	k := &f.kept[c%keptFolds]
	if k.character == c {
		return k
	}
	k.character = c
	var buffer [64]byte
	marked := norm.NFKD.AppendString(buffer[:0], string(c))
	bare := marked[:0]
	for _, part := range string(marked) {
		if !unicode.Is(unicode.Mn, part) {
			bare = utf8.AppendRune(bare, part)
		}
	}
	folded := cases.Fold().Bytes(bare)
	if len(folded) > expansion*utf8.RuneLen(c) {
		folded = utf8.AppendRune(nil, c)
	}
	k.length = int8(copy(k.text[:], folded))
	return k
}
