package shell

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// word is where the word begins that ends at the end of a text. Letters of any
// script belong to words, so do full-width brackets: titles hold them.
func word(before string) int {
	at := len(before)
	for at > 0 {
		r, n := utf8.DecodeLastRuneInString(before[:at])
		if r < utf8.RuneSelf && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') || strings.ContainsRune("，；、　", r) {
			break
		}
		at -= n
	}
	return at
}

// complete puts the candidates for the last word of what stands before the cursor in the place of that word: those that
// begin with it, capitals aside. Keywords follow the case that was typed.
func complete(before string, candidates func(before, word string) []string) (head string, found []string) {
	at := word(before)
	if at > 0 && strings.ContainsRune(".@-", rune(before[at-1])) { // .tables, @saved, --parameter are words as a whole
		if from := strings.LastIndexAny(before[:at], " \t\n") + 1; strings.ContainsRune(".@-", rune(before[from])) {
			at = from
		}
	}
	typed := before[at:]
	seen := map[string]bool{}
	for _, c := range candidates(before[:at], typed) {
		shown := strings.TrimPrefix(c, `"`)
		if seen[c] || len(typed) > len(shown) || !strings.EqualFold(shown[:len(typed)], typed) {
			continue
		}
		seen[c] = true
		found = append(found, c)
	}
	sort.SliceStable(found, func(i, j int) bool { return len(found[i]) == len(typed) && len(found[j]) != len(typed) })
	return before[:at], found
}
