// Package read turns a file into returns: it finds tables (layout), types
// their cells (cell), and tells submitter, period and cut-off. It needs
// nothing but the declarations, so files can be read in parallel.
//
// Words: a part is what a file carries for one form and becomes one return; a
// record is a line with typed values, refused where a required one is missing
// or at fault; the guard bounds what one file may do to the others.
//
// How a form's rules are checked row by row goes into rules.go, whose a return is
// into identity.go, of which period into period.go; what totals claim is held
// against the rows in the room of that name.
package read

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"taizhang/ingest/around"
	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/layout"
	"taizhang/ingest/receipt"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
	"taizhang/internal/zone"
)

// File is one file to be judged.
type File struct {
	Name       string // as sent
	Folder     string // first folder under inbox, "" if none
	Content    []byte
	ReceivedAt time.Time // in the zone's time zone
	Run        int       // that took it in: the first arrival of that run; 0 where nobody knows
}

// Part is what a file brought for one form.
type Part struct {
	Form           *forms.Form
	Tables         []*layout.Table
	said           around.Stated
	sheetSaid      []sheetSaid // what each sheet says, to find contradictions
	Ret            *finding.Return
	Fatal          bool
	nothing        bool
	pictured       bool          // nobody wrote a row, and the workbook holds pictures
	issued         around.Said   // the period that the template was made for
	template       bool          // a sheet of a template of ours
	CutoffAt       around.Said   // where 截至 is written; empty where it is not
	severalPeriods bool          // its sheets or tables name different periods
	Stated         *Statement    // what states its period; nil where only its rows or the day received do
	Disagrees      *Disagreement // what it says of its period in several places; nil where that agrees
	New            []SaidNew     // how many rows it says are new
	Kept           []Kept        // sheets of other months, of a workbook kept for the year
	Records        []Record
	Refused        []Record
	LineKeys       []string // keys as written, refused rows included
	remarks        []remark
	assigned       int // column of the form that says when an item was assigned, -1 if none
	hidden         []hidden
	outside        []cell.Hiding                  // sensitive values of the file that stand outside its rows
	known          *cell.Roll                     // those of its rows
	Repeats        int                            // identical rows that count once with an earlier one
	Named          []spot                         // texts that other forms should know
	Facts          map[*heading.Head][]cell.Facts // by head and field: what cells are read by
}

// sheetSaid is what one sheet says about itself.
type sheetSaid struct {
	sheet   string
	said    around.Stated
	between []around.Stated // above heads that stand again further down
}

// Parsed is a file as read, before it is judged against what was received earlier.
type Parsed struct {
	File      File
	Sha       string
	format    string
	Macros    bool
	Parts     []*Part
	Skipped   []string
	Failed    *finding.Return   // the file as a whole could not be read or placed
	Explained map[string]string // what the sender says of doubts, by mark
	hide      []cell.Hiding     // sensitive values that stand outside the rows
	Starved   bool              // refused for want of memory: alone, with more of it, the file may be readable
	grids     []sheet.Grid      // for receipts of formats other than xlsx, which are marked as they are; nil where the file is large or can't be read
}

// own are sheets that this program adds to workbooks; they hold no returns.
var own = map[string]bool{receipt.SheetName: true, heading.MarkerSheet: true}

// heldRows is how many rows of a file are held for its receipt; a larger one is read again for it.
const heldRows = 5000

// largeSheet is from how many rows on the cells of a sheet are let go of at once.
const largeSheet = 50_000

// reading is the state of reading one file.
type reading struct {
	rd                 *Reader
	p                  *Parsed
	byForm             map[*forms.Form]*Part
	unknown, ambiguous []string
	empty              []string
	cover              around.Stated // what sheets without a table say
	leftovers          []*heading.Page
	markers            map[string]heading.Marker // of a template's sheets, by name
}

