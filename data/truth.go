package data

import (
	"embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed truth/*.csv
var truthFS embed.FS

// record is one line of a truth table: column → text.
type record map[string]string

// truth is everything that happened, as read from truth/*.csv.
type truth struct {
	tables     map[string][]record
	calendar   map[date]string // 休 or 班
	submitters []record

	once sync.Once
	made []*book
}

var loadTruth = sync.OnceValues(func() (*truth, error) {
	t := &truth{tables: map[string][]record{}, calendar: map[date]string{}}
	files, err := truthFS.ReadDir("truth")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		recs, err := readTable("truth/" + f.Name())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		t.tables[strings.TrimSuffix(f.Name(), ".csv")] = recs
	}
	for _, r := range t.tables["calendar"] {
		t.calendar[mustDate(r["日期"])] = r["休或班"]
	}
	t.submitters = t.tables["submitters"]
	return t, nil
})

func readTable(name string) ([]record, error) {
	f, err := truthFS.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	var out []record
	for _, line := range all[1:] {
		r := make(record, len(line))
		for i, v := range line {
			r[all[0][i]] = v
		}
		out = append(out, r)
	}
	return out, nil
}

// day reads an optional date column.
func (r record) day(col string) date {
	if r[col] == "" {
		return 0
	}
	return mustDate(r[col])
}

// by says whether the date in col is there and not after d.
func (r record) by(col string, d date) bool {
	x := r.day(col)
	return x != 0 && x <= d
}

// step reads "2022-03-07:5|2022-04-01:20:300": the last entry up to d, split at its first colon.
func (r record) step(col string, d date) []string {
	var last []string
	for _, s := range strings.Split(r[col], "|") {
		if len(s) > 10 && mustDate(s[:10]) <= d {
			last = strings.SplitN(s[11:], ":", 2)
		}
	}
	return last
}

// Cell values of a row: string, int, date, and the types below; an absent key is an empty cell.
type (
	fen     int64 // money in hundredths of a yuan
	percent int   // whole per cent
	ym      date  // a month, as its first day
)

// row is one line of a return: the form's column (its Chinese title) → value.
type row map[string]any

func (r row) set(col string, v any) {
	switch x := v.(type) {
	case string:
		if x == "" {
			return
		}
	case date:
		if x == 0 {
			return
		}
	}
	r[col] = v
}

// text, day, money, count give a column's value or its zero.
func (r row) text(col string) string { s, _ := r[col].(string); return s }
func (r row) day(col string) date    { d, _ := r[col].(date); return d }
func (r row) money(col string) fen   { f, _ := r[col].(fen); return f }
func (r row) count(col string) int   { n, _ := r[col].(int); return n }

func (r row) clone() row {
	c := make(row, len(r))
	for k, v := range r {
		c[k] = v
	}
	return c
}

func parseFen(s string) any {
	if s == "" {
		return ""
	}
	whole, frac, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole+(frac + "00")[:2], 10, 64)
	if err != nil {
		panic(fmt.Sprintf("data: truth holds a wrong amount: %q", s))
	}
	return fen(n)
}

func parseInt(s string) any {
	if s == "" {
		return ""
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("data: truth holds a wrong number: %q", s))
	}
	return n
}

func parseMonth(s string) any {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		panic(fmt.Sprintf("data: truth holds a wrong month: %q", s))
	}
	return ym(dateOf(t))
}
