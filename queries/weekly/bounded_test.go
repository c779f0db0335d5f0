package weekly

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// countedRows is a reader that counts the rows that SELECTs over a series of numbers give.
type countedRows struct {
	*queries.Reader
	rows int
}

func (c *countedRows) SelectAt(ctx context.Context, at warehouse.Point, query string) (result.Table, error) {
	t, err := c.Reader.SelectAt(ctx, at, query)
	if strings.Contains(query, "range(") {
		c.rows += len(t.Rows)
	}
	return t, err
}

// TestCutTablesAreNotRead: of a table of which some rows are printed no others are read, and its totals are the same: sums, their
// quotients, and how many rows there are. Where sums depend on the order of rows, where a unit's own part is taken out
// of the table, and under a limit of its own it is read whole.
func TestCutTablesAreNotRead(t *testing.T) {
	const numbers = "from (select unnest(range(1, 3001)) as n) order by n desc"
	for sql, c := range map[string]struct {
		unit, want string
		read       int
	}{
		"select 'x' as a, n, n * 2 as m, cast(n as decimal(18, 2)) * 0.1 as d " + numbers:               {"项", "[合计（全部3000行） 4.5015e+06 450150 0.5]", 12},
		"select 'x' as a, n, n * 2 as m, cast(n as double) / 10 as d " + numbers:                        {"项", "[合计（全部3000行） 4.5015e+06 450150 0.5]", 3011},
		"select 'x' as a, n, n * 2 as m, cast(n as decimal(18, 2)) * 0.1 as d " + numbers + " ":         {"责任单位", "[合计（全部3000行） 4.5015e+06 450150 0.5]", 3000},
		"select 'x' as a, n, n * 2 as m, cast(n as decimal(18, 2)) * 0.1 as d " + numbers + " limit 20": {"项", "[合计（全部20行） 59810 5981 0.5]", 20},
	} {
		d, err := load("w.yaml", []byte(`details: 10
sheets:
  - name: 一
    blocks:
      - table:
          id: t
          total: true
          columns: [{title: `+c.unit+`, from: a}, {title: 数, from: n, kind: int, sum: true}, {title: 额, from: d, kind: num, sum: true}, {title: 率, from: n, kind: percent, of: [n, m]}]
          sql: "`+sql+`"
`), mustLoad(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		src := &countedRows{Reader: smallReader(t)}
		w, err := newWeekly(context.Background(), src, mustLoad(t), src.Published(), Options{Declaration: d})
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.table(context.Background(), d.sheets[0].blocks[0].table)
		if err != nil {
			t.Fatal(err)
		}
		if v, ok := got.Total[2].(float64); ok {
			got.Total[2] = math.Round(v*100) / 100
		}
		if fmt.Sprint(got.Total) != c.want || len(got.Rows) != 10 || !got.Cut || !strings.Contains(got.Note, "本表只列前10行") || src.rows != c.read {
			t.Errorf("%s: %d rows, total %v, %d rows read, want %s of %d: %s", sql, len(got.Rows), got.Total, src.rows, c.want, c.read, got.Note)
		}
	}
}

// TestTheRestIsWhereItIsSaidToBe: the sheet that a cut table names for the rest has a list that isn't cut itself.
func TestTheRestIsWhereItIsSaidToBe(t *testing.T) {
	d, err := LoadDir(nil, mustLoad(t))
	if err != nil {
		t.Fatal(err)
	}
	called := func(s sheet) string { return s.name.parts[0].text }
	whole := map[string]bool{}
	for _, s := range d.sheets {
		for _, b := range s.blocks {
			whole[called(s)] = whole[called(s)] || b.rows != nil || b.table != nil && b.table.most == 0
		}
	}
	named := 0
	for _, s := range d.sheets {
		for _, b := range s.blocks {
			if b.table == nil || b.table.rest == "" {
				continue
			}
			named++
			if !whole[b.table.rest] || called(s) == b.table.rest {
				t.Errorf("%s on %s: the rest is said to stand on %s, which hasn't all of it", b.table.id, called(s), b.table.rest)
			}
			for _, other := range d.sheets {
				for _, o := range other.blocks {
					if called(other) == b.table.rest && o.table != nil && o.table.most > 0 {
						t.Errorf("%s on %s: the rest is said to stand on %s, whose table is cut too", b.table.id, called(s), b.table.rest)
					}
				}
			}
		}
	}
	if named < 3 {
		t.Errorf("%d tables name a sheet for the rest", named)
	}
}
