package settings

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/calendar"
	"taizhang/internal/decl"
	"taizhang/internal/zone"
)

// Owed is a return that a new zone owes.
type Owed struct {
	Form, From, Due string // as they were typed
	Monthly         bool
}

// Declare writes the taizhang.yaml of a new zone: the commented sample with the answers in it. Who answers
// in Chinese goes on in Chinese, also where the system starts serve in no language at all. What is wrong with the
// answers is found by whoever reads it.
func Declare(name string, units []zone.Submitter, owed []Owed, today calendar.Date) ([]byte, error) {
	e, err := decl.NewEdit(zone.SampleInChinese(name, today))
	if err != nil {
		return nil, err
	}
	old := map[string]int{"submitters": e.Len("submitters"), "returns": e.Len("returns")}
	for _, u := range units {
		text := "{code: " + u.Code + ", name: " + decl.Scalar(u.Name)
		if len(u.Aliases) > 0 {
			text += ", aliases: " + decl.List(u.Aliases...)
		}
		if err := e.Append(text+"}", "submitters"); err != nil {
			return nil, err
		}
	}
	for _, o := range owed {
		since := calendar.WeekOf(today)
		if o.Monthly {
			since = calendar.MonthOf(today)
		}
		from := Field{Name: "from", Value: o.From, list: true}
		if err := e.Append(fmt.Sprintf("{form: %s, from: %s, due: %s, since: %s}", o.Form, orNull(from.source()), decl.Scalar(o.Due), since), "returns"); err != nil {
			return nil, err
		}
	}
	for list, n := range old {
		for range n {
			if err := e.Unset(list, 0); err != nil {
				return nil, err
			}
		}
	}
	return e.Text(), nil
}

func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

// UnitsIn reads units as people paste them: one a line, perhaps numbered, other spellings behind the name.
func UnitsIn(text string) (out []zone.Submitter) {
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line = strings.TrimLeft(strings.TrimSpace(line), "0123456789.、．)） \t-•*")
		names := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune("\t、，,;；", r) })
		for i := range names {
			names[i] = strings.TrimSpace(names[i])
		}
		names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
		if len(names) == 0 {
			continue
		}
		out = append(out, zone.Submitter{Code: fmt.Sprintf("u%02d", len(out)+1), Name: names[0], Aliases: names[1:]})
	}
	return out
}
