package spelling

import (
	"strings"
	"unicode/utf8"
)

// maxNearest is the longest word, in characters, that is compared: the cost
// grows with its square, and no name is as long.
const maxNearest = 100

// Nearest returns the known name that was probably meant by word, "" where
// none is near: a third of its characters may differ (a swap of two that stand
// side by side is one difference), or one may be a part of the other. Case does not matter.
func Nearest(word string, known []string) string {
	word = strings.ToLower(strings.TrimSpace(word))
	if word == "" || utf8.RuneCountInString(word) > maxNearest {
		return ""
	}
	best, least := "", 1<<30
	for _, k := range known {
		lower := strings.ToLower(k)
		longer := max(utf8.RuneCountInString(word), utf8.RuneCountInString(lower))
		d := distance([]rune(word), []rune(lower), true)
		if d > max(1, longer/3) {
			if !contained(word, lower) {
				continue
			}
			d = longer // a part of the other, but nothing nearer
		}
		if d < least {
			best, least = k, d
		}
	}
	return best
}

func contained(a, b string) bool {
	return min(utf8.RuneCountInString(a), utf8.RuneCountInString(b)) >= 2 && (strings.Contains(a, b) || strings.Contains(b, a))
}
