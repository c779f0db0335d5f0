package queries

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"taizhang/internal/workbook"
)

// weeklyLoader reads one file and remembers what it refers to.
type weeklyLoader struct {
	lines     []string // of the file being read
	folder    fs.FS
	builtin   []string          // names of the sheets that are extended
	skip      []string          // sheets that are not read
	standing  map[string]string // table → its sheet
	book      *WeeklyBook
	catalogue *Catalogue
	links     []weeklyRef
	tables    map[string]weeklyNode
	columns   map[string]map[string]bool // table → column titles, where known
	charts    []weeklyChartRef
	sheets    map[string]bool
}

type weeklyRef struct {
	node weeklyNode
	link workbook.Link
	cut  func() // takes the link out, where its goal was dropped by who extends
}

type weeklyChartRef struct {
	node          weeklyNode
	table, column string
}

// LoadWeekly reads a declaration of the weekly workbook. Unknown keys, metrics,
// dimensions, sheets and tables are refused with file, line and column. One
// that says «extends: built-in» adds to the built-in workbook: its sheets take
// the place of those of the same name or come after the others, drop leaves
// some out, order puts some first; title, footer, mail, logo and words replace.
func LoadWeekly(file string, data []byte, catalogue *Catalogue) (*WeeklyBook, error) {
	return loadWeekly(file, data, catalogue, nil)
}

func loadWeekly(file string, data []byte, catalogue *Catalogue, folder fs.FS) (*WeeklyBook, error) {
	l := &weeklyLoader{
		catalogue: catalogue, folder: folder, tables: map[string]weeklyNode{}, standing: map[string]string{},
		columns: map[string]map[string]bool{}, sheets: map[string]bool{},
		book: &WeeklyBook{metrics: map[string]*Metric{}, rows: map[*Fact]*weeklyRowsBlock{}},
	}
	for _, m := range catalogue.Metrics {
		l.book.metrics[m.ID] = m
		l.book.order = append(l.book.order, m.ID)
	}
	root, err := weeklyRoot(file, data)
	if err != nil {
		return nil, err
	}
	var order []weeklyNode
	if base, ok := root.value("extends"); ok {
		if base.Value != "built-in" {
			return nil, base.fault("want built-in, got %s", base.what())
		}
		if order, err = l.extend(root); err != nil {
			return nil, err
		}
	}
	if err := l.document(root, data); err != nil {
		return nil, err
	}
	if err := l.arrange(order); err != nil {
		return nil, err
	}
	if len(l.book.sheets) == 0 {
		return nil, root.fault("no sheets")
	}
	if err := l.resolve(); err != nil {
		return nil, err
	}
	l.book.headlines()
	return l.book, nil
}

func weeklyRoot(file string, data []byte) (weeklyNode, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return weeklyNode{}, fmt.Errorf("%s: %w", file, err)
	}
	if len(doc.Content) == 0 {
		return weeklyNode{}, &DeclarationError{Pos{file, 1, 1}, "an empty file declares no workbook"}
	}
	return weeklyNode{doc.Content[0], file}, nil
}

// extend loads those sheets of the built-in workbook that the zone's keeps and
// gives the sheets that the zone puts first.
func (l *weeklyLoader) extend(root weeklyNode) (order []weeklyNode, err error) {
	base, err := weeklyRoot(builtinWeekly, weeklyYAML)
	if err != nil {
		return nil, err
	}
	names := func(n weeklyNode) (out []string) {
		sheets, _ := n.value("sheets")
		if sheets.Node == nil {
			return nil
		}
		for _, c := range sheets.Content {
			if name, ok := (weeklyNode{c, n.file}).value("name"); ok {
				out = append(out, name.Value)
			}
		}
		return out
	}
	l.builtin = names(base)
	dropped, err := root.texts("drop")
	if err != nil {
		return nil, err
	}
	l.skip = names(root)
	for _, d := range dropped {
		if !slices.Contains(l.builtin, d.Value) {
			return nil, d.fault("the built-in workbook has no sheet %s%s", d.what(), didYouMean(d.Value, l.builtin))
		}
		l.skip = append(l.skip, d.Value)
	}
	if order, err = root.texts("order"); err != nil {
		return nil, err
	}
	err = l.document(base, weeklyYAML)
	l.skip = nil
	return order, err
}

