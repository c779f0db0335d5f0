// Package xlsx reads Office Open XML workbooks, transitional and strict, with
// macros or without (ECMA-376).
//
// Words: a part is one member of the zip package, a relation how one names
// another. A row is read the quick way, directly from the window of the XML
// scanner, where it has the shape that nearly all writers use, and the slow way,
// token by token, everywhere else; both give the same.
//
// What a cell may hold is read in rows.go, and in quick.go only if it is
// common; what hangs on cells in comments.go and boxes.go.
package xlsx

import (
	"strings"

	"taizhang/ingest/numfmt"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
	"taizhang/internal/opc"
	"taizhang/internal/xmlscan"
)

// workbook is an Office Open XML workbook, transitional or strict.
type workbook struct {
	pack     *pack
	lim      sheet.Limits
	parts    []string // of the listed sheets
	date1904 bool
	sstPart  string
	stPart   string

	shared *stored.Strings // read when a sheet is
	styles []numfmt.Format
	struck []bool // by style: whether its font is struck through; nil where no font is
	faint  []bool // by style: whether it is written in the colour behind it; nil where none is
	loaded bool
	unseen []sheet.Stretch // hidden columns of the sheet read last

	slowOnly bool // for tests: both ways of reading a row give the same
}

// pack is a workbook's zip package.
type pack struct{ *opc.Package }

// relation is one relationship of a part (ECMA-376-2 6.5).
type relation struct{ id, typ, target string }

// relations reads the relationships of a part; a part without any has none.
func (p *pack) relations(part string, lim sheet.Limits) ([]relation, error) {
	name := opc.RelsName(part)
	if !p.Has(name) {
		return nil, nil
	}
	var out []relation
	err := p.scan(name, lim, func(x *xmlscan.Scanner) error {
		if string(x.Name) != "Relationship" {
			return nil
		}
		if v, _ := x.Attr("TargetMode"); string(v) == "External" {
			return nil // never followed
		}
		out = append(out, relation{id: x.AttrString("Id"), typ: opc.RelType(x.AttrString("Type")), target: p.Resolve(part, x.AttrString("Target"))})
		return nil
	})
	return out, err
}

// scan calls fn at every start tag of a part that says something of the workbook.
func (p *pack) scan(name string, lim sheet.Limits, fn func(*xmlscan.Scanner) error) error {
	return p.starts(name, sheet.MetaBytes, lim, fn)
}

// starts calls fn at every start tag of a part of so many bytes at most.
func (p *pack) starts(name string, most int64, lim sheet.Limits, fn func(*xmlscan.Scanner) error) error {
	r, err := p.Part(name)
	if err != nil {
		return err
	}
	defer r.Close()
	if r.Left() > most {
		return sheet.Refuse(sheet.TooLarge, "part %s has %d bytes", name, r.Left())
	}
	x, err := xmlscan.New(r, lim.XML())
	if err != nil {
		return err
	}
	defer x.Release()
	for {
		t, err := x.Next()
		if err != nil || t == xmlscan.EOF {
			return err
		}
		if t == xmlscan.Start {
			if err := fn(x); err != nil {
				return err
			}
		}
	}
}

// Open reads the workbook part, wherever the package's relationships say it is.
func Open(file *opc.Package, lim sheet.Limits) (*sheet.Book, error) {
	_, b, err := openWorkbook(&pack{file}, lim)
	return b, err
}

