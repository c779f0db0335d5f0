package zone

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Fault is one thing wrong in a configuration file. Load and Parse join all
// faults of a file, in the order of their places, into one error.
type Fault struct {
	File    string
	Line    int // from 1; 0 where the fault has no place
	Column  int // from 1, in characters
	Message string
}

// Error returns "file:line:column: message".
func (f *Fault) Error() string {
	if f.Line == 0 {
		return f.File + ": " + f.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Message)
}

// faults collects what is wrong in one file.
type faults struct {
	file string
	all  []*Fault
}

func (f *faults) at(n *yaml.Node, format string, args ...any) {
	line, column := 1, 1
	if n != nil && n.Line > 0 {
		line, column = n.Line, n.Column
	}
	f.all = append(f.all, &Fault{f.file, line, column, fmt.Sprintf(format, args...)})
}

func (f *faults) err() error {
	slices.SortStableFunc(f.all, func(a, b *Fault) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	errs := make([]error, len(f.all))
	for i, fault := range f.all {
		errs[i] = fault
	}
	return errors.Join(errs...)
}

// instead says which of the known names was probably meant, or which there are.
func instead(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	if len(known) > 0 && len(known) <= 24 {
		return "; known here: " + strings.Join(known, ", ")
	}
	return ""
}

// nearest returns the known name that differs least from word, "" where none
// is near.
func nearest(word string, known []string) string {
	word = strings.ToLower(word)
	best, least := "", 1000
	for _, k := range known {
		lower := strings.ToLower(k)
		d := distance([]rune(word), []rune(lower))
		n := max(utf8.RuneCountInString(word), utf8.RuneCountInString(lower))
		if near := max(1, n/3); d > near {
			if !contained(word, lower) {
				continue
			}
			d = n // a part of the other, but nothing nearer
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

// distance counts the letters to change, add, drop or swap with the next.
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range b {
		rows[0][j+1] = j + 1
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
