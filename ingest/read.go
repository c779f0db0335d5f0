package ingest

import (
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/receipt"
	"taizhang/ingest/sheet"
	"taizhang/internal/calendar"
	"taizhang/internal/zone"
)

// File is one file to be judged.
type File struct {
	Name       string // as sent
	Folder     string // first folder under inbox, "" if none
	Content    []byte
	ReceivedAt time.Time // in the zone's time zone
}

// part is what a file brought for one form.
type part struct {
	form      *forms.Form
	tables    []*table
	said      stated
	sheetSaid []sheetSaid // what each sheet says, to find contradictions
	ret       *finding.Return
	fatal     bool
	nothing   bool
	records   []record
	refused   []record
	lineKeys  []string // keys as written, refused rows included
	repeats   int      // identical rows that count once with an earlier one
	named     []spot   // texts that other forms should know
}

// sheetSaid is what one sheet says about itself.
type sheetSaid struct {
	sheet string
	said  stated
}

// parsed is a file as read, before it is judged against what was received earlier.
type parsed struct {
	file      File
	sha       string
	format    string
	macros    bool
	parts     []*part
	skipped   []string
	failed    *finding.Return   // the file as a whole could not be read or placed
	explained map[string]string // what the sender says of doubts, by mark
	grids     []sheet.Grid      // for receipts of formats other than xlsx; nil where the file can't be read
}

// own are sheets that this program adds to workbooks; they hold no returns.
var own = map[string]bool{receipt.SheetName: true, receipt.MarkerSheet: true}

// reading is the state of reading one file.
type reading struct {
	in                 *Intake
	p                  *parsed
	byForm             map[*forms.Form]*part
	unknown, ambiguous []string
	empty              []string
	cover              stated // what sheets without a table say
	leftovers          []*page
	markers            map[string]marker // of a template's sheets, by name
}

// read parses a file: forms, tables, identity and typed rows.
func (in *Intake) read(f File) *parsed {
	p := &parsed{file: f, sha: sha256hex(f.Content)}
	ctx := in.ctx
	if ctx == nil {
		ctx = context.Background()
	}
	book, err := in.guard.open(ctx, f.Name, f.Content, in.Limits)
	if err != nil {
		return p.unreadable(in, err)
	}
	p.format, p.macros = book.Format, book.Macros
	r := &reading{in: in, p: p, byForm: map[*forms.Form]*part{}}
	if err := r.ownSheets(book); err != nil {
		return p.unreadable(in, err)
	}
	var hidden []string
	for i, s := range book.Sheets() {
		if own[s.Name] {
			continue
		}
		if s.Hidden {
			hidden = append(hidden, s.Name)
			continue
		}
		g, err := book.Grid(i)
		if err != nil {
			return p.unreadable(in, err)
		}
		p.grids = append(p.grids, *g)
		r.sheet(g)
	}
	for _, s := range hidden {
		p.skip(s, "隐藏的工作表，未读取")
	}
	if len(p.parts) == 0 {
		return p.unplaced(in, r)
	}
	for _, s := range r.empty {
		p.skip(s, "空白工作表")
	}
	for _, s := range r.unknown {
		p.skip(s, "未匹配任何表样")
	}
	for _, s := range r.ambiguous {
		p.skip(s, "与两种表样同样相近，无法确定")
	}
	// The submitter and dates stated on one sheet hold for the others of the file.
	var common stated
	for _, pt := range p.parts {
		common.merge(pt.said)
	}
	common.merge(r.cover)
	common.titles = r.cover.titles
	for _, pt := range p.parts {
		pt.said.merge(stated{submitter: r.cover.submitter}) // a cover's 填报单位 comes before any title
		in.identify(p, pt, common)
		in.readRows(pt)
	}
	return p
}

