package settings

import (
	"fmt"

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
