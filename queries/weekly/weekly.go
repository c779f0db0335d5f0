package weekly

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/decl"
	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
	"taizhang/queries"
)

//go:embed joined.yaml
var joinedText []byte

//go:embed weekly.yaml
var builtinText []byte

// builtinTree is what it was parsed into when the program was built.
//
//go:embed weekly.tree
var builtinTree string

// Tree gives the built-in workbook's tree, as make generate writes it.
func Tree() (string, error) { return decl.Prepare(builtinName, builtinText) }

// Options are what a weekly workbook needs beside its source.
type Options struct {
	Declaration *Declaration // nil: the built-in weekly.yaml
	Issued      []Previous   // oldest first; none: there is no 更正说明
	Ranking     bool         // the zone asks for 位次
	Zone        string       // name of the zone, of one that is joined from others; "": as the publication has it
	Version     string       // of the program
	Notice      string       // what readers must know of how up to date the figures are; stands on the first page of every paper
}

// Build makes the weekly workbook at a point; zero values of the point mean
// the publication's own.
func Build(ctx context.Context, r *queries.Reader, p warehouse.Point, o Options) (workbook.Book, error) {
	w, err := newWeekly(ctx, r, r.Catalogue, p, o)
	if err != nil {
		return workbook.Book{}, lang.Errorf("weekly workbook: %w", "周报工作簿：%w", err)
	}
	b, err := w.build(ctx)
	if err != nil {
		return workbook.Book{}, lang.Errorf("weekly workbook: %w", "周报工作簿：%w", err)
	}
	return b, nil
}

// Text is the text of the weekly workbook (文字材料), a paragraph a line.
func Text(ctx context.Context, r *queries.Reader, p warehouse.Point, o Options) (string, error) {
	w, err := newWeekly(ctx, r, r.Catalogue, p, o)
	if err != nil {
		return "", lang.Errorf("weekly text: %w", "周报文字：%w", err)
	}
	parts, err := w.wholeReport(ctx, nil)
	if err != nil {
		return "", lang.Errorf("weekly text: %w", "周报文字：%w", err)
	}
	return strings.Join(textsOf(parts), "\n") + "\n", nil
}

// Part is a part of the text that goes upwards: one of these.
type Part struct {
	Heading string
	Text    string
	Table   *workbook.Table
}

// report is the sheets with text blocks (文字材料) in their order: headings with something under them, paragraphs, sentences on what
// needs attention, and those of the tables that are given.
func (w *weekly) report(ctx context.Context, tables map[string]workbook.Table) ([]Part, error) {
	var out []Part
	for _, s := range w.book.sheets {
		if !slices.ContainsFunc(s.blocks, func(b block) bool { return b.text != nil }) {
			continue
		}
		heading, n := "", 0 // headings with a number: those with nothing under them count for none
		add := func(p Part) {
			if heading != "" {
				out = append(out, Part{Heading: numbered(heading, &n)})
				heading = ""
			}
			out = append(out, p)
		}
		for _, b := range s.blocks {
			id := ""
			switch {
			case b.heading != nil:
				heading = b.heading.fill(w)
			case b.text != nil:
				for _, p := range paragraphs(b.text.fill(w)) {
					add(Part{Text: p})
				}
			case b.worst > 0:
				notes, err := w.worst(ctx, b.worst)
				if err != nil {
					return nil, err
				}
				for _, n := range notes {
					add(Part{Text: n.(workbook.Note).Text})
				}
			case b.table != nil:
				id = b.table.id
			case b.list != nil:
				id = b.list.id
			}
			if t, ok := tables[id]; ok && id != "" && len(t.Rows) > 0 {
				add(Part{Table: &t})
			}
		}
	}
	return out, nil
}

// wholeReport is the report, which what readers must know of the figures comes first of.
func (w *weekly) wholeReport(ctx context.Context, tables map[string]workbook.Table) ([]Part, error) {
	first := notice(w.options.Notice)
	if first == "" {
		return w.report(ctx, tables)
	}
	said := w.options.Notice
	w.options.Notice = "" // not once more behind the sentence of coverage
	parts, err := w.report(ctx, tables)
	w.options.Notice = said
	return append([]Part{{Text: first}}, parts...), err
}

// textsOf are the headings and paragraphs.
func textsOf(parts []Part) []string {
	var out []string
	for _, p := range parts {
		if line := p.Heading + p.Text; line != "" {
			out = append(out, line)
		}
	}
	return out
}

