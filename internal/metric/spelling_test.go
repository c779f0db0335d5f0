package metric

import (
	"testing"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/warehouse"
)

// TestPortableSpellingsMeanTheSame: weeks, months and medians, spelled so that Trino reads them too, are the calendar's
// and DuckDB's own.
func TestPortableSpellingsMeanTheSame(t *testing.T) {
	db, err := warehouse.OpenMemory(warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	first, days := calendar.NewDate(2014, time.December, 20), 0
	err = warehouse.Each(t.Context(), db.Conn, "select d, "+labelOf("week", "d")+", "+labelOf("month", "d")+
		" from (select cast(date '2014-12-20' + cast(i as integer) as date) as d from range(3700) as t(i)) order by 1", func(v []any) error {
		d := first + calendar.Date(days)
		days++
		if week, month := calendar.WeekOf(d).String(), calendar.MonthOf(d).String(); v[1] != week || v[2] != month {
			t.Errorf("%s lies in %v and %v, want %s and %s", d, v[1], v[2], week, month)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if days != 3700 {
		t.Fatalf("%d days looked at, want 3700", days)
	}
	groups := 0
	err = warehouse.Each(t.Context(), db.Conn, "select g, "+middle("x", " filter (where x is not null and x < 90)")+
		", median(x) filter (where x < 90) from (select i % 97 as g, case when i % 5 = 0 then null else i * i % 101 end as x from range(400) as t(i)) group by g", func(v []any) error {
		groups++
		if v[1] != v[2] {
			t.Errorf("group %v: %v, DuckDB's median is %v", v[0], v[1], v[2])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := warehouse.Each(t.Context(), db.Conn, "select "+middle("x", "")+" from (select 1 as x) where x > 1", func(v []any) error {
		if v[0] != nil {
			t.Errorf("the median of nothing is %v", v[0])
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if groups != 97 {
		t.Errorf("%d groups, want 97", groups)
	}
}
