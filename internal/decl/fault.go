package decl

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/spelling"
)

// Pos is a place in a file.
type Pos struct {
	File         string
	Line, Column int // from 1; the column in characters
}

func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Fault is one thing wrong at a place, for what is found out after the file was read.
func (p Pos) Fault(english, chinese string, args ...any) *Fault {
	return &Fault{p, Say(english, chinese, args...)}
}

// Fault is one thing wrong in a declaration.
type Fault struct {
	Pos
	Says Text
}

// Error returns "file:line:column: what is wrong" in the language of the system.
func (f *Fault) Error() string { return f.In(lang.Spoken()) }

// In is Error in a given language.
func (f *Fault) In(l Language) string { return f.Pos.String() + ": " + f.Says.In(l) }

// maxFaults bounds how many faults of a file are told: nobody mends more at a
// sitting, and a file of a million unknown keys is no declaration.
const maxFaults = 100

// report records a fault, once.
func (f *File) report(p Pos, t Text) {
	if len(f.faults) >= maxFaults {
		f.more++
		return
	}
	for _, other := range f.faults {
		if other.Pos == p && other.Says == t {
			return
		}
	}
	f.faults = append(f.faults, &Fault{p, t})
}

// Faults counts what was recorded so far.
func (f *File) Faults() int { return len(f.faults) + f.more }

// Err gives all faults of the file, in the order of their places, each a
// *Fault, joined into one error; nil where there is none.
func (f *File) Err() error {
	slices.SortStableFunc(f.faults, func(a, b *Fault) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	errs := make([]error, len(f.faults), len(f.faults)+1)
	for i, fault := range f.faults {
		errs[i] = fault
	}
	if f.more > 0 {
		last := f.faults[len(f.faults)-1].Pos
		errs = append(errs, last.Fault("and %d more faults", "另有%d处错误未列出", f.more))
	}
	return errors.Join(errs...)
}

// Fault records something wrong with the file as a whole, at its beginning.
func (f *File) Fault(english, chinese string, args ...any) {
	f.report(Pos{f.name, 1, 1}, Say(english, chinese, args...))
}

// Instead says which of the known names was probably meant, or which there
// are: what a message about an unknown name ends with.
func Instead(word string, known []string) Text {
	if t := DidYouMean(word, known); t.English != "" {
		return t
	}
	if len(known) > 0 && len(known) <= 24 {
		return Say("; known here: %s", "；此处可用：%s", strings.Join(known, ", "))
	}
	return Text{}
}

// DidYouMean says which of the known names was probably meant, nothing where none is near.
func DidYouMean(word string, known []string) Text {
	if near := spelling.Nearest(word, known); near != "" {
		return Say("; did you mean %q?", "；是不是“%s”？", near)
	}
	return Text{}
}

// maxQuoted is how many characters of a value a message repeats.
const maxQuoted = 60

// Quoted is a value as messages repeat it: in quotes, cut where it is long.
func Quoted(s string) string {
	if r := []rune(s); len(r) > maxQuoted {
		s = string(r[:maxQuoted]) + "…"
	}
	return strconv.Quote(s)
}