// ownSheets reads what this program wrote into the workbook when it made the template, and what the sender wrote on the
// receipt of an earlier one.
func (r *reading) ownSheets(book *sheet.Book) error {
	var visible []string
	for _, s := range book.Sheets() {
		if !s.Hidden && !own[s.Name] {
			visible = append(visible, s.Name)
		}
	}
	for i, s := range book.Sheets() {
		if !own[s.Name] {
			continue
		}
		g, err := book.Grid(i)
		if err != nil {
			return err
		}
		if s.Name == receipt.MarkerSheet {
			r.markers = byMarker(r.in.markers(g), visible)
		} else {
			r.p.explained = explanations(g)
		}
	}
	return nil
}

func (p *parsed) skip(sheetName, why string) {
	p.skipped = append(p.skipped, fmt.Sprintf("「%s」：%s", maskText(sheetName), why))
}

// sheet reads one sheet: a table, several below one another, or 本期无 under a title.
func (r *reading) sheet(g *sheet.Grid) {
	in := r.in
	if !slices.ContainsFunc(g.Rows, func(row sheet.Row) bool { return !blankRow(&row) }) {
		r.empty = append(r.empty, g.Name)
		return
	}
	for pg, n := newPage(g), 0; ; n++ {
		in.alive()
		h, tie := in.vocab.findHead(pg, r.p.file.Name)
		m, marked := r.markers[g.Name]
		var said []finding.Finding
		if marked = marked && n == 0; marked {
			pg, h, said = in.markedHead(pg, m, h)
		}
		if h == nil {
			if n > 0 { // below a table: its footer, already dealt with
				return
			}
			switch form := in.nothingSheet(pg); {
			case form != nil:
				r.nothing(form, pg)
			case tie:
				r.ambiguous = append(r.ambiguous, g.Name)
				r.leftovers = append(r.leftovers, pg)
			default:
				r.unknown = append(r.unknown, g.Name)
				r.leftovers = append(r.leftovers, pg)
				r.takeCover(pg)
			}
			return
		}
		var end int
		if h.form.OptIn && !in.Zone.Uses(h.form.ID) {
			r.p.skip(g.Name, fmt.Sprintf("本单位所在园区未要求报送%s，按最小必要原则不予读取", h.form.Title))
			_, end = in.readTable(pg, h)
		} else {
			pt := r.part(h.form, g.Name)
			for _, f := range said {
				pt.add(f)
			}
			if !marked {
				var asides []aside
				pg, asides = in.vocab.withoutAsides(pg, h)
				in.tellAsides(pt, pg, h, asides)
			}
			in.complete(pt, pg, h)
			var t *table
			t, end = in.readTable(pg, h)
			in.aboveHead(pt, pg, h)
			if marked && h.form == m.form {
				m.lookUpCodes(t)
			}
			pt.tables = append(pt.tables, t)
			pt.sheetSaid = append(pt.sheetSaid, sheetSaid{g.Name, t.said})
			pt.said.merge(t.said)
		}
		if end >= len(pg.Rows) {
			return
		}
		pg = pg.from(end)
	}
}

func (r *reading) part(f *forms.Form, sheetName string) *part {
	pt := r.byForm[f]
	if pt == nil {
		pt = r.in.newPart(f)
		r.byForm[f] = pt
		r.p.parts = append(r.p.parts, pt)
	}
	if !isOneOf(sheetName, pt.ret.Sheets) {
		pt.ret.Sheets = append(pt.ret.Sheets, sheetName)
	}
	return pt
}

var guidance = regexp.MustCompile(`说明|须知|要求|示例|样例|指南|目录`)

// takeCover takes what a cover sheet says of the return: a submitter that is known, times that can be read, short titles.
// What instructions say (填报单位：填写全称) is no statement.
func (r *reading) takeCover(pg *page) {
	if len(pg.Rows) > 20 || guidance.MatchString(pg.Name) || guidance.MatchString(firstText(&pg.Rows[0]).Text) {
		return
	}
	var said stated
	for i := range pg.Rows {
		said.labelled(pg.Name, &pg.Rows[i], true)
	}
	if _, ok := r.in.Zone.Match(said.submitter.text); !ok {
		said.submitter.text = ""
	}
	received := r.in.Zone.DateOf(r.p.file.ReceivedAt)
	if _, ok := readSpan(said.period.text, received); !ok {
		said.period.text = ""
	}
	if _, ok := readSpan(said.asOf.text, received); !ok {
		said.asOf.text = ""
	}
	titles := slices.DeleteFunc(said.titles, func(t string) bool { return len([]rune(t)) > 20 })
	r.cover.merge(stated{submitter: said.submitter, period: said.period, asOf: said.asOf, titles: titles})
}

