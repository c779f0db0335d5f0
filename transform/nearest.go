package transform

import (
	"sort"

	"taizhang/internal/spelling"
)

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
		if d := spelling.Distance(name, n); d < dist {
			best, dist = n, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}
