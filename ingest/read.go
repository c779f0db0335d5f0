package ingest

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
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
	form     *forms.Form
	tables   []*table
	said     stated
	ret      *finding.Return
	fatal    bool
	nothing  bool
	records  []record
	refused  []record
	totals   []total
	lineKeys []string // keys as written, refused rows included
	named    []spot   // enterprises named, to be looked up in the directory
}

// spot is a text and where it stands.
type spot struct {
	text, sheet, ref string
	row              int
	field            string
}

// parsed is a file as read, before it is judged against what was received earlier.
type parsed struct {
	file    File
	sha     string
	format  string
	macros  bool
	parts   []*part
	skipped []string
	failed  *finding.Return // the file as a whole could not be read or placed
	grids   []sheet.Grid    // for receipts of formats other than xlsx; nil where the file can't be read
}

// own are sheets that this program adds to workbooks and ignores in them.
var own = map[string]bool{"回执": true, "_taizhang": true}

// read parses a file: forms, tables, identity and typed rows.
func (in *Intake) read(f File) *parsed {
	p := &parsed{file: f, sha: sha256hex(f.Content)}
	book, err := sheet.Open(f.Name, f.Content, in.Limits)
	if err != nil {
		return p.unreadable(in, err)
	}
	p.format, p.macros = book.Format, book.Macros
	byForm := map[*forms.Form]*part{}
	var hidden, unknown, ambiguous []string
	var leftovers []*page
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
		if len(g.Rows) == 0 {
			if len(book.Sheets()) > 1 {
				p.skipped = append(p.skipped, fmt.Sprintf("「%s」：空白工作表", s.Name))
			} else {
				unknown = append(unknown, s.Name)
			}
			continue
		}
		pg := newPage(g)
		h, tie := in.vocab.findHead(pg, f.Name)
		if h == nil {
			if form := in.nothingSheet(pg); form != nil {
				pt := byForm[form]
				if pt == nil {
					pt = in.newPart(form)
					byForm[form] = pt
					p.parts = append(p.parts, pt)
				}
				var said stated
				for k := range g.Rows {
					said.labelled(g.Name, &g.Rows[k])
				}
				pt.said.merge(said)
				pt.ret.Sheets = append(pt.ret.Sheets, g.Name)
				pt.nothing = true
				continue
			}
			if tie {
				ambiguous = append(ambiguous, s.Name)
			} else {
				unknown = append(unknown, s.Name)
			}
			leftovers = append(leftovers, pg)
			continue
		}
		if h.form.OptIn && !in.Zone.Uses(h.form.ID) {
			p.skipped = append(p.skipped, fmt.Sprintf("「%s」：本单位所在园区未要求报送%s，按最小必要原则不予读取", s.Name, h.form.Title))
			continue
		}
		pt := byForm[h.form]
		if pt == nil {
			pt = in.newPart(h.form)
			byForm[h.form] = pt
			p.parts = append(p.parts, pt)
		}
		in.complete(pt, pg, h)
		t := in.vocab.readTable(pg, h)
		pt.tables = append(pt.tables, t)
		pt.said.merge(t.said)
		if t.said.hasUnit && !pt.said.hasUnit {
			pt.said.unit, pt.said.hasUnit = t.said.unit, true
		}
		pt.ret.Sheets = append(pt.ret.Sheets, g.Name)
	}
	for _, s := range hidden {
		p.skipped = append(p.skipped, fmt.Sprintf("「%s」：隐藏的工作表，未读取", s))
	}
	if len(p.parts) == 0 {
		return p.unplaced(in, leftovers, unknown, ambiguous)
	}
	for _, s := range unknown {
		p.skipped = append(p.skipped, fmt.Sprintf("「%s」：未匹配任何表样", s))
	}
	for _, s := range ambiguous {
		p.skipped = append(p.skipped, fmt.Sprintf("「%s」：与两种表样同样相近，无法确定", s))
	}
	// The submitter and dates stated on one sheet hold for the others of the file.
	var common stated
	for _, pt := range p.parts {
		common.merge(pt.said)
	}
	for _, pt := range p.parts {
		in.identify(p, pt, common)
		in.readRows(pt)
	}
	return p
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
		s.labelled(pg.Name, &pg.Rows[i])
	}
	if !s.nothing {
		return nil
	}
	return in.vocab.titled(pg.above(len(pg.Rows)) + " " + pg.Name)
}