// nothing takes a sheet that only says 本期无.
func (r *reading) nothing(f *forms.Form, pg *page) {
	pt := r.part(f, pg.Name)
	var said stated
	for k := range pg.Rows {
		said.labelled(pg.Name, &pg.Rows[k], true)
	}
	pt.sheetSaid = append(pt.sheetSaid, sheetSaid{pg.Name, said})
	pt.said.merge(said)
	pt.nothing = true
}

// looksLikeData says whether a row above a head looks like one of data: several cells, numbers or dates, no labels.
func looksLikeData(row *sheet.Row) bool {
	values := 0
	for k := range row.Cells {
		switch c := &row.Cells[k]; {
		case c.Kind == sheet.Number || c.Kind == sheet.Date:
			values++
		case strings.ContainsAny(c.Text, ":：") || labels.MatchString(c.Text):
			return false
		}
	}
	return values > 0 && len(row.Cells) >= 4
}

// aboveHead warns of rows over the head that look like data: they are not read.
func (in *Intake) aboveHead(pt *part, pg *page, h *header) {
	for i := 0; i < h.row; i++ {
		row := &pg.Rows[i]
		if !looksLikeData(row) {
			continue
		}
		pt.add(finding.Finding{Severity: finding.Warning, Rule: "rows_above_head", Sheet: pg.Name, Cell: firstText(row).Ref(), Row: row.N,
			Message: fmt.Sprintf("第%d行在表头上面，像是数据，没有读取", row.N), Hint: "数据都要填在表头下面；如是其他说明，请忽略本条"})
		return
	}
}

func (in *Intake) newPart(f *forms.Form) *part {
	return &part{form: f, ret: &finding.Return{Form: f.ID, FormTitle: f.Title, Cutoff: calendar.NoDate}}
}

// nothingSheet recognises a sheet without a table that says 本期无 under a form's title.
func (in *Intake) nothingSheet(pg *page) *forms.Form {
	if len(pg.Rows) > 15 {
		return nil
	}
	var s stated
	for i := range pg.Rows {
		s.labelled(pg.Name, &pg.Rows[i], true)
	}
	if !s.nothing {
		return nil
	}
	return in.vocab.titled(pg.above(len(pg.Rows)) + " " + pg.Name)
}

// add notes a finding. Whatever it quotes — a heading, a title, a label's value — may hold an identity or mobile number.
func (pt *part) add(f finding.Finding) {
	f.Value, f.Message, f.Hint, f.Suggest = maskText(f.Value), maskText(f.Message), maskText(f.Hint), maskText(f.Suggest)
	f.Sheet = maskText(f.Sheet)
	pt.ret.Findings = append(pt.ret.Findings, f)
}

// reject adds an error that sends the whole return back.
func (pt *part) reject(f finding.Finding) {
	f.Severity = finding.Error
	pt.fatal = true
	pt.add(f)
}

func (p *parsed) fail(in *Intake, rule, message, hint string) *parsed {
	r := &finding.Return{Cutoff: calendar.NoDate, Outcome: finding.Rejected}
	if s, ok := in.Zone.Match(p.file.Folder); ok && p.file.Folder != "" {
		r.Submitter, r.SubmitterName = s.Code, s.Name
	} else if s, ok := in.named(fileTitle(p.file.Name)); ok {
		r.Submitter, r.SubmitterName = s.Code, s.Name
	}
	r.Findings = []finding.Finding{{Severity: finding.Error, Rule: rule, Message: maskText(message), Hint: maskText(hint)}}
	p.failed = r
	return p
}