// parse is Parse, where hide is known to stand outside the rows.
func (rd *Reader) parse(f File, hide []cell.Hiding) *Parsed {
	p := &Parsed{File: f, Sha: Sha256hex(f.Content), hide: hide}
	book, err := rd.Guard.Open(rd.ctx, f.Name, f.Content, rd.limits)
	if err != nil {
		return p.unreadable(rd, err)
	}
	p.format, p.Macros = book.Format, book.Macros
	book.Rename(p.sheetNames)
	r := &reading{rd: rd, p: p, byForm: map[*forms.Form]*Part{}}
	if err := r.ownSheets(book); err != nil {
		return p.unreadable(rd, err)
	}
	if err := r.sheets(book); err != nil {
		return p.unreadable(rd, err)
	}
	if len(p.Parts) == 0 {
		return p.unplaced(rd, r)
	}
	for _, s := range r.empty {
		p.skip(s, "空白工作表")
	}
	r.continued()
	for _, pt := range p.Parts {
		pt.take(rd.layout.ZoneSums(pt.Form, pt.Tables))
	}
	r.summaries()
	for _, s := range r.unknown {
		p.skip(s, r.unmatched(s))
	}
	for _, s := range r.ambiguous {
		p.skip(s, "与两种表样同样相近，无法确定")
	}
	r.identifyAll()
	p.tellNames()
	all := slices.Clone(p.Parts)
	if rd.dropUnfilled(p); len(p.Parts) == 0 {
		p.Fail(rd, finding.NotFilled())
		if len(all) == 1 { // the receipt says which form it is
			p.Failed.FormTitle = all[0].Form.Title
		}
		return p
	}
	return p
}

// sheets reads what is visible of a workbook and names what is hidden.
func (r *reading) sheets(book *sheet.Book) error {
	p := r.p
	var hidden []string
	rows := 0
	for i, s := range book.Sheets() {
		if own[s.Name] {
			continue
		}
		if s.Hidden {
			hidden = append(hidden, s.Name)
			continue
		}
		g, err := book.Long(i, r.rd.Loose)
		if err != nil {
			return err
		}
		if rows += len(g.Rows); rows > heldRows {
			p.grids = nil
		} else if p.format != sheet.XLSX && p.format != sheet.XLSM {
			p.grids = append(p.grids, *g.Unpacked())
		}
		r.sheet(g)
		r.comments(g)
		if len(g.Rows) > largeSheet {
			runtime.GC() // most of what is in use is these cells, which are done with: what follows finds room there
		}
	}
	for _, s := range hidden {
		p.skip(s, "隐藏的工作表，未读取")
	}
	return nil
}

// identifyAll says of each return whose it is and for when, and reads its rows by that. The submitter and dates stated on one
// sheet hold for the others of the file.
func (r *reading) identifyAll() {
	var common around.Stated
	for _, pt := range r.p.Parts {
		r.dropOtherPeriods(pt)
		r.setMonthsAside(pt)
		pt.draftsLast()
		common.Merge(pt.said)
	}
	common.Merge(r.cover)
	common.Titles = r.cover.Titles
	for _, pt := range r.p.Parts {
		// A cover's 填报单位 comes before any title, its 单位：万元 after what the sheets say.
		pt.said.Merge(around.Stated{Submitter: r.cover.Submitter, Unit: r.cover.Unit, HasUnit: r.cover.HasUnit})
		r.rd.identify(r.p, pt, common, r.cover)
		pt.pictured = pt.leftEmpty() && anyfile.HasPictures(r.p.File.Content, r.rd.limits)
		r.rd.readRows(pt)
		r.rd.readKept(pt)
	}
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
		if s.Name == heading.MarkerSheet {
			r.markers = heading.ByMarker(r.rd.layout.Markers(g), visible)
		} else {
			r.p.Explained = explanations(g)
		}
	}
	return nil
}

func (p *Parsed) skip(sheetName, why string) {
	p.Skipped = append(p.Skipped, fmt.Sprintf("「%s」：%s", secret.MaskText(sheetName), cell.HideAll(why, p.hide)))
}

