package portable

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"taizhang/internal/warehouse"
)

// TestProbes: of every probe that was run on both engines, those that differ are named, and those that agree are not.
// testdata/probes.tsv: DIFF (both answer, each otherwise), ONE (one refuses), SAME, and the text.
func TestProbes(t *testing.T) {
	db, err := warehouse.OpenMemory(warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	probes, err := os.ReadFile("testdata/probes.tsv")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]int{}
	for line := range strings.Lines(string(probes)) {
		kind, sql, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		types := map[string]string{}
		if i := strings.Index(sql, " from (values "); i >= 0 && !strings.Contains(sql, "from (select") {
			from := sql[i:]
			for _, end := range []string{" where ", " group by ", " order by ", " limit ", " join "} {
				from, _, _ = strings.Cut(from, end)
			}
			if err := warehouse.Each(t.Context(), db.Conn, "describe select *"+from, func(v []any) error {
				types[fmt.Sprint(v[0])] = fmt.Sprint(v[1])
				return nil
			}); err != nil {
				t.Fatal(sql, err)
			}
		}
		found := Check(sql, Options{Types: types})
		silent := false
		for _, f := range found {
			silent = silent || f.Silent
		}
		switch {
		case strings.Contains(sql, "order by x"): // DuckDB refuses it first
		case strings.Contains(sql, "max_by(a, (a, b))"): // of the probe's one row the same, of several with a null an error
		case kind == "SAME" && len(found) > 0:
			t.Errorf("%s means the same on both engines, yet %s", sql, found[0].Message())
		case kind == "DIFF" && !silent:
			t.Errorf("%s differs in silence and isn't named: %v", sql, found)
		case kind == "ONE" && len(found) == 0:
			t.Errorf("%s fails on one engine and isn't named", sql)
		}
		known[kind]++
	}
	if known["DIFF"] < 14 || known["ONE"] < 27 || known["SAME"] < 15 {
		t.Errorf("the probes are %v", known)
	}
}

func TestPlace(t *testing.T) {
	found := Check("select a,\n    '中文' || strftime(d, '%Y') as x\nfrom raw.t", Options{})
	if len(found) != 1 || found[0].Line != 2 || found[0].Column != 13 {
		t.Errorf("%+v, want one at 2:13", found)
	}
}

// TestOrdinaryTextsAreLeftAlone: what both engines read alike, however it looks.
func TestOrdinaryTextsAreLeftAlone(t *testing.T) {
	for _, sql := range []string{
		"select 'a::b', \"[x]\", '表' from raw.x -- qualify 表",
		"select cast(a as double) / nullif(b, 0), sum(d) * 0.0001 from raw.x",
		"select coalesce(unit, '未填') as unit, count(*) as n from mart.overdue group by unit order by n desc",
		"with a as (select x as y from raw.x) select y + 1 from a where y > 0",
		"select cast(date_trunc('week', d) as date), (a + b) > (c), name || '、' || code from raw.x",
		"select count(*) filter (where a > 1), sum(case when a > 1 then 1 else 0 end) from raw.x",
	} {
		if found := Check(sql, Options{Types: map[string]string{"a": "INTEGER", "b": "INTEGER", "d": "DATE", "name": "VARCHAR"}}); len(found) > 0 {
			t.Errorf("%s: %s", sql, found[0].Message())
		}
	}
}