// complete places what the head lacks: close spellings, and constants that the title states.
func (in *Intake) complete(pt *part, pg *page, h *header) {
	f := h.form
	title := pg.above(h.row) + " " + pg.Name
	for i := range f.Columns {
		c := &f.Columns[i]
		if h.column(c.Field) != nil {
			continue
		}
		if c.Required {
			if g := in.guess(pg, h, c); g != nil {
				h.columns = append(h.columns, *g)
				pt.add(finding.Finding{Severity: finding.Warning, Rule: "heading_guess", Sheet: pg.Name, Cell: sheet.Ref(pg.Rows[h.row+h.height-1].N, g.col),
					Value: short(g.title, 30), Message: fmt.Sprintf("表头“%s”与「%s」相近，按「%s」读取", short(g.title, 30), c.Title, c.Title),
					Hint: fmt.Sprintf("请把表头改为“%s”", c.Title), Suggest: c.Title, Field: c.Field})
				continue
			}
		}
		if c.Type == forms.List && c.Required {
			if v := in.valueInTitle(c, title); v != "" {
				h.columns = append(h.columns, placed{field: c, konst: v})
				pt.add(finding.Finding{Severity: finding.Info, Rule: "from_title", Sheet: pg.Name,
					Message: fmt.Sprintf("没有「%s」一列，按标题取为“%s”", c.Title, v), Field: c.Field})
			}
		}
	}
	for i := range f.Columns {
		c := &f.Columns[i]
		if c.Required && h.column(c.Field) == nil {
			h.missing = append(h.missing, c)
		}
	}
}

// valueInTitle finds the one listed value that a title names; short words prove nothing.
func (in *Intake) valueInTitle(c *forms.Column, title string) string {
	t := heading(title)
	best, n := "", 3
	for word, v := range in.vocab.lists[c] {
		if l := len([]rune(word)); l > n && strings.Contains(t, word) {
			best, n = v, l
		}
	}
	return best
}

// guess finds an unmatched heading so close to a required field that it is likely meant.
func (in *Intake) guess(pg *page, h *header, c *forms.Column) *placed {
	taken := map[int]bool{}
	for _, p := range h.columns {
		taken[p.col] = true
	}
	var best *placed
	for col, head := range pg.heads(h.row, h.height) {
		if taken[col] || head.rollup || len(head.names) == 0 {
			continue
		}
		name := head.names[0]
		for _, s := range append([]string{c.Title}, c.Synonyms...) {
			k := heading(s)
			n := min(len([]rune(k)), len([]rune(name)))
			if n >= 4 && distance(k, name) <= 1 || n >= 3 && (strings.Contains(name, k) && len([]rune(name)) <= 2*n || strings.HasSuffix(k, name)) {
				if best == nil || col < best.col {
					best = &placed{field: c, col: col, title: head.title, unit: head.unit, hasUnit: head.hasUnit, guess: true}
				}
			}
		}
	}
	return best
}

func (pt *part) add(f finding.Finding) { pt.ret.Findings = append(pt.ret.Findings, f) }

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
	r.Findings = []finding.Finding{{Severity: finding.Error, Rule: rule, Message: message, Hint: hint}}
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
func (p *parsed) unplaced(in *Intake, pages []*page, unknown, ambiguous []string) *parsed {
	if len(ambiguous) > 0 {
		return p.fail(in, "form_ambiguous", fmt.Sprintf("工作表「%s」与两种表样同样相近，无法确定是哪张报表。", ambiguous[0]), "请在标题中写明报表名称，如“问题台账”。")
	}
	hint := "请使用下发的模板填报，标题写明报表名称，表头保留模板中的列名。"
	for _, pg := range pages {
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
	if len(unknown) == 0 && len(p.skipped) > 0 {
		return p.fail(in, "unknown_form", "没有可以读取的工作表："+strings.Join(p.skipped, "；")+"。", hint)
	}
	if len(unknown) == 0 {
		return p.fail(in, "unknown_form", "工作簿里没有可见的工作表。", "请取消隐藏工作表后重新报送。")
	}
	return p.fail(in, "unknown_form", fmt.Sprintf("认不出这是哪张报表：工作表「%s」的表头与各表样都对不上。", strings.Join(unknown, "」「")), hint)
}

func fileTitle(name string) string {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	return strings.TrimSuffix(base, path.Ext(base))
}

// named finds the one submitter that a title or file name mentions; the longest name wins.
func (in *Intake) named(text string) (zone.Submitter, bool) {
	t := squash(text)
	best, n, tie := zone.Submitter{}, 0, false
	for _, s := range in.Zone.Submitters {
		for _, name := range append([]string{s.Name}, s.Aliases...) {
			k := squash(name)
			l := len([]rune(k))
			if l < 2 || l < n || !strings.Contains(t, k) {
				continue
			}
			if l == n && best.Code != s.Code {
				tie = true
				continue
			}
			if l > n {
				tie = false
			}
			best, n = s, l
		}
	}
	return best, n > 0 && !tie
}
