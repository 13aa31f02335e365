package share

import "strings"

// part is a piece of a template: words as they stand, or a place to fill in.
type part struct {
	words string // when place is noPlace
	place place
}

type place uint8

const (
	noPlace place = iota
	titlePlace
	amountPlace
	urlPlace
)

// of returns what the part writes.
func (p part) of(title, amount, url string) string {
	switch p.place {
	case titlePlace:
		return title
	case amountPlace:
		return amount
	case urlPlace:
		return url
	case noPlace:
	}
	return p.words
}

// parse cuts a template into its parts. One that does not place the URL gets
// it at the end.
func parse(template string) []part {
	if !strings.Contains(template, "{url}") {
		template += " {url}"
	}
	var parts []part
	for template != "" {
		at, written, place := nextPlace(template)
		if at > 0 {
			parts = append(parts, part{words: template[:at]})
		}
		if place != noPlace {
			parts = append(parts, part{place: place})
		}
		template = template[at+len(written):]
	}
	return parts
}

// nextPlace returns where the first place of a template begins, how it is
// written, and what it is. Without one it is the end of the template.
func nextPlace(template string) (int, string, place) {
	for i := range len(template) {
		switch rest := template[i:]; {
		case rest[0] != '{':
		case strings.HasPrefix(rest, "{title}"):
			return i, "{title}", titlePlace
		case strings.HasPrefix(rest, "{amount}"):
			return i, "{amount}", amountPlace
		case strings.HasPrefix(rest, "{url}"):
			return i, "{url}", urlPlace
		}
	}
	return len(template), "", noPlace
}
