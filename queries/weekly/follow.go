package weekly

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
)

// frame is an earlier issue that 更正说明 compares with.
type frame struct {
	previous warehouse.Point
	again    warehouse.Point // the previous one's date, as known now
	issued   bool            // there is one
	sameDate bool            // this one is its re-issue
	saidThen *Said           // what it said, where that was kept
}

// name is how people call that issue.
func (f frame) name() string {
	if f.sameDate {
		return "本期前次印发"
	}
	return "上期周报"
}

// follow finds the issues that this one follows. Without any nothing was published that could have moved.
func (w *weekly) follow(issues []Previous) {
	frameOf := func(p *Previous) frame {
		f := frame{previous: w.src.At(warehouse.Point{AsOf: p.AsOf, KnownAt: p.KnownAt}), issued: true, sameDate: p.AsOf == w.ask.AsOf, saidThen: p.Said}
		f.again = f.previous
		f.again.KnownAt = w.ask.KnownAt
		return f
	}
	before, same := w.earlier(issues)
	switch {
	case before != nil && same != nil:
		w.frame = frameOf(before)
		f := frameOf(same)
		w.reissue = &f
	case before != nil:
		w.frame = frameOf(before)
	case same != nil:
		w.frame = frameOf(same)
	default:
		w.frame = frame{previous: w.lastAsk, again: w.lastAsk}
	}
}

// earlier are the last issue of the newest earlier date, and the last of the
// same date: by nothing that was received later, and not this very one.
func (w *weekly) earlier(issues []Previous) (before, same *Previous) {
	for i := range issues {
		p := &issues[i]
		switch {
		case p.AsOf > w.ask.AsOf || p.KnownAt.After(w.ask.KnownAt):
		case p.AsOf < w.ask.AsOf:
			if before == nil || p.AsOf >= before.AsOf {
				before = p
			}
		case p.KnownAt.Equal(w.ask.KnownAt) && (p.Said == nil || p.Said.Arrival == w.here.Arrival && p.Said.Decision == w.here.Decision):
		default:
			same = p
		}
	}
	return before, same
}

// compared are the points whose figures 更正说明 needs; what was kept needn't be computed.
func (w *weekly) compared() (out []warehouse.Point) {
	frames := []frame{w.frame}
	if w.reissue != nil {
		frames = append(frames, *w.reissue)
	}
	for _, f := range frames {
		if !f.issued {
			continue
		}
		if f.saidThen == nil || !f.saidThen.partsKept() {
			out = append(out, f.previous)
		}
		out = append(out, f.again)
	}
	return out
}

// framed does something as if another issue were the previous one.
func (w *weekly) framed(f frame, do func()) {
	held := w.frame
	w.frame = f
	do()
	w.frame = held
}

// compares says whether a block is about what moved since the previous issue.
func (b block) compares() bool {
	return b.table != nil && (b.table.source == "changes" || b.table.source == "corrected" || strings.Contains(b.table.sql, "$new_") || strings.Contains(b.table.sql, "$previous_"))
}

// compares says whether a sheet holds nothing but such blocks and what introduces them.
func (s sheet) compares() bool {
	some, other := false, false
	for _, b := range s.blocks {
		some = some || b.compares()
		other = other || !b.compares() && b.title == nil && b.heading == nil && b.note == nil
	}
	return some && !other
}

// reissued are the blocks of a sheet that compare, once more with the issue of the same date.
func (w *weekly) reissued(ctx context.Context, s sheet, named map[string]bool) (out []workbook.Block, err error) {
	if w.reissue == nil || !slices.ContainsFunc(s.blocks, block.compares) {
		return nil, nil
	}
	w.framed(*w.reissue, func() {
		out = append(out, workbook.Heading{Text: fmt.Sprintf("与%s（数据版本%s）相比", w.frame.name(), w.previous.KnownAt.Format("2006-01-02 15:04"))})
		for _, b := range s.blocks {
			if !b.compares() || err != nil {
				continue
			}
			var made []workbook.Block
			made, err = w.block(ctx, s, b, named)
			for _, x := range made {
				if t, ok := x.(workbook.Table); ok && t.ID != "" {
					t.ID += "_reissue"
					x = t
				}
				out = append(out, x)
			}
		}
	})
	return out, err
}

// calling has a table that compares call the issue of the same date by its name.
func (w *weekly) calling(t workbook.Table) workbook.Table {
	if !w.sameDate {
		return t
	}
	r := strings.NewReplacer("上期周报", "本期前次印发的周报", "上期", "前次")
	t.Title, t.Note, t.Empty = r.Replace(t.Title), r.Replace(t.Note), r.Replace(t.Empty)
	t.Columns = slices.Clone(t.Columns)
	for i := range t.Columns {
		t.Columns[i].Title = r.Replace(t.Columns[i].Title)
	}
	return t
}

