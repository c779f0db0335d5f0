package transform

import (
	"strings"
	"testing"
)

// TestModelsArePortable: the built-in models keep to the SQL that DuckDB and
// Trino share.
func TestModelsArePortable(t *testing.T) {
	models, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	checks, err := LoadAssertions()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range append(models, checks...) {
		for _, e := range Lint(m, nil) {
			t.Error(e)
		}
	}
}

func TestLintNamesThePortableSpelling(t *testing.T) {
	for sql, want := range map[string]string{
		"select a::int from raw.x":                                       "cast(x as type)",
		"select a from raw.x qualify row_number() over (order by a) = 1": "row_number()",
		"select a, count(*) from raw.x group by all":                     "group by 1, 2",
		"select * exclude (a) from raw.x":                                "list the columns",
		"from raw.x":                                                     "select … from",
		"with a as (from raw.x) select * from a":                         "select … from",
		"select strptime(a, '%Y') from raw.x":                            "staging",
		"select [1, 2] from raw.x":                                       "array[…]",
		"select greatest(a, b) from raw.x":                               "case when a > b",
		"select concat(a, b) from raw.x":                                 "coalesce(b, '')",
		"select 7 // 2 from raw.x":                                       "floor",
		"select date_diff('day', received_at, due_at) from raw.x":        "cast both to DATE",
		"select date_diff('month', a, b) from raw.x":                     "date_diff('day'",
		"select d + interval '1' day from raw.x":                         "cast(d + interval",
		"select d + interval 1 day from raw.x":                           "interval '1' day",
		"select sum(x) / 10000 from raw.x":                               "* 0.0001",
		"select median(a) from raw.x":                                    "row_number n",
		"select current_date":                                            "ctl.run",
	} {
		found := Lint(Model{Layer: "core", File: "core/x.sql", SQL: sql}, nil)
		if len(found) == 0 || !strings.Contains(found[0].Error(), want) {
			t.Errorf("%s: %v, want %s", sql, found, want)
		}
	}
	for _, sql := range []string{
		"select 'a::b', \"[x]\" from raw.x -- qualify",
		"select cast(d + interval '1' day as date), extract(year from d), date_diff('day', a, b) from raw.x",
		"select first_name from raw.x",
	} {
		if found := Lint(Model{Layer: "core", SQL: sql}, nil); len(found) > 0 {
			t.Errorf("%s: %v", sql, found)
		}
	}
}
