package written

import "unicode"

// Words is a quick test of whether a text may hold one of some words, told by the first two letters of each.
type Words struct {
	first Letters
	next  map[rune]*Letters // by the first letter
}

// NewWords makes the test for words of two letters or more.
func NewWords(words ...string) *Words {
	w := &Words{next: map[rune]*Letters{}}
	for _, word := range words {
		pair := []rune(word)[:2]
		if w.next[pair[0]] == nil {
			w.next[pair[0]] = &Letters{}
			w.first.add(pair[0])
		}
		w.next[pair[0]].add(pair[1])
	}
	return w
}

// MayBeIn says whether the two letters that one of the words begins with stand side by side in a text, be there white space or
// what isn't printed between them, as people write 作 废 and [Squash] reads 作废.
func (w *Words) MayBeIn(text string) bool {
	var next *Letters // what would make a pair with the letter before
	for i := 0; i < len(text); {
		r, n := letterAt(text, i)
		i += n
		if next != nil && next.Has(r) {
			return true
		}
		if w.first.Has(r) {
			next = w.next[r]
		} else if next != nil && !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) {
			next = nil
		}
	}
	return false
}