// unreadable turns a reader's refusal into a rejected return.
func (p *parsed) unreadable(in *Intake, err error) *parsed {
	var r *sheet.Refusal
	if errors.As(err, &r) {
		message, hint, _ := strings.Cut(r.Message, "。")
		p.parts = nil
		return p.fail(in, r.Reason, message+"。", hint)
	}
	return p.fail(in, sheet.Damaged, "文件无法读取。", "请用 Excel 或 WPS 打开后另存为 .xlsx 再报送。")
}

// unplaced says why no sheet matches a form, with the nearest one.
func (p *parsed) unplaced(in *Intake, r *reading) *parsed {
	if len(r.ambiguous) > 0 {
		return p.fail(in, "form_ambiguous", fmt.Sprintf("工作表「%s」与两种表样同样相近，无法确定是哪张报表。", r.ambiguous[0]), "请在标题中写明报表名称，如“问题台账”。")
	}
	hint := "请使用下发的模板填报，标题写明报表名称，表头保留模板中的列名。" + in.owed(p.file)
	for _, pg := range r.leftovers {
		if f := in.vocab.titled(pg.above(min(6, len(pg.Rows))) + " " + pg.Name); f != nil {
			var need []string
			for _, c := range f.Columns {
				if c.Required {
					need = append(need, c.Title)
				}
			}
			return p.fail(in, "no_header", fmt.Sprintf("工作表「%s」的标题是%s，但没有找到表头。", pg.Name, f.Title),
				"表头应有以下各列："+strings.Join(need, "、")+"。")
		}
	}
	switch {
	case len(r.unknown) > 0:
		return p.fail(in, "unknown_form", fmt.Sprintf("认不出这是哪张报表：工作表「%s」的表头与各表样都对不上。", strings.Join(r.unknown, "」「")), hint)
	case len(r.empty) > 0:
		return p.fail(in, "empty", "工作簿里没有任何内容。", "请检查是否保存后再报送；本期没有数据的，请保留标题和表头，写明“本期无”。")
	case len(p.skipped) > 0:
		return p.fail(in, "unknown_form", "没有可以读取的工作表："+strings.Join(p.skipped, "；")+"。", hint)
	}
	return p.fail(in, "unknown_form", "工作簿里没有可见的工作表。", "请取消隐藏工作表后重新报送。")
}

// owed reminds a unit of the forms that it hands in.
func (in *Intake) owed(f File) string {
	s, ok := in.Zone.Match(f.Folder)
	if !ok || f.Folder == "" {
		if s, ok = in.named(fileTitle(f.Name)); !ok {
			return ""
		}
	}
	var titles []string
	for _, form := range in.Forms.Forms {
		if in.Zone.Owes(s.Code, form.ID) {
			titles = append(titles, form.PlainTitle())
		}
	}
	if len(titles) == 0 {
		return ""
	}
	return s.Name + "应报送：" + strings.Join(titles, "、") + "。"
}

func fileTitle(name string) string {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	return strings.TrimSuffix(base, path.Ext(base))
}

// named finds the one submitter that a title or file name mentions: the one it begins with, else the longest name.
func (in *Intake) named(text string) (zone.Submitter, bool) {
	t := squash(text)
	bare := in.withoutZone(text)
	best, n, tie, leads := zone.Submitter{}, 0, false, false
	for _, s := range in.Zone.Submitters {
		for _, name := range append([]string{s.Name}, s.Aliases...) {
			k := squash(name)
			l := len([]rune(k))
			if l < 2 || !strings.Contains(t, k) {
				continue
			}
			first := strings.HasPrefix(bare, k) || strings.HasPrefix(t, k)
			switch {
			case leads && !first || leads == first && l < n:
			case leads == first && l == n && best.Code != s.Code:
				tie = true
			default:
				best, n, leads, tie = s, l, first, false
			}
		}
	}
	return best, n > 0 && !tie
}