func openWorkbook(p *pack, lim sheet.Limits) (*workbook, *sheet.Book, error) {
	main, err := p.mainPart(lim)
	if err != nil {
		return nil, nil, err
	}
	rels, err := p.relations(main, lim)
	if err != nil {
		return nil, nil, err
	}
	w := &workbook{pack: p, lim: lim}
	l := &sheetList{w: w, b: sheet.New(sheet.XLSX, lim, w), target: make(map[string]relation, len(rels))}
	for _, r := range rels {
		l.target[r.id] = r
		switch r.typ {
		case "sharedStrings":
			w.sstPart = r.target
		case "styles":
			w.stPart = r.target
		case "vbaProject":
			l.b.Format, l.b.Macros = sheet.XLSM, true
		}
	}
	if err := p.scan(main, lim, l.element); err != nil {
		return nil, nil, err
	}
	if l.root != "workbook" {
		return nil, nil, notAWorkbook(p, main)
	}
	if l.listed == l.modules {
		return nil, nil, sheet.Damage("workbook without sheets")
	}
	l.b.Date1904 = w.date1904
	if p.Has("xl/vbaProject.bin") && !l.b.Macros {
		l.b.Macros, l.b.Format = true, sheet.XLSM
	}
	return w, l.b, nil
}

// mainPart is the part of the workbook.
func (p *pack) mainPart(lim sheet.Limits) (string, error) {
	rels, err := p.relations("", lim)
	if err != nil {
		return "", err
	}
	main := ""
	for _, r := range rels {
		if r.typ == "officeDocument" {
			main = r.target
		}
	}
	if main == "" && p.Has("xl/workbook.xml") {
		main = "xl/workbook.xml"
	}
	if main == "" || !p.Has(main) || strings.HasSuffix(main, ".bin") {
		return "", notAWorkbook(p, main)
	}
	return main, nil
}

// sheetList reads the workbook part: the list of its sheets, and how it counts days.
type sheetList struct {
	w               *workbook
	b               *sheet.Book
	target          map[string]relation // by id
	root            string
	listed, modules int
}

func (l *sheetList) element(x *xmlscan.Scanner) error {
	if l.root == "" {
		l.root = string(x.Name)
	}
	switch string(x.Name) {
	case "workbookPr":
		if x.Depth == 2 { // an extension has a workbookPr of its own
			l.w.date1904 = x.AttrBool("date1904")
		}
	case "sheet":
		if x.Depth == 3 {
			l.listed++
			return l.sheet(x)
		}
	}
	return nil
}

// sheet takes an entry of the list.
func (l *sheetList) sheet(x *xmlscan.Scanner) error {
	id := strings.TrimSpace(x.AttrString("id"))
	if id == "" {
		l.modules++
		return nil // a module of Excel 5, kept in the list without a part
	}
	r, ok := l.target[id]
	if !ok {
		return sheet.Damage("sheet %q has no part", x.AttrString("name"))
	}
	if r.typ != "worksheet" {
		return nil // chart, dialog or macro sheet
	}
	for _, old := range l.w.parts {
		if opc.PartName(old) == opc.PartName(r.target) {
			return sheet.Damage("two sheets share part %s", r.target)
		}
	}
	if !l.w.pack.Has(r.target) {
		return sheet.Damage("no part %s", r.target)
	}
	state, _ := x.Attr("state")
	l.w.parts = append(l.w.parts, r.target)
	l.b.Add(sheet.SheetInfo{
		Name:   x.AttrString("name"),
		Hidden: string(state) == "hidden" || string(state) == "veryHidden",
	})
	if len(l.b.Sheets()) > l.w.lim.Sheets {
		return sheet.Refuse(sheet.TooLarge, "more than %d sheets", l.w.lim.Sheets)
	}
	return nil
}

