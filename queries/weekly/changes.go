package weekly

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
)

// Previous is a summary that was issued: 更正说明 compares with the last one
// of an earlier date, and with the last one of the same date. Said is what it said; of one that was issued before that was
// kept, what was known at its time is computed again, which misses returns that
// were back-filled later.
type Previous struct {
	AsOf    calendar.Date
	KnownAt time.Time
	Said    *Said
}

// Parts are numerator and denominator of a ratio.
type Parts struct {
	Num float64 `json:"num"`
	Den float64 `json:"den"`
}

// Said is what a summary said, and up to where it had read.
type Said struct {
	Arrival  int64                 `json:"arrival"`  // the newest that there was
	Decision int64                 `json:"decision"` // the newest that there was
	Figures  map[string]SaidFigure `json:"figures"`  // by metric
}

// SaidFigure is a figure as it was issued.
type SaidFigure struct {
	Value *float64           `json:"value"`
	Num   *float64           `json:"num,omitempty"`
	Den   *float64           `json:"den,omitempty"`
	By    map[string]float64 `json:"by,omitempty"`    // by submitter, where the figure adds up
	Parts map[string]Parts   `json:"parts,omitempty"` // by submitter, of a ratio
}

// readUpTo is the newest arrival and decision known at the point, by which an issue is known again later, and a hash of
// the returns and decisions known at the point: with the program's version it
// says whether two workbooks were made from the same.
func readUpTo(ctx context.Context, src source, at warehouse.Point) (here Said, inputs string, err error) {
	known := "cast('" + at.KnownAt.Format(warehouse.Stamp) + "' as timestamp(6))"
	ask := func(query string) (grid, error) {
		got, err := rows(ctx, src, at, query)
		if err != nil {
			err = lang.Errorf("returns and decisions: %w", "报表和决定：%w", err)
		}
		return got, err
	}
	got, err := ask("select cast(coalesce((select max(arrival) from raw.return where received_at <= " + known + "), 0) as bigint), cast(coalesce((select max(seq) from raw.decision where decided_at <= " + known + "), 0) as bigint)")
	if err != nil {
		return here, "", err
	}
	for _, r := range got.Rows {
		here.Arrival, _ = r[0].(int64)
		here.Decision, _ = r[1].(int64)
	}
	var texts []string
	for _, query := range []string{
		"select return_id, sha256 from raw.return where received_at <= " + known + " order by return_id",
		"select seq, kind, return_id, submitter, form, period from raw.decision where decided_at <= " + known + " order by seq",
	} {
		if got, err = ask(query); err != nil {
			return here, "", err
		}
		texts = append(texts, inWords(got))
	}
	sum := sha256.Sum256([]byte(strings.Join(texts, "\n")))
	return here, hex.EncodeToString(sum[:]), nil
}

// inWords writes rows as lines, what is there of each with spaces between.
func inWords(g grid) string {
	lines := make([]string, len(g.Rows))
	for i, row := range g.Rows {
		var words []string
		for _, v := range row {
			if v != nil {
				words = append(words, fmt.Sprint(v))
			}
		}
		lines[i] = strings.Join(words, " ")
	}
	return strings.Join(lines, "\n")
}

// said is what this workbook says.
func (w *weekly) said() *Said {
	out := w.here
	out.Figures = map[string]SaidFigure{}
	for _, name := range w.book.order {
		f := w.now[name]
		s := SaidFigure{Value: f.Value, Num: f.Num, Den: f.Den}
		if w.counts(name) {
			for unit, v := range w.byUnit[w.ask][name] {
				if v != 0 {
					if s.By == nil {
						s.By = map[string]float64{}
					}
					s.By[unit] = v
				}
			}
		}
		s.Parts = w.partsAt(w.ask, name)
		out.Figures[name] = s
	}
	return &out
}

// counts says whether a metric is a count or a sum of which every unit has its own.
func (w *weekly) counts(name string) bool {
	m := w.book.metrics[name]
	return m.Value != nil && m.Unit != metric.Days && m.Allows("submitter")
}

// addsUp says whether the units' figures of a metric make its own: an enterprise that two units paid is one of each, and one
// of both together.
func (w *weekly) addsUp(name string) bool {
	m := w.book.metrics[name]
	return w.counts(name) && m.Value.Agg != "distinct"
}

// unitDeltas are what each unit has more now.
func unitDeltas(now, then map[string]float64) map[string]float64 {
	out := map[string]float64{}
	for unit, v := range now {
		out[unit] += v
	}
	for unit, v := range then {
		out[unit] -= v
	}
	return out
}

// mostCorrected is how many corrected cells are listed; a ledger that was
// rewritten is told by its figures.
const mostCorrected = 300

// corrected are the cells in which returns that took another's place since the
// previous issue differ from it: whose, from what, to what, in the order in
// which they counted. Of two that came together the one that gave way never did.
func (w *weekly) corrected(ctx context.Context) ([][]any, error) {
	pairs, err := rows(ctx, w.src, w.ask, w.literal(`
with ordered as (
    select
        k.*, lead(k.return_id) over (
            partition by k.zone, k.submitter, k.form, k.period order by k.received_at, k.arrival, k.return_id) as next_id
    from core.known_return as k
    where k.stands
),
counted as (
    select o.*
    from ordered as o
    left join (select distinct zone, return_id from raw.finding where rule = 'same_run') as t
        on t.zone = o.zone and t.return_id = o.next_id
    where t.return_id is null
),
followed as (
    select
        counted.*, lag(return_id) over (
            partition by zone, submitter, form, period order by received_at, arrival, return_id) as before_id
    from counted
),
fresh as (
    select * from followed where $new_return and cutoff <= $previous_as_of
)
select coalesce(s.name, a.submitter), a.period, coalesce(f.title, a.form), a.before_id, a.return_id
from fresh as a
left join core.dim_submitter as s on s.zone = a.zone and s.code = a.submitter
left join ctl.form as f on f.form = a.form
where a.before_id is not null
order by coalesce(s.seq, 9999), f.seq, a.period, a.received_at, a.arrival, a.return_id`))
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, p := range pairs.Rows {
		if len(p) < 5 {
			continue
		}
		changes, err := w.src.ReturnsDiff(ctx, fmt.Sprint(p[3]), fmt.Sprint(p[4]))
		if err != nil {
			return nil, err
		}
		for _, c := range changes {
			if len(rows) == mostCorrected {
				return append(rows, []any{nil, nil, nil, "其余更正从略，见 taizhang returns diff", nil, nil, nil}), nil
			}
			column, a, b := orDash(wordOf(c.Get("column")), "整行"), orDash(wordOf(c.Get("before")), "（空）"), orDash(wordOf(c.Get("after")), "（空）")
			switch c.Get("change") {
			case "added":
				a, b = "（无此行）", "新增"
			case "gone":
				a, b = "原有", "（已删去）"
			}
			where := wordOf(c.Get("key"))
			if n := c.Get("row_after"); n != nil {
				where += fmt.Sprintf("（第%v行）", n)
			}
			rows = append(rows, []any{p[0], p[1], p[2], where, column, a, b})
		}
	}
	return rows, nil
}

func wordOf(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func sameFigure(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return math.Abs(*a-*b) < 1e-9
}
