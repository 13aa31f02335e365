package paymentlink

import (
	"strings"
	"unicode"
)

// People paste what they have: a whole message from a chat, with the URL or
// the code somewhere in it, in marks of their chat program, with a full stop
// behind.

// maxPastedBytes is the length of the longest text that is searched for a URL
// or a code. Messages are shorter. A longer text can still be a URL itself.
const maxPastedBytes = 4 << 10

// findURLIn looks for the URL of a link: a text that is one, or holds one. The
// first that is found counts.
func (x *codeIndex) findURLIn(s *Set, text string) (int32, bool) {
	if len(text) > maxPastedBytes {
		return x.urls.find(urlKey(text), s.urlKey)
	}
	if row, ok := x.matchURL(s, text); ok {
		return row, true
	}
	for word := range strings.FieldsFuncSeq(text, isBetweenWords) {
		if row, ok := x.matchURL(s, trimMarks(fromScheme(word))); ok {
			return row, true
		}
	}
	return 0, false
}

// findCodeIn looks in a text for the code of a link. A text that holds URLs of
// others is about their links, so its words are not taken for codes. Words that
// are codes of several links tell nothing.
func (x *codeIndex) findCodeIn(s *Set, text string) (int32, bool) {
	if len(text) > maxPastedBytes || strings.Contains(text, "://") {
		return 0, false
	}
	found, ok := int32(0), false
	for word := range strings.FieldsFuncSeq(text, isBetweenWords) {
		row, isCode := x.codes.find(ignoreCase(trimMarks(word)), s.codeKey)
		if isCode && ok && row != found {
			return 0, false
		}
		if isCode {
			found, ok = row, true
		}
	}
	return found, ok
}

// isBetweenWords reports whether r stands between words: white space, and what
// encloses a URL in a text (RFC 3986, appendix C).
func isBetweenWords(r rune) bool { return unicode.IsSpace(r) || r == '<' || r == '>' || r == '"' }

// fromScheme cuts off what is written in front of a scheme, "[pay](" say.
func fromScheme(word string) string {
	end := strings.Index(word, "://")
	if end < 0 {
		return word
	}
	start := end
	for start > 0 && word[start-1]|0x20 >= 'a' && word[start-1]|0x20 <= 'z' {
		start--
	}
	return word[start:]
}

// trimMarks cuts marks off both ends of a word: brackets, punctuation, what a
// chat program writes in bold with, and characters that do not show.
func trimMarks(word string) string {
	return strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}
