package transform

import "sort"

// nearest suggests a known name for an unknown one.
func nearest(name string, models map[string]int, tables map[string]bool) string {
	var all []string
	for n := range models {
		all = append(all, n)
	}
	for n := range tables {
		all = append(all, n)
	}
	sort.Strings(all)
	best, dist := "", 1+len(name)/3
	for _, n := range all {
		if d := distance(name, n); d < dist {
			best, dist = n, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// distance is the Levenshtein distance.
func distance(a, b string) int {
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
