package lineage

import (
	"context"
	"fmt"
	"testing"

	"taizhang/internal/warehouse"
)

func TestLineage(t *testing.T) {
	db, err := warehouse.OpenMemory(warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	models := []warehouse.Model{
		{Name: "stg.a", SQL: "select t.id, t.x as y, upper(t.z) as z from raw.a as t join raw.r as r on r.id = t.id"},
		{Name: "core.b", SQL: `with timed as (
				select a.*, row_number() over (partition by a.y order by c.day) as n from stg.a as a left join ctl.c as c on c.day = a.z
			), pair as (select id, y from timed union all select id, z from timed)
			select timed.id, case when timed.n = 1 then y end as first_y, (select max(k) from raw.r where raw.r.id = timed.id) as k from timed where z <> 'x'`},
		{Name: "mart.m", SQL: "select first_y, count(*) as n, sum(b.k) as k from (select * from core.b) as b group by 1 having count(*) > 1"},
	}
	g, err := Of(context.Background(), db.Conn, models, map[string][]string{"raw.a": {"id", "x", "z"}, "raw.r": {"id", "k"}, "ctl.c": {"day"}})
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		fmt.Sprint(g.Model("core.b").Columns):            "[id first_y k]",
		fmt.Sprint(g.Model("core.b").Sources["first_y"]): "[ctl.c.day stg.a.y stg.a.z]",
		fmt.Sprint(g.Model("core.b").Rows):               "[stg.a.z]",
		fmt.Sprint(g.Roots(Column{"mart.m", "first_y"})): "[ctl.c.day raw.a.x raw.a.z]",
		fmt.Sprint(g.Roots(Column{"mart.m", "k"})):       "[raw.a.id raw.r.id raw.r.k]",
		fmt.Sprint(g.RowRoots("mart.m")):                 "[ctl.c.day raw.a.id raw.a.x raw.a.z raw.r.id]",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
