package weekly

import (
	"errors"
	"io/fs"
	"slices"

	"taizhang/internal/decl"
	"taizhang/internal/metric"
	"taizhang/internal/workbook"
)

// loader reads one file and remembers what it refers to.
type loader struct {
	folder    fs.FS
	base      *decl.File        // that is extended
	builtin   []string          // names of the sheets that are extended
	skip      []string          // sheets that are not read
	standing  map[string]string // table → its sheet
	book      *Declaration
	catalogue *metric.Catalogue
	links     []linkRef
	tables    map[string]*decl.Node
	columns   map[string]map[string]bool // table → column titles, where known
	charts    []chartRef
	sheets    map[string]bool
}

type linkRef struct {
	node *decl.Node
	link workbook.Link
	cut  func() // takes the link out, where its goal was dropped by who extends
}

type chartRef struct {
	node          *decl.Node
	table, column string
}

// load reads a declaration of the weekly workbook. Unknown keys, metrics,
// dimensions, sheets and tables are refused with file, line and column. One
// that says «extends: built-in» adds to the built-in workbook: its sheets take
// the place of those of the same name or come after the others, drop leaves
// some out, order puts some first; title, footer, mail, logo and words replace.
func load(file string, data []byte, catalogue *metric.Catalogue, folder fs.FS) (*Declaration, error) {
	l := &loader{
		catalogue: catalogue, folder: folder, tables: map[string]*decl.Node{}, standing: map[string]string{},
		columns: map[string]map[string]bool{}, sheets: map[string]bool{},
		book: &Declaration{metrics: map[string]*metric.Metric{}, rows: map[*metric.Fact]*rowsBlock{}},
	}
	for _, m := range catalogue.Metrics {
		l.book.metrics[m.ID] = m
		l.book.order = append(l.book.order, m.ID)
	}
	o := decl.Options{}
	if file == builtinName {
		o.Tree = builtinTree
	}
	d := decl.Read(file, data, o)
	if d.Empty() {
		d.Fault("an empty file declares no workbook", "文件是空的，没有声明周报")
	}
	if d.Root != nil {
		l.read(d.Root.As("the workbook", "周报声明"))
	}
	err := d.Err()
	if l.base != nil { // what a zone leaves out may be needed there
		err = errors.Join(err, l.base.Err())
	}
	if err != nil {
		return nil, err
	}
	l.book.headlines()
	return l.book, nil
}

// read reads a file with what it extends.
func (l *loader) read(root *decl.Node) {
	var order []*decl.Node
	extends := root.Peek("extends")
	if extends != nil {
		if _, ok := extends.OneOf("built-in"); !ok {
			return
		}
		order = l.extend(root)
	}
	if !l.document(root) {
		return // what refers to a sheet or table at fault would be blamed
	}
	l.arrange(order)
	if len(l.book.sheets) == 0 {
		root.Fault("no sheets", "没有工作表")
	}
	l.resolve()
}

// extend loads those sheets of the built-in workbook that the zone's keeps and
// gives the sheets that the zone puts first.
func (l *loader) extend(root *decl.Node) []*decl.Node {
	l.base = decl.Read(builtinName, builtinText, decl.Options{Tree: builtinTree})
	base := l.base.Root
	names := func(n *decl.Node) (out []string) {
		sheets := n.Peek("sheets")
		if !sheets.IsList() {
			return nil
		}
		items, _ := sheets.Items()
		for _, c := range items {
			if name := c.Peek("name"); name.IsText() {
				out = append(out, name.Value())
			}
		}
		return out
	}
	l.builtin = names(base)
	l.skip = names(root)
	dropped, _ := root.Peek("drop").Items()
	for _, d := range dropped {
		if name, ok := d.Text(); ok && !slices.Contains(l.builtin, name) {
			d.Fault("the built-in workbook has no sheet %s%s", "内置周报没有工作表%s%s", d.Shown(), decl.DidYouMean(name, l.builtin))
		}
		l.skip = append(l.skip, d.Value())
	}
	order, _ := root.Peek("order").Items()
	l.document(base)
	l.skip = nil
	return order
}