// sheet reads one sheet: a table, several below one another, or 本期无 under a title.
func (r *reading) sheet(g *sheet.Grid) {
	rd := r.rd
	if !sight.HasContent(g) {
		r.empty = append(r.empty, g.Name)
		return
	}
	pg := heading.NewPage(g)
	pg.Delimited = r.p.format == sheet.CSV
	for n := 0; ; n++ {
		rd.alive()
		h, tie := rd.Vocab.FindHead(pg, r.p.File.Name)
		m, marked := r.markers[g.Name]
		var said []finding.Finding
		if marked = marked && n == 0; marked {
			pg, h, said = rd.layout.MarkedHead(pg, m, h)
		}
		if h == nil {
			if n > 0 {
				r.p.skip(g.Name, fmt.Sprintf("第%d行起是另一张表，认不出是哪张报表，未读取", pg.Rows[0].N))
				return
			}
			switch form := rd.layout.NothingSheet(pg); {
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
		if h.Form.OptIn && !rd.Zone.Uses(h.Form.ID) {
			r.p.skip(g.Name, fmt.Sprintf("本单位所在园区未要求报送%s，按最小必要原则不予读取", h.Form.Title))
			_, end = rd.layout.ReadTable(pg, h)
		} else {
			pt := r.part(h.Form, g.Name)
			if marked {
				pt.template, pt.issued = true, around.Said{Text: m.Issued}
			}
			for _, f := range said {
				pt.Add(f)
			}
			if !marked {
				var asides []heading.Aside
				pg, asides = rd.Vocab.WithoutAsides(pg, h)
				pt.take(heading.TellAsides(pg, h, asides))
			}
			pt.take(rd.layout.Complete(pg, h))
			var t *layout.Table
			t, end = rd.layout.ReadTable(pg, h)
			for _, f := range []*finding.Finding{layout.AboveHead(pg, h), rd.layout.TitleDiffers(pg, h)} {
				if f != nil {
					pt.Add(*f)
				}
			}
			pt.take(t.FillBatch(pg, h))
			pt.take(rd.layout.LabelsDiffer(t, pg, h, fileTitle(r.p.File.Name)))
			if marked && h.Form == m.Form {
				t.LookUpCodes(m)
			}
			pt.Tables = append(pt.Tables, t)
			pt.sheetSaid = append(pt.sheetSaid, sheetSaid{g.Name, t.Said, t.Between})
			pt.said.Merge(t.Said)
		}
		if end >= len(pg.Rows) {
			return
		}
		pg = pg.From(end)
	}
}

func (r *reading) part(f *forms.Form, sheetName string) *Part {
	pt := r.byForm[f]
	if pt == nil {
		pt = r.rd.newPart(f)
		pt.outside = r.p.hide
		r.byForm[f] = pt
		r.p.Parts = append(r.p.Parts, pt)
	}
	if !slices.Contains(pt.Ret.Sheets, sheetName) {
		pt.Ret.Sheets = append(pt.Ret.Sheets, sheetName)
	}
	return pt
}

var guidance = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`说明|须知|要求|示例|样例|指南|目录`) })

// takeCover takes what a cover sheet says of the return: a submitter that is known, times that can be read, short titles, the
// unit of the amounts.
// What instructions say (填报单位：填写全称) is no statement.
func (r *reading) takeCover(pg *heading.Page) {
	if len(pg.Rows) > 20 || layout.HoldsData(pg) || r.goesOn(pg) != nil || guidance().MatchString(pg.Name) || guidance().MatchString(sight.FirstText(pg.Row(0)).Text) {
		return
	}
	var said around.Stated
	for i := range pg.Rows {
		said.Labelled(pg.Name, pg.Row(i), true)
	}
	if _, ok := r.rd.Zone.Match(said.Submitter.Text); !ok {
		said.Submitter.Text = ""
	}
	received := r.rd.Zone.DateOf(r.p.File.ReceivedAt)
	if _, ok := written.ReadSpan(said.Period.Text, received); !ok {
		said.Period.Text = ""
	}
	if _, ok := written.ReadSpan(said.AsOf.Text, received); !ok {
		said.AsOf.Text = ""
	}
	titles := slices.DeleteFunc(said.Titles, func(t around.Said) bool { return len([]rune(t.Text)) > 20 })
	r.cover.Merge(around.Stated{Submitter: said.Submitter, Period: said.Period, AsOf: said.AsOf, Titles: titles, Unit: said.Unit, HasUnit: said.HasUnit})
}

// nothing takes a sheet that only says 本期无.
func (r *reading) nothing(f *forms.Form, pg *heading.Page) {
	pt := r.part(f, pg.Name)
	var said around.Stated
	for k := range pg.Rows {
		said.Labelled(pg.Name, pg.Row(k), true)
	}
	pt.sheetSaid = append(pt.sheetSaid, sheetSaid{pg.Name, said, nil})
	pt.said.Merge(said)
	pt.nothing = true
}