// document reads one file into the book.
func (l *weeklyLoader) document(root weeklyNode, data []byte) error {
	l.lines = strings.Split(string(data), "\n")
	if err := root.each("words", l.word); err != nil { // first: texts use them
		return err
	}
	ignore := func(weeklyNode) error { return nil }
	fields := weeklyFields{
		"words":     ignore,
		"title":     l.template(&l.book.title),
		"footer":    l.template(&l.book.footer),
		"signature": l.template(&l.book.signature),
		"logo":      l.logo,
		"mail": func(n weeklyNode) error {
			return n.mapping(weeklyFields{"subject": l.template(&l.book.mailSubject), "text": l.template(&l.book.mailText)})
		},
		"sheets": func(n weeklyNode) error { return n.list(l.sheet) },
	}
	if _, ok := root.value("extends"); ok {
		fields["extends"], fields["drop"], fields["order"] = ignore, ignore, ignore
	} else {
		fields["extends"] = ignore
	}
	return root.mapping(fields)
}

// arrange puts the sheets of two files in order: those named, then the built-in
// ones where they were, then the zone's own.
func (l *weeklyLoader) arrange(order []weeklyNode) error {
	place := map[string]int{}
	for i, name := range l.builtin {
		place[name] = i + 1
	}
	var names []string
	for _, s := range l.book.sheets {
		names = append(names, s.plain)
		if place[s.plain] == 0 {
			place[s.plain] = 1000 + len(names)
		}
	}
	for i, n := range order {
		if !slices.Contains(names, n.Value) {
			return n.fault("no sheet %s%s", n.what(), didYouMean(n.Value, names))
		}
		place[n.Value] = i - len(order)
	}
	slices.SortStableFunc(l.book.sheets, func(a, b weeklySheet) int { return place[a.plain] - place[b.plain] })
	return nil
}

// logo reads the picture beside the declaration.
func (l *weeklyLoader) logo(n weeklyNode) error {
	name, err := n.scalar()
	if err != nil {
		return err
	}
	if l.folder == nil {
		return n.fault("a logo lies beside weekly.yaml in the zone's queries folder")
	}
	data, err := fs.ReadFile(l.folder, name)
	if err != nil {
		return n.fault("logo: %v", err)
	}
	if l.book.logo, err = workbook.NewPicture(data); err != nil {
		return n.fault("logo %s: %v", name, err)
	}
	return nil
}

const builtinWeekly = "built-in weekly.yaml"