// paragraphs splits a filled text; empty ones, from conditions that didn't
// hold, vanish.
func paragraphs(s string) []string {
	var out []string
	for _, p := range strings.Split(s, "\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// weekly is one workbook in the making.
type weekly struct {
	src     source
	ask     warehouse.Point
	lastAsk warehouse.Point
	frame          // what 更正说明 compares with
	reissue *frame // the last issue of the same date, where frame is one of an earlier date
	others  []warehouse.Point
	here    Said                                              // up to where this one reads
	inputs  string                                            // hash of the returns and decisions known
	byUnit  map[warehouse.Point]map[string]map[string]float64 // by metric and submitter: values of counts and sums, numerators of ratios
	options Options
	book    *Declaration
	zone    string
	zones   map[string]string                     // names of the zones by code
	at      map[warehouse.Point]map[string]figure // by metric
	now     map[string]figure
	last    map[string]figure
	targets map[string]float64
	yearly  map[string]bool   // targets of the whole year, of which the share gone by is asked
	seq     map[string]int    // place in 机构序列 by name
	called  map[string]string // another name of a unit, so one that it had before → its name
	forms   map[string]string // titles of the forms by id
	words   map[string]string // the declaration's own words, filled in
	returns dueReturns
	older   int // returns that are still owed of earlier weeks
	fed     map[string]bool
	lists   map[*metric.Fact]*workbook.Table                  // the rows behind the figures
	cut     map[*metric.Fact]bool                             // lists that don't hold all of them
	dens    map[warehouse.Point]map[string]map[string]float64 // denominators of ratios, by metric and submitter
}

func newWeekly(ctx context.Context, src source, c *metric.Catalogue, ask warehouse.Point, o Options) (*weekly, error) {
	ask = src.At(warehouse.Point{AsOf: ask.AsOf, KnownAt: ask.KnownAt}) // the window is always the year
	w := &weekly{src: src, ask: ask, options: o, book: o.Declaration}
	w.lastAsk = src.At(warehouse.Point{AsOf: ask.AsOf - 7, KnownAt: ask.KnownAt})
	var err error
	if w.here, w.inputs, err = readUpTo(ctx, src, ask); err != nil {
		return nil, err
	}
	w.follow(o.Issued)
	if w.book == nil {
		if w.book, err = LoadDir(nil, c); err != nil {
			return nil, err
		}
	}
	for _, p := range append([]warehouse.Point{w.lastAsk}, w.compared()...) {
		if p != w.ask && !slices.Contains(w.others, p) {
			w.others = append(w.others, p)
		}
	}
	if err := w.figures(ctx); err != nil {
		return nil, err
	}
	w.now, w.last = w.at[w.ask], w.at[w.lastAsk]
	w.incomparable()
	if err := w.zoneFacts(ctx); err != nil {
		return nil, err
	}
	if err := w.findFed(ctx); err != nil {
		return nil, err
	}
	if err := w.fillWords(ctx); err != nil {
		return nil, err
	}
	if w.returns, err = w.weekReturns(ctx); err == nil {
		err = w.findOlder(ctx)
	}
	if err != nil {
		return nil, err
	}
	return w, nil
}

// endOfDay is the last second of a date.
func endOfDay(d calendar.Date, loc *time.Location) time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), 23, 59, 59, 0, loc)
}

// figures computes every metric, in total and by submitter, at all points: the
// workbook's own, which is mostly the publication's and needs no restating, and
// the others together.
func (w *weekly) figures(ctx context.Context) error {
	w.at, w.byUnit = map[warehouse.Point]map[string]figure{}, map[warehouse.Point]map[string]map[string]float64{}
	w.dens = map[warehouse.Point]map[string]map[string]float64{}
	var split, whole []string
	for _, name := range w.book.order {
		if w.book.metrics[name].Allows("submitter") {
			split = append(split, name)
		} else {
			whole = append(whole, name)
		}
	}
	for _, points := range [][]warehouse.Point{{w.ask}, w.others} {
		for by, metrics := range map[string][]string{"submitter": split, "": whole} {
			if len(metrics) == 0 {
				continue
			}
			got, err := w.src.Figures(ctx, points, metrics, by)
			if err != nil {
				return err
			}
			for _, f := range got {
				w.keep(f)
			}
		}
	}
	return nil
}

