package written

import "unicode/utf8"

// Letters is a set of letters by which texts are told, at a glance, that a closer look would make nothing of: nearly all
// texts of a sheet are such.
type Letters struct{ bits [1 << 10]uint64 } // of the basic plane, where all that we look for lies

// NewLetters makes the set of the letters of a text.
func NewLetters(letters string) *Letters {
	l := &Letters{}
	for _, r := range letters {
		l.add(r)
	}
	return l
}

func (l *Letters) add(r rune) { l.bits[r>>6] |= 1 << (r & 63) }

// Has says whether a letter is in the set.
func (l *Letters) Has(r rune) bool { return uint32(r) < 1<<16 && l.bits[r>>6]>>(r&63)&1 != 0 }

// In says whether a text holds one of the letters.
func (l *Letters) In(text string) bool {
	for i := 0; i < len(text); {
		r, n := letterAt(text, i)
		if l.Has(r) {
			return true
		}
		i += n
	}
	return false
}

// Only says whether a text holds nothing but these letters.
func (l *Letters) Only(text string) bool {
	for i := 0; i < len(text); {
		r, n := letterAt(text, i)
		if !l.Has(r) {
			return false
		}
		i += n
	}
	return true
}

// Begin says whether a text begins with one of the letters.
func (l *Letters) Begin(text string) bool {
	r, n := letterAt(text, 0)
	return n > 0 && l.Has(r)
}

// letterAt decodes a letter, Chinese ones without the checks that they need no more where both bytes follow.
func letterAt(s string, i int) (rune, int) {
	if i >= len(s) {
		return utf8.RuneError, 0
	}
	c := s[i]
	if c < utf8.RuneSelf {
		return rune(c), 1
	}
	if c >= 0xe3 && c <= 0xe9 && i+2 < len(s) && s[i+1]>>6 == 2 && s[i+2]>>6 == 2 {
		return rune(c&0xf)<<12 | rune(s[i+1]&0x3f)<<6 | rune(s[i+2]&0x3f), 3
	}
	return utf8.DecodeRuneInString(s[i:])
}
