// Package spelling says which spellings are one, and how far two lie apart.
//
// Words: to squash a text is to reduce it to what is compared (NFKC, no white
// space, small letters), to fold a name is to reduce it to what it is counted
// by; a distance is the number of characters to change, add or drop to make
// one text the other (Levenshtein); what is near enough to act on is for the
// caller to say, what is near enough to suggest in a message says Nearest.
package spelling

// Distance of two texts, in characters.
func Distance(a, b string) int { return distance([]rune(a), []rune(b), false) }

// distance counts the characters to change, add or drop; with swaps, two
// neighbours that changed places count as one.
func distance(a, b []rune, swaps bool) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, above, row = above, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			d := above[j-1]
			if a[i-1] != b[j-1] {
				d++
			}
			d = min(d, above[j]+1, row[j-1]+1)
			if swaps && i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
		}
	}
	return row[len(b)]
}