// document reads one file into the book.
func (l *loader) document(root *decl.Node) bool {
	good := true
	words, _ := root.Peek("words").Entries(nil)
	for _, w := range words { // first: texts use them
		good = l.word(w.Key, w.Value) && good
	}
	ignore := func(*decl.Node) bool { return true }
	fields := fields{
		"words":     ignore,
		"title":     l.template(&l.book.title),
		"footer":    l.template(&l.book.footer),
		"signature": l.template(&l.book.signature),
		"logo":      l.logo,
		"mail": func(n *decl.Node) bool {
			return mapping(n, fields{"subject": l.template(&l.book.mailSubject), "text": l.template(&l.book.mailText)})
		},
		"details": integer(&l.book.details, 10, 1000000),
		"sheets":  func(n *decl.Node) bool { return each(n, l.sheet) },
		"extends": ignore,
	}
	if root.Peek("extends") != nil {
		fields["drop"], fields["order"] = ignore, ignore
	}
	return mapping(root, fields) && good
}

// arrange puts the sheets of two files in order: those named, then the built-in
// ones where they were, then the zone's own.
func (l *loader) arrange(order []*decl.Node) {
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
		name, ok := n.Text()
		if ok && !slices.Contains(names, name) {
			n.Fault("no sheet %s%s", "没有工作表%s%s", n.Shown(), decl.DidYouMean(name, names))
		}
		place[name] = i - len(order)
	}
	slices.SortStableFunc(l.book.sheets, func(a, b sheet) int { return place[a.plain] - place[b.plain] })
}

// logo reads the picture beside the declaration.
func (l *loader) logo(n *decl.Node) bool {
	name, ok := n.Text()
	if !ok {
		return false
	}
	if l.folder == nil {
		return n.Fault("a logo lies beside weekly.yaml in the zone's queries folder", "logo 图片要放在园区 queries 文件夹中 weekly.yaml 旁边")
	}
	data, err := fs.ReadFile(l.folder, name)
	if err != nil {
		return n.Fault("logo: %v", "logo 读不出：%v", err)
	}
	if l.book.logo, err = workbook.NewPicture(data); err != nil {
		return n.Fault("logo %s: %v", "logo %s 不能用：%v", name, err)
	}
	return true
}

const builtinName = "built-in weekly.yaml"