// LoadWeeklyDir reads the weekly.yaml of a folder (a zone's queries folder),
// or the built-in one where the folder has none.
func LoadWeeklyDir(fsys fs.FS, catalogue *Catalogue) (*WeeklyBook, error) {
	if fsys != nil {
		data, err := fs.ReadFile(fsys, "weekly.yaml")
		if err == nil {
			return loadWeekly("queries/weekly.yaml", data, catalogue, fsys)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return loadWeekly(builtinWeekly, weeklyYAML, catalogue, nil)
}

// known reports whether a template may use a name.
func (l *weeklyLoader) known(name string) bool {
	_, metric := l.book.metrics[name]
	_, variable := weeklyVariables[name]
	word := slices.ContainsFunc(l.book.words, func(w weeklyWord) bool { return w.name == name })
	return metric || variable || word
}

func (l *weeklyLoader) isMetric(name string) bool { return l.book.metrics[name] != nil }

// word reads a name and its SELECT.
func (l *weeklyLoader) word(key, value weeklyNode) error {
	i := slices.IndexFunc(l.book.words, func(w weeklyWord) bool { return w.name == key.Value && w.at.file != key.file })
	if i >= 0 {
		l.book.words = slices.Delete(l.book.words, i, i+1)
	}
	if l.known(key.Value) || !idShape().MatchString(key.Value) {
		return key.fault("%q is taken, or no name of lowercase letters, digits and _", key.Value)
	}
	sql, err := value.scalar()
	l.book.words = append(l.book.words, weeklyWord{key.Value, sql, value})
	return err
}

func (l *weeklyLoader) template(into **weeklyTemplate) func(weeklyNode) error {
	return func(n weeklyNode) (err error) {
		*into, err = parseTemplate(n, l.lines, l.known, l.isMetric)
		return err
	}
}

// resolve checks links and charts once every table and sheet is known.
func (l *weeklyLoader) resolve() error {
	for _, r := range l.links {
		_, ok := l.tables[r.link.Table]
		switch {
		case r.link.Table != "" && ok, r.link.Table == "" && l.sheets[r.link.Sheet]:
		case len(l.builtin) > 0 && r.node.file == builtinWeekly:
			r.cut()
		case r.link.Table != "":
			return r.node.fault("link to unknown table %q", r.link.Table)
		default:
			return r.node.fault("link to unknown sheet %q", r.link.Sheet)
		}
	}
	for _, s := range l.book.sheets {
		for _, b := range s.blocks {
			for i := range b.figures {
				if to := b.figures[i].link; to != nil {
					b.figures[i].goal = orDash(l.standing[to.Table], to.Sheet)
				}
			}
		}
	}
	for _, c := range l.charts {
		titles, ok := l.columns[c.table]
		if !ok {
			return c.node.fault("unknown table %q", c.table)
		}
		if !titles[c.column] {
			return c.node.fault("table %q has no column %q", c.table, c.column)
		}
	}
	return nil
}

func (l *weeklyLoader) sheet(n weeklyNode) error {
	if name, ok := n.value("name"); ok && slices.Contains(l.skip, name.Value) {
		return nil
	}
	s := weeklySheet{}
	orientation := "portrait"
	if err := n.mapping(weeklyFields{
		"name": func(c weeklyNode) error {
			s.plain = c.Value
			if s.plain == "" || l.sheets[s.plain] {
				return c.fault("a sheet's name is missing or taken: %s", c.what())
			}
			l.sheets[s.plain] = true
			return l.template(&s.name)(c)
		},
		"orientation": weeklyOneOf(&orientation, "portrait", "landscape"),
		"one_page":    weeklyBool(&s.onePage),
		"cards":       weeklyInt(&s.cards, 1, 6),
		"blocks":      func(c weeklyNode) error { return c.list(func(b weeklyNode) error { return l.block(&s, b) }) },
	}); err != nil {
		return err
	}
	if s.plain == "" {
		return n.fault("a sheet without name")
	}
	for id := range l.tables {
		if l.standing[id] == "" {
			l.standing[id] = s.plain
		}
	}
	s.landscape = orientation == "landscape"
	l.book.sheets = append(l.book.sheets, s)
	return nil
}

func (l *weeklyLoader) block(s *weeklySheet, n weeklyNode) error {
	if n.Kind == yaml.MappingNode && len(n.Content) != 2 {
		return n.fault("a block is one key: title, heading, note, text, box, figures, list, charts, table, rows or movers")
	}
	b := weeklyBlock{}
	if err := n.mapping(weeklyFields{
		"title": func(c weeklyNode) error {
			b.title = &weeklyTitle{}
			return c.mapping(weeklyFields{
				"text": l.template(&b.title.text), "sub": l.template(&b.title.sub),
				"back": func(d weeklyNode) error {
					b.title.back = d.Value
					t := b.title
					l.links = append(l.links, weeklyRef{d, workbook.Link{Sheet: d.Value}, func() { t.back = "" }})
					return nil
				},
			})
		},
		"heading": l.template(&b.heading),
		"text":    l.template(&b.text),
		"note": func(c weeklyNode) error {
			b.note = &weeklyNote{}
			if c.Kind == yaml.ScalarNode {
				b.note.small = true
				return l.template(&b.note.text)(c)
			}
			return c.mapping(weeklyFields{
				"text": l.template(&b.note.text), "strong": weeklyBool(&b.note.strong),
				"small": weeklyBool(&b.note.small), "indent": weeklyBool(&b.note.indent),
			})
		},
		"box": func(c weeklyNode) error {
			b.box = &workbook.Box{}
			return c.mapping(weeklyFields{"label": weeklyString(&b.box.Label), "height": weeklyNumber(&b.box.Height, 20, 400)})
		},
		"movers":  weeklyInt(&b.movers, 1, 10),
		"figures": func(c weeklyNode) error { return c.list(func(d weeklyNode) error { return l.item(&b.figures, d) }) },
		"list": func(c weeklyNode) error {
			b.list = &weeklyList{}
			err := c.mapping(weeklyFields{
				"id": weeklyString(&b.list.id), "title": weeklyString(&b.list.title),
				"items": func(d weeklyNode) error {
					return d.list(func(e weeklyNode) error { return l.item(&b.list.items, e) })
				},
			})
			return orElse(err, l.name(c, b.list.id, weeklyListTitles))
		},
		"charts": func(c weeklyNode) error {
			b.charts = &weeklyCharts{}
			return c.mapping(weeklyFields{
				"height": weeklyNumber(&b.charts.height, 80, 600),
				"items":  func(d weeklyNode) error { return d.list(func(e weeklyNode) error { return l.chart(b.charts, e) }) },
			})
		},
		"rows": func(c weeklyNode) error { return l.rows(&b, c) },
		"table": func(c weeklyNode) error {
			b.table = &weeklyTable{at: c}
			return l.table(b.table, c)
		},
	}); err != nil {
		return err
	}
	s.blocks = append(s.blocks, b)
	return nil
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// name takes an ID for a table.
func (l *weeklyLoader) name(n weeklyNode, id string, titles []string) error {
	if id == "" {
		return nil
	}
	if _, taken := l.tables[id]; taken {
		return n.fault("table %q is there twice", id)
	}
	l.tables[id] = n
	l.columns[id] = map[string]bool{}
	for _, t := range titles {
		l.columns[id][t] = true
	}
	return nil
}

// metric reads the name of a declared metric.
func (l *weeklyLoader) metric(into *string) func(weeklyNode) error {
	return func(n weeklyNode) error {
		if _, ok := l.book.metrics[n.Value]; !ok || n.Kind != yaml.ScalarNode {
			return n.fault("unknown metric %s%s", n.what(), didYouMean(n.Value, l.book.order))
		}
		*into = n.Value
		return nil
	}
}

func (l *weeklyLoader) item(into *[]weeklyItem, n weeklyNode) error {
	x := weeklyItem{}
	var link, table string
	trend := workbook.Trend{}
	where := n
	if err := n.mapping(weeklyFields{
		"metric": l.metric(&x.metric), "label": weeklyString(&x.label), "unit": weeklyString(&x.unit),
		"link":  func(c weeklyNode) error { where = c; return weeklyString(&link)(c) },
		"table": func(c weeklyNode) error { where = c; return weeklyString(&table)(c) },
		"trend": func(c weeklyNode) error {
			err := c.mapping(weeklyFields{"table": weeklyString(&trend.Table), "column": weeklyString(&trend.Column)})
			l.charts = append(l.charts, weeklyChartRef{c, trend.Table, trend.Column})
			x.trend = &trend
			return err
		},
	}); err != nil {
		return err
	}
	if x.metric == "" {
		return n.fault("a figure without metric")
	}
	m := l.book.metrics[x.metric]
	if x.label == "" {
		x.label = m.Label
	}
	if link != "" || table != "" {
		x.link = &workbook.Link{Sheet: link, Table: table}
		goal := x.link
		l.links = append(l.links, weeklyRef{where, *x.link, func() { *goal = workbook.Link{} }})
	}
	*into = append(*into, x)
	return nil
}

func (l *weeklyLoader) chart(b *weeklyCharts, n weeklyNode) error {
	ch := workbook.Chart{Kind: workbook.Columns}
	if err := n.mapping(weeklyFields{
		"title": weeklyString(&ch.Title), "table": weeklyString(&ch.Table),
		"kind":     weeklyOneOf(&ch.Kind, workbook.Columns, workbook.Stacked, workbook.Bars, workbook.Lines, workbook.Funnel),
		"category": weeklyString(&ch.Category), "series": weeklyStrings(&ch.Series),
		"x": weeklyString(&ch.XTitle), "y": weeklyString(&ch.YTitle), "format": weeklyString(&ch.Format),
		"labels": weeklyBool(&ch.Labels), "last": weeklyInt(&ch.LastN, 1, 1000),
	}); err != nil {
		return err
	}
	if len(ch.Series) == 0 || len(ch.Series) > 6 {
		return n.fault("a chart has one to six series, not %d", len(ch.Series))
	}
	for _, c := range slices.Concat([]string{ch.Category}, ch.Series) {
		l.charts = append(l.charts, weeklyChartRef{n, ch.Table, c})
	}
	ch.Name = ch.Title
	b.items = append(b.items, ch)
	return nil
}
