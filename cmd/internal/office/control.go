package office

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/internal/zone"
)

// controlRows are the rows of control tables, by table.
type controlRows map[string][][]any

func (c controlRows) add(table string, values ...any) { c[table] = append(c[table], values) }

func str(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func date(d calendar.Date) any {
	if !d.Valid() {
		return nil
	}
	return d.String()
}

func num(n int) any { return strconv.Itoa(n) }

// sharedControl are the tables that say nothing of a single zone, and the targets: all that a joined zone says itself.
var sharedControl = []string{"ctl.run", "ctl.form", "ctl.form_column", "ctl.form_value", "ctl.target"}

// writeShared writes the tables of sharedControl anew.
func (z *Zone) writeShared(ctx context.Context, conn *sql.Conn, asOf calendar.Date, knownAt time.Time, all bool) error {
	tables, err := z.shared(ctx, conn, asOf, knownAt)
	if err != nil {
		return err
	}
	return storeControl(ctx, conn, tables, sharedControl, all)
}

func (z *Zone) shared(ctx context.Context, conn *sql.Conn, asOf calendar.Date, knownAt time.Time) (controlRows, error) {
	tables := controlRows{}
	tables.add("ctl.run", asOf.String(), warehouse.WallClock(knownAt, z.Location), calendar.NewDate(asOf.Year(), time.January, 1).String())
	for _, f := range z.Forms.Forms {
		tables.add("ctl.form", f.ID, f.Title, string(f.Mode), f.Frequency.String(), num(f.Seq))
		for i, c := range f.Columns {
			tables.add("ctl.form_column", f.ID, num(i+1), c.Field, c.Title, string(c.Type), strconv.FormatBool(c.Required), strconv.FormatBool(c.InKey), strconv.FormatBool(c.Type.Sensitive()), str(string(c.Role)))
			for n, v := range c.Values {
				tables.add("ctl.form_value", f.ID, c.Field, num(n+1), v.Name, str(v.Means), v.Name)
			}
		}
	}
	// What rows of before call a value that has another name now: it means what that one does.
	formerly, err := z.formerValues(ctx, conn)
	if err != nil {
		return nil, err
	}
	for n, x := range formerly {
		if x.now != nil {
			tables.add("ctl.form_value", x.form.ID, x.field.Field, num(len(x.field.Values)+n+1), x.value, str(x.now.Means), x.now.Name)
		}
	}
	for _, metric := range slices.Sorted(maps.Keys(z.Targets)) {
		t := z.Targets[metric]
		basis := "plain"
		if t.YearProgress {
			basis = "year_progress"
		}
		tables.add("ctl.target", z.Code, metric, strconv.FormatFloat(t.Value, 'f', -1, 64), basis)
	}
	return tables, nil
}

// writeControl writes the ctl tables anew: what the models know of the zone beside its returns.
func (z *Zone) writeControl(ctx context.Context, conn *sql.Conn, asOf calendar.Date, knownAt time.Time, all bool) error {
	tables, err := z.shared(ctx, conn, asOf, knownAt)
	if err != nil {
		return err
	}
	add := tables.add
	add("ctl.zone", z.Code, z.Name, z.Timezone)
	for _, s := range z.Submitters {
		add("ctl.submitter", z.Code, s.Code, s.Name, string(s.Kind), num(s.Seq), date(s.Until), str(s.MergedInto), date(s.Since))
		for _, alias := range s.Aliases {
			add("ctl.submitter_alias", z.Code, alias, s.Code)
		}
	}
	first, err := firstPeriods(ctx, conn, z.Code)
	if err != nil {
		return err
	}
	came, err := whenFirst(ctx, conn, z.Code)
	if err != nil {
		return err
	}
	reach := reachOf(asOf)
	for _, o := range z.Obligations(reach, first) {
		f := z.Forms.Get(o.Form)
		add("ctl.obligation", z.Code, o.Submitter, o.Form, string(f.Mode), o.Period.String(), o.Period.Start.String(), o.Period.End().String(), warehouse.WallClock(o.DueAt, z.Location), came.knownFrom(o))
	}
	// Working days, a year beyond the business day for deadlines ahead.
	n := 0
	for d := calendar.NewDate(2015, time.January, 1); d <= reach; d++ {
		work := z.Calendar.IsWorkday(d)
		if work {
			n++
		}
		add("ctl.calendar", z.Code, d.String(), strconv.FormatBool(work), num(n))
	}
	return storeControl(ctx, conn, tables, append([]string{"ctl.zone", "ctl.submitter", "ctl.submitter_alias", "ctl.obligation", "ctl.calendar"}, sharedControl...), all)
}

// reachOf is how far ahead it is known what will be owed: later figures may be asked of a publication.
func reachOf(asOf calendar.Date) calendar.Date {
	return calendar.NewDate(asOf.Year()+1, time.December, 31)
}

// storeControl writes the tables that differ from what they hold (all: every one): most say the same for years.
func storeControl(ctx context.Context, conn *sql.Conn, tables controlRows, names []string, all bool) error {
	was := map[string]string{}
	err := warehouse.Each(ctx, conn, "select name, fingerprint from ctl.control_state", func(v []any) error {
		was[v[0].(string)] = v[1].(string)
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range names {
		h := sha256.New()
		fmt.Fprintf(h, "%q", tables[name])
		now := hex.EncodeToString(h.Sum(nil))
		if !all && was[name] == now {
			continue
		}
		if err := warehouse.Empty(ctx, conn, name); err != nil {
			return err
		}
		if err := warehouse.Load(ctx, conn, warehouse.FixedTable(name), tables[name]); err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, "delete from ctl.control_state where name = ?", name); err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, "insert into ctl.control_state values (?, ?)", name, now); err != nil {
			return err
		}
	}
	return nil
}

// arrivals are when the first return of each period came, by form, older periods first.
type arrivals map[string][]struct{ start, received string }

func whenFirst(ctx context.Context, conn *sql.Conn, code string) (arrivals, error) {
	out := arrivals{}
	err := warehouse.Each(ctx, conn, `select form, cast(period_start as varchar), cast(min(received_at) as varchar) from raw.return where zone = `+warehouse.Quote(code)+`
		and form is not null and period is not null group by 1, 2 order by 1, 2`, func(v []any) error {
		out[v[0].(string)] = append(out[v[0].(string)], struct{ start, received string }{v[1].(string), v[2].(string)})
		return nil
	})
	if err != nil {
		return nil, lang.Errorf("find when the first returns came: %w", "查找首份报表的收到时间：%w", err)
	}
	return out, nil
}

// knownFrom is when it was known that something is owed: where no since is declared, the first return of that period or an
// older one said so. What was asked before doesn't wait for it.
func (a arrivals) knownFrom(o zone.Obligation) any {
	if o.Declared {
		return nil
	}
	var first any
	end := o.Period.End().String()
	for _, x := range a[o.Form] {
		if x.start <= end && (first == nil || x.received < first.(string)) {
			first = x.received
		}
	}
	return first
}

// firstPeriods gives the period of the first return of each form ever taken in: since then it is owed.
func firstPeriods(ctx context.Context, conn *sql.Conn, zone string) (map[string]calendar.Period, error) {
	rows, err := conn.QueryContext(ctx, `select form, min_by(period, period_start) from raw.return where zone = ? and form is not null and period is not null group by form`, zone)
	if err != nil {
		return nil, lang.Errorf("find the first period of each form: %w", "查找各表样的首个报送期：%w", err)
	}
	defer rows.Close()
	first := map[string]calendar.Period{}
	for rows.Next() {
		var form, period string
		if err := rows.Scan(&form, &period); err != nil {
			return nil, lang.Errorf("find the first period of each form: %w", "查找各表样的首个报送期：%w", err)
		}
		p, err := calendar.ParsePeriod(period)
		if err != nil {
			return nil, lang.Errorf("period of form %s: %w", "表样 %s 的报送期：%w", form, err)
		}
		first[form] = p
	}
	return first, rows.Err()
}