// LoadDir reads the weekly.yaml of a folder (a zone's queries folder),
// or the built-in one where the folder has none.
func LoadDir(fsys fs.FS, catalogue *metric.Catalogue) (*Declaration, error) {
	if fsys != nil {
		data, err := fs.ReadFile(fsys, "weekly.yaml")
		if err == nil {
			return load("queries/weekly.yaml", data, catalogue, fsys)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return load(builtinName, builtinText, catalogue, nil)
}

// LoadJoined is LoadDir for a zone that is joined from others: where it declares nothing itself, the built-in workbook with
// a sheet in which each zone has a row.
func LoadJoined(fsys fs.FS, catalogue *metric.Catalogue) (*Declaration, error) {
	if fsys != nil {
		if _, err := fs.Stat(fsys, "weekly.yaml"); err == nil {
			return LoadDir(fsys, catalogue)
		}
	}
	return load("joined.yaml", joinedText, catalogue, nil)
}

// known reports whether a template may use a name.
func (l *loader) known(name string) bool {
	_, metric := l.book.metrics[name]
	_, variable := variables[name]
	word := slices.ContainsFunc(l.book.words, func(w wordDecl) bool { return w.name == name })
	return metric || variable || word
}

func (l *loader) isMetric(name string) bool { return l.book.metrics[name] != nil }

// word reads a name and its SELECT.
func (l *loader) word(key, value *decl.Node) bool {
	name := key.Value()
	i := slices.IndexFunc(l.book.words, func(w wordDecl) bool { return w.name == name && w.at.File() != key.File() })
	if i >= 0 {
		l.book.words = slices.Delete(l.book.words, i, i+1)
	}
	if l.known(name) || !metric.IsName(name) {
		return key.Fault("%q is taken, or no name of lowercase letters, digits and _", "“%s”已被占用，或不是由小写英文字母、数字和 _ 组成的名称", name)
	}
	sql, ok := value.Text()
	l.book.words = append(l.book.words, wordDecl{name, sql, value})
	return ok
}

func (l *loader) template(into **template) func(*decl.Node) bool {
	return func(n *decl.Node) (ok bool) {
		*into, ok = parseTemplate(n, l.known, l.isMetric)
		return ok
	}
}

// resolve checks links and charts once every table and sheet is known.
func (l *loader) resolve() {
	for _, r := range l.links {
		_, ok := l.tables[r.link.Table]
		switch {
		case r.link.Table != "" && ok, r.link.Table == "" && l.sheets[r.link.Sheet]:
		case len(l.builtin) > 0 && r.node.Pos().File == builtinName:
			r.cut()
		case r.link.Table != "":
			r.node.Fault("link to unknown table %q", "链接指向不存在的表“%s”", r.link.Table)
		default:
			r.node.Fault("link to unknown sheet %q", "链接指向不存在的工作表“%s”", r.link.Sheet)
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
			c.node.Fault("unknown table %q", "没有表“%s”", c.table)
			continue
		}
		if !titles[c.column] {
			c.node.Fault("table %q has no column %q", "表“%s”没有列“%s”", c.table, c.column)
		}
	}
}

func (l *loader) sheet(n *decl.Node) bool {
	if name := n.Peek("name"); name.IsText() && slices.Contains(l.skip, name.Value()) {
		return true
	}
	s := sheet{}
	orientation := "portrait"
	if !mapping(n, fields{
		"name": func(c *decl.Node) bool {
			s.plain = c.Value()
			if s.plain == "" || l.sheets[s.plain] {
				return c.Fault("a sheet's name is missing or taken: %s", "工作表名称缺失或重复：%s", c.Shown())
			}
			l.sheets[s.plain] = true
			return l.template(&s.name)(c)
		},
		"orientation": oneOf(&orientation, "portrait", "landscape"),
		"one_page":    yesNo(&s.onePage),
		"cards":       integer(&s.cards, 1, 6),
		"blocks":      func(c *decl.Node) bool { return each(c, func(b *decl.Node) bool { return l.block(&s, b) }) },
	}) {
		return false
	}
	if s.plain == "" {
		return n.Fault("a sheet without name", "工作表缺 name（名称）")
	}
	for id := range l.tables {
		if l.standing[id] == "" {
			l.standing[id] = s.plain
		}
	}
	s.landscape = orientation == "landscape"
	l.book.sheets = append(l.book.sheets, s)
	return true
}

func (l *loader) block(s *sheet, n *decl.Node) bool {
	if n.IsMapping() && n.Len() != 1 {
		return n.Fault("a block is one key: title, heading, note, text, box, figures, list, charts, table, rows, movers or worst", "一个块只写一个键：title、heading、note、text、box、figures、list、charts、table、rows、movers 或 worst")
	}
	b := block{}
	if !mapping(n, fields{
		"title": func(c *decl.Node) bool {
			b.title = &titleBlock{}
			return mapping(c, fields{
				"text": l.template(&b.title.text), "sub": l.template(&b.title.sub),
				"back": func(d *decl.Node) bool {
					b.title.back = d.Value()
					t := b.title
					l.links = append(l.links, linkRef{d, workbook.Link{Sheet: d.Value()}, func() { t.back = "" }})
					return true
				},
			})
		},
		"heading": l.template(&b.heading),
		"text":    l.template(&b.text),
		"note": func(c *decl.Node) bool {
			b.note = &noteBlock{}
			if c.IsText() {
				b.note.small = true
				return l.template(&b.note.text)(c)
			}
			return mapping(c, fields{
				"text": l.template(&b.note.text), "strong": yesNo(&b.note.strong),
				"small": yesNo(&b.note.small), "indent": yesNo(&b.note.indent),
			})
		},
		"box": func(c *decl.Node) bool {
			b.box = &workbook.Box{}
			return mapping(c, fields{"label": text(&b.box.Label), "height": number(&b.box.Height, 20, 400)})
		},
		"movers": integer(&b.movers, 1, 10),
		"worst":  integer(&b.worst, 1, 10),
		"figures": func(c *decl.Node) bool {
			return each(c, func(d *decl.Node) bool { return l.item(&b.figures, d) })
		},
		"list": func(c *decl.Node) bool {
			b.list = &listBlock{}
			ok := mapping(c, fields{
				"id": text(&b.list.id), "title": text(&b.list.title),
				"items": func(d *decl.Node) bool {
					return each(d, func(e *decl.Node) bool { return l.item(&b.list.items, e) })
				},
			})
			return l.name(c, b.list.id, listTitles) && ok
		},
		"charts": func(c *decl.Node) bool {
			b.charts = &chartsBlock{}
			return mapping(c, fields{
				"height": number(&b.charts.height, 80, 600),
				"items":  func(d *decl.Node) bool { return each(d, func(e *decl.Node) bool { return l.chart(b.charts, e) }) },
			})
		},
		"rows": func(c *decl.Node) bool { return l.rows(&b, c) },
		"table": func(c *decl.Node) bool {
			b.table = &tableBlock{at: c}
			return l.table(b.table, c)
		},
	}) {
		return false
	}
	s.blocks = append(s.blocks, b)
	return true
}

// name takes an ID for a table.
func (l *loader) name(n *decl.Node, id string, titles []string) bool {
	if id == "" {
		return true
	}
	if _, taken := l.tables[id]; taken {
		return n.Fault("table %q is there twice", "表“%s”重复", id)
	}
	l.tables[id] = n
	l.columns[id] = map[string]bool{}
	for _, t := range titles {
		l.columns[id][t] = true
	}
	return true
}

// metric reads the name of a declared metric.
func (l *loader) metric(into *string) func(*decl.Node) bool {
	return func(n *decl.Node) bool {
		if _, ok := l.book.metrics[n.Value()]; !ok || !n.IsText() {
			return n.Fault("unknown metric %s%s", "没有指标%s%s", n.Shown(), decl.DidYouMean(n.Value(), l.book.order))
		}
		*into = n.Value()
		return true
	}
}

func (l *loader) item(into *[]item, n *decl.Node) bool {
	x := item{}
	var link, table string
	trend := workbook.Trend{}
	where := n
	if !mapping(n, fields{
		"metric": l.metric(&x.metric), "label": text(&x.label), "unit": text(&x.unit),
		"link":  func(c *decl.Node) bool { where = c; return text(&link)(c) },
		"table": func(c *decl.Node) bool { where = c; return text(&table)(c) },
		"trend": func(c *decl.Node) bool {
			ok := mapping(c, fields{"table": text(&trend.Table), "column": text(&trend.Column)})
			l.charts = append(l.charts, chartRef{c, trend.Table, trend.Column})
			x.trend = &trend
			return ok
		},
	}) {
		return false
	}
	if x.metric == "" {
		return n.Fault("a figure without metric", "缺 metric（指标）")
	}
	m := l.book.metrics[x.metric]
	if x.label == "" {
		x.label = m.Label
	}
	if link != "" || table != "" {
		x.link = &workbook.Link{Sheet: link, Table: table}
		goal := x.link
		l.links = append(l.links, linkRef{where, *x.link, func() { *goal = workbook.Link{} }})
	}
	*into = append(*into, x)
	return true
}

func (l *loader) chart(b *chartsBlock, n *decl.Node) bool {
	ch := workbook.Chart{Kind: workbook.Columns}
	if !mapping(n, fields{
		"title": text(&ch.Title), "table": text(&ch.Table),
		"kind":     oneOf(&ch.Kind, workbook.Columns, workbook.Stacked, workbook.Bars, workbook.Lines, workbook.Funnel),
		"category": text(&ch.Category), "series": texts(&ch.Series),
		"x": text(&ch.XTitle), "y": text(&ch.YTitle), "format": text(&ch.Format),
		"labels": yesNo(&ch.Labels), "last": integer(&ch.LastN, 1, 1000),
	}) {
		return false
	}
	if len(ch.Series) == 0 || len(ch.Series) > 6 {
		return n.Fault("a chart has one to six series, not %d", "图表应有1到6个系列，这里有%d个", len(ch.Series))
	}
	for _, c := range slices.Concat([]string{ch.Category}, ch.Series) {
		l.charts = append(l.charts, chartRef{n, ch.Table, c})
	}
	ch.Name = ch.Title
	b.items = append(b.items, ch)
	return true
}