// changes are the figures of the previous issue that read otherwise now.
func (w *weekly) changes() [][]any {
	if !w.issued {
		return nil
	}
	then, now := w.at[w.previous], w.at[w.again]
	if w.saidThen != nil {
		then = map[string]figure{}
		for name, f := range w.saidThen.Figures {
			then[name] = figure{Value: f.Value, Num: f.Num, Den: f.Den}
		}
	}
	var rows [][]any
	for _, name := range w.book.order {
		a, ok := then[name]
		b := now[name]
		if !ok || sameFigure(a.Value, b.Value) && sameFigure(a.Num, b.Num) && sameFigure(a.Den, b.Den) {
			continue
		}
		m := w.book.metrics[name]
		s := tellingScale(m.Unit, a.Value, b.Value)
		rows = append(rows, []any{
			m.Label, cellOf(s, a.Value), orDash(fraction(a, m.Unit), "—"), cellOf(s, b.Value), orDash(fraction(b, m.Unit), "—"),
			changeCell(s, b.Value, a.Value), orDash(strings.Join(w.whose(name), "、"), "—"),
		})
	}
	return rows
}

// whose are the units that moved a figure since the previous issue, and by how
// much: of a ratio, what it was made of then and now.
func (w *weekly) whose(name string) (who []string) {
	m := w.book.metrics[name]
	if m.IsRatio() {
		then, known := w.partsThen(name)
		if !known {
			return nil
		}
		now := w.partsAt(w.again, name)
		moved := map[string]float64{}
		for _, side := range []map[string]Parts{then, now} {
			for u := range side {
				moved[u] = math.Abs(now[u].Num-then[u].Num) + math.Abs(now[u].Den-then[u].Den)
			}
		}
		of := func(p Parts) string { return fraction(figure{Num: &p.Num, Den: &p.Den}, metric.Ratio) }
		for _, u := range w.moved(moved) {
			who = append(who, fmt.Sprintf("%s（%s→%s）", u, of(then[u]), of(now[u])))
		}
		return who
	}
	if !w.counts(name) {
		return nil
	}
	before := w.byUnit[w.previous][name]
	if w.saidThen != nil {
		before = underName(w, w.saidThen.Figures[name].By)
	}
	now := w.byUnit[w.again][name]
	sums := unitDeltas(now, before)
	for _, u := range w.moved(sums) {
		if !w.addsUp(name) {
			of := func(v float64) string { return scaleOf(m.Unit, "", &v).text(v) }
			who = append(who, fmt.Sprintf("%s（%s→%s）", u, of(before[u]), of(now[u])))
			continue
		}
		who = append(who, u+w.signed(m.Unit, sums[u]))
	}
	return who
}

// partsAt are numerator and denominator of a ratio by submitter, as computed at a point.
func (w *weekly) partsAt(p warehouse.Point, name string) map[string]Parts {
	m := w.book.metrics[name]
	if !m.IsRatio() || !m.Allows("submitter") {
		return nil
	}
	var out map[string]Parts
	add := func(unit string, n, d float64) {
		if n == 0 && d == 0 {
			return
		}
		if out == nil {
			out = map[string]Parts{}
		}
		out[unit] = Parts{out[unit].Num + n, out[unit].Den + d}
	}
	for unit, n := range w.byUnit[p][name] {
		add(unit, n, 0)
	}
	for unit, d := range w.dens[p][name] {
		add(unit, 0, d)
	}
	return out
}

// partsKept says whether a summary kept what its ratios are made of: an older program didn't.
func (s *Said) partsKept() bool {
	for _, f := range s.Figures {
		if f.Parts != nil {
			return true
		}
	}
	return false
}

// partsThen are those of the previous issue. Where it didn't keep them they are computed again, which holds if it comes to
// what was issued; else they aren't known.
func (w *weekly) partsThen(name string) (parts map[string]Parts, known bool) {
	if w.saidThen == nil {
		return w.partsAt(w.previous, name), true
	}
	f := w.saidThen.Figures[name]
	if w.saidThen.partsKept() {
		return underName(w, f.Parts), true
	}
	g, ok := w.at[w.previous][name]
	return w.partsAt(w.previous, name), ok && sameFigure(f.Num, g.Num) && sameFigure(f.Den, g.Den)
}

// underName is what an issue said of units, under the names that they have now: a renamed unit is neither gone nor new.
func underName[V any](w *weekly, by map[string]V) map[string]V {
	out := make(map[string]V, len(by))
	for unit, v := range by {
		if now, renamed := w.called[unit]; renamed {
			unit = now
		}
		out[unit] = v
	}
	return out
}