func (rd *Reader) newPart(f *forms.Form) *Part {
	return &Part{Form: f, Facts: map[*heading.Head][]cell.Facts{}, Ret: &finding.Return{Form: f.ID, FormTitle: f.Title, Cutoff: calendar.NoDate}}
}

// Add notes a finding. Whatever it quotes — a heading, a title, a label's value — may hold an identity or mobile number.
func (pt *Part) Add(f finding.Finding) {
	for _, s := range []*string{&f.Value, &f.Message, &f.Hint, &f.Suggest} {
		*s = secret.MaskText(cell.HideAll(*s, pt.outside))
	}
	f.Sheet = secret.MaskText(f.Sheet)
	pt.Fatal = pt.Fatal || f.Rejects
	pt.Ret.Findings = append(pt.Ret.Findings, f)
}

// IsTitled says whether a title above its tables is of a kind.
func (pt *Part) IsTitled(kind *regexp.Regexp) bool {
	return slices.ContainsFunc(pt.said.Titles, func(t around.Said) bool { return kind.MatchString(t.Text) })
}

// Drop takes the findings of a rule back, for one that says more.
func (pt *Part) Drop(rule string) {
	pt.Ret.Findings = slices.DeleteFunc(pt.Ret.Findings, func(f finding.Finding) bool { return f.Rule == rule })
}

// take adds what was found on a sheet.
func (pt *Part) take(said heading.Notes) {
	for _, f := range said {
		pt.Add(f)
	}
}

// Fail makes a file that can't be read or placed a rejected return with one finding.
func (p *Parsed) Fail(rd *Reader, f finding.Finding) *Parsed {
	r := &finding.Return{Cutoff: calendar.NoDate, Outcome: finding.Rejected}
	if s, ok := rd.sender(p.File); ok {
		r.Submitter, r.SubmitterName = s.Code, s.Name
	}
	f.Message, f.Hint = secret.MaskText(cell.HideAll(f.Message, p.hide)), secret.MaskText(cell.HideAll(f.Hint, p.hide))
	r.Findings = []finding.Finding{f}
	p.Failed = r
	return p
}

// unreadable turns a reader's refusal into a rejected return.
func (p *Parsed) unreadable(rd *Reader, err error) *Parsed {
	var r *sheet.Refusal
	if errors.As(err, &r) {
		p.Parts, p.Starved = nil, errors.Is(err, sheet.ErrMemory)
		return p.Fail(rd, finding.Unreadable(r.Reason, r.Message))
	}
	return p.Fail(rd, finding.Unopened())
}

// sender is the unit that a file's folder, else its name, says it comes from.
func (rd *Reader) sender(f File) (zone.Submitter, bool) {
	if s, ok := rd.Zone.Match(f.Folder); ok && f.Folder != "" {
		return s, true
	}
	return rd.units.Named(fileTitle(f.Name))
}

// owed reminds a unit of the forms that it hands in.
func (rd *Reader) owed(f File) string {
	s, ok := rd.sender(f)
	if !ok {
		return ""
	}
	var titles []string
	for _, form := range rd.Forms.Forms {
		if rd.Zone.Owes(s.Code, form.ID) {
			titles = append(titles, form.PlainTitle())
		}
	}
	if len(titles) == 0 {
		return ""
	}
	return s.Name + "应报送：" + strings.Join(titles, "、") + "。"
}

// returnNumber is the number of a return in a file's name, which is no date: 000008-1.
var returnNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\b0\d{5}-\d{1,3}\b|_0\d{5}-\d{1,3}`) })

// fileTitle is what a file's name says, without its extension and what the name of a receipt adds.
func fileTitle(name string) string {
	base := receipt.BaseName(path.Base(strings.ReplaceAll(name, `\`, "/")))
	return returnNumber().ReplaceAllString(base, "")
}

// Bare says whether the receipt of a file is made without it: what could not be read is not handed back either.
func (p *Parsed) Bare() bool { return p.format == "" }

// Source is what the receipt of a file is made from, see Bare.
func (p *Parsed) Source() receipt.Source {
	s := receipt.Source{Format: p.format, Grids: p.grids}
	if !p.Bare() {
		s.Content = p.File.Content
	}
	return s
}

// Sha256hex is the SHA-256 of a file in lower-case hexadecimal digits, by which the archive and raw.return know it.
func Sha256hex(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}