// notAWorkbook tells what else a zip package without a workbook part is.
func notAWorkbook(p *pack, main string) error {
	has := func(s string) bool { return strings.Contains(main, s) || p.Has(s) }
	switch {
	case has("xl/workbook.bin") || strings.HasSuffix(main, ".bin"):
		return sheet.RefuseAs(sheet.Unsupported, "这是二进制工作簿（.xlsb），暂不支持。请用 Excel/WPS 打开后另存为 .xlsx 再报送。", "xlsb")
	case has("word/document.xml"):
		return sheet.RefuseAs(sheet.NotASheet, "这是 Word 文档，不是电子表格。请把其中的表格复制到 Excel/WPS 表格里，存为 .xlsx 后报送，或按模板填写。", "docx")
	case has("ppt/presentation.xml"):
		return sheet.RefuseAs(sheet.NotASheet, "这是演示文稿，不是电子表格。请报送 Excel 工作簿（.xlsx）。", "pptx")
	case has("OFD.xml"):
		return sheet.RefuseAs(sheet.NotASheet, "这是 OFD 版式文件，不是电子表格。请报送转成 OFD 之前的 Excel/WPS 表格文件；原表找不到的，请按模板重新填写。", "ofd")
	case has("Index/Document.iwa") || has("Index/Tables/DataList.iwa") || has("Index.zip"):
		return sheet.RefuseAs(sheet.Unsupported, "这是苹果 Numbers 文件，暂不支持。请导出为 .xlsx 后报送。", "Numbers")
	case p.Has("[Content_Types].xml"):
		return sheet.RefuseAs(sheet.Damaged, "文件里没有工作簿内容，已损坏。请用 Excel/WPS 重新保存为 .xlsx 后报送。", "no workbook part %q", main)
	}
	return sheet.RefuseAs(sheet.NotASheet, "这是压缩包（.zip），不是电子表格。请解压，再逐个报送里面的表格文件。", "zip without a workbook")
}

// load reads shared strings and styles, once.
func (w *workbook) load() (err error) {
	if w.loaded {
		return nil
	}
	// A relationship without its part matters only once a cell points there.
	if w.stPart != "" && w.pack.Has(w.stPart) {
		if err := w.loadStyles(); err != nil {
			return err
		}
	}
	if w.sstPart != "" && w.pack.Has(w.sstPart) {
		if w.shared, err = readShared(w.pack, w.sstPart, w.lim); err != nil {
			return err
		}
	}
	w.loaded = true
	return nil
}

// stylesRead is what the part of styles says of number formats, which fonts are struck through, and the cell
// formats' references to them (ECMA-376 18.8.30, 18.8.22, 18.8.45).
type stylesRead struct {
	section    string
	codes      map[int]string // by numFmtId: formats of the workbook's own
	ids, fonts []int          // by cell format
	font       int            // the last that was read
	struck     map[int]bool   // by font
	colours    inks
}

// take takes in an element.
func (s *stylesRead) take(x *xmlscan.Scanner) error {
	s.colours.take(x, s.section)
	if x.Depth == 2 {
		s.section = string(x.Name)
		return nil
	}
	switch s.section {
	case "numFmts":
		if x.Depth == 3 && string(x.Name) == "numFmt" {
			s.codes[x.AttrInt("numFmtId", -1)] = x.AttrString("formatCode")
		}
	case "cellXfs":
		if x.Depth == 3 && string(x.Name) == "xf" {
			s.ids = append(s.ids, x.AttrInt("numFmtId", 0))
			s.fonts = append(s.fonts, x.AttrInt("fontId", -1))
		}
	case "fonts":
		s.takeFont(x)
	}
	return nil
}

func (s *stylesRead) takeFont(x *xmlscan.Scanner) {
	switch {
	case x.Depth == 3 && string(x.Name) == "font":
		s.font++
	case x.Depth == 4 && string(x.Name) == "strike":
		if v := x.AttrString("val"); v != "0" && v != "false" {
			s.struck[s.font] = true
		}
	}
}

// loadStyles reads what cells look like as far as it tells what they hold.
func (w *workbook) loadStyles() error {
	s := stylesRead{codes: map[int]string{}, font: -1, struck: map[int]bool{}}
	err := w.pack.scan(w.stPart, w.lim, s.take)
	w.faint = s.colours.faint()
	w.styles = make([]numfmt.Format, len(s.ids))
	for i, id := range s.ids {
		if i > 0 && id == s.ids[i-1] {
			w.styles[i] = w.styles[i-1]
			continue
		}
		w.styles[i] = numfmt.OfID(id, s.codes[id])
	}
	if len(s.struck) > 0 {
		w.struck = make([]bool, len(s.ids))
		for i, f := range s.fonts {
			w.struck[i] = s.struck[f]
		}
	}
	return err
}
