// Package spelling says how far two spellings lie apart.
//
// Words: a distance is the number of characters to change, add or drop to make
// one text the other (Levenshtein); what is near enough to suggest is for the
// caller to say.
package spelling

// Distance of two texts, in characters.
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		diag := row[0]
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := diag
			if x[i-1] != y[j-1] {
				cost++
			}
			diag = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(y)]
}