func (w *weekly) keep(f queries.Figure) {
	p, name, n := f.Point, f.Metric.ID, inNumbers(f)
	if w.at[p] == nil {
		w.at[p], w.byUnit[p] = map[string]figure{}, map[string]map[string]float64{}
		w.dens[p] = map[string]map[string]float64{}
	}
	if len(f.Dims) == 0 {
		w.at[p][name] = n
		return
	}
	v := n.Value
	if f.Metric.IsRatio() {
		v = n.Num
		if w.dens[p][name] == nil {
			w.dens[p][name] = map[string]float64{}
		}
		if n.Den != nil {
			w.dens[p][name][groupOf(f)] = *n.Den
		}
	}
	if w.byUnit[p][name] == nil {
		w.byUnit[p][name] = map[string]float64{}
	}
	if v != nil {
		w.byUnit[p][name][groupOf(f)] = *v
	}
}

// incomparable takes out of last week what says nothing beside this one's: the zeros that only mean that no return had
// come yet (a first ledger is no rise), and what was summed up to the end of another year.
func (w *weekly) incomparable() {
	last := maps.Clone(w.last)
	for name, f := range last {
		m := w.book.metrics[name]
		if w.silent(m, f) && (w.now[name].Coverage.Received > 0 || f.Coverage.Expected == 0) || w.yearTurned(m) {
			last[name] = figure{Coverage: f.Coverage}
		}
	}
	w.last = last
}

// yearTurned says of a figure that is summed from 1 January on that a new year has begun since last week.
func (w *weekly) yearTurned(m *metric.Metric) bool {
	return m.Fact.Mode == metric.Period && w.lastAsk.AsOf.Year() != w.ask.AsOf.Year()
}

// noLast is what stands where last week's figure would.
func (w *weekly) noLast(m *metric.Metric) string {
	if w.yearTurned(m) {
		return "属上年，不比"
	}
	return "—"
}

// zoneFacts reads the zone's name, its targets and the order of its submitters.
func (w *weekly) zoneFacts(ctx context.Context) error {
	zone, err := rows(ctx, w.src, w.ask, "select name, zone from ctl.zone")
	if err != nil {
		return err
	}
	w.zones = map[string]string{}
	for _, r := range zone.Rows {
		w.zone, _ = r[0].(string)
		w.zones[fmt.Sprint(r[1])] = w.zone
	}
	if w.options.Zone != "" {
		w.zone = w.options.Zone
	}
	targets, err := rows(ctx, w.src, w.ask, "select metric, cast(target as double), basis from ctl.target")
	if err != nil {
		return err
	}
	w.targets, w.yearly = map[string]float64{}, map[string]bool{}
	for name, m := range w.book.metrics {
		if m.Target != nil {
			w.targets[name] = *m.Target
		}
	}
	for _, r := range targets.Rows {
		name, _ := r[0].(string)
		target, ok := r[1].(float64)
		if ok {
			w.targets[name], w.yearly[name] = target, r[2] == "year_progress"
		}
	}
	forms, err := rows(ctx, w.src, w.ask, "select form, title from ctl.form")
	if err != nil {
		return err
	}
	w.forms = map[string]string{}
	for _, r := range forms.Rows {
		w.forms[fmt.Sprint(r[0])] = fmt.Sprint(r[1])
	}
	order, err := rows(ctx, w.src, w.ask, "select name, cast(seq as bigint) from ctl.submitter order by seq")
	if err != nil {
		return err
	}
	w.seq = map[string]int{}
	for i, r := range order.Rows {
		if name, ok := r[0].(string); ok {
			w.seq[name] = i
		}
	}
	called, err := rows(ctx, w.src, w.ask, "select called, name from core.unit_name where called <> name")
	if err != nil {
		return err
	}
	w.called = map[string]string{}
	for _, r := range called.Rows {
		w.called[wordOf(r[0])] = wordOf(r[1])
	}
	return nil
}

// fillWords asks for the texts that the declaration takes from a SELECT.
func (w *weekly) fillWords(ctx context.Context) error {
	w.words = map[string]string{}
	for _, d := range w.book.words {
		got, err := rows(ctx, w.src, w.ask, w.literal(d.sql))
		if err != nil {
			return d.at.Pos().Fault("%v", "", err)
		}
		w.words[d.name] = ""
		for _, r := range got.Rows {
			if r[0] != nil {
				w.words[d.name] = fmt.Sprint(r[0])
			}
		}
	}
	return nil
}

func (w *weekly) target(metric string) *float64 { return w.targetAt(metric, w.ask.AsOf) }

// targetAt is what a figure should be at a date: of a year's target the share that has gone by.
func (w *weekly) targetAt(metric string, d calendar.Date) *float64 {
	t, ok := w.targets[metric]
	if !ok {
		return nil
	}
	if w.yearly[metric] {
		t *= queries.YearGone(d)
	}
	return &t
}
