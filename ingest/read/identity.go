package read

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/around"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
	"taizhang/internal/spelling"
	"taizhang/internal/zone"
)

// identify finds submitter, period and cut-off of a return (CONTRACT: What identifies a return).
func (rd *Reader) identify(p *Parsed, pt *Part, common, cover around.Stated) {
	pt.Ret.ReceivedAt = p.File.ReceivedAt
	rd.identifySubmitter(p, pt, common)
	rd.identifyPeriod(p, pt, common, cover)
}

// inBook finds the submitter that one sheet, or the whole workbook, states: in a 填报单位 cell, else in a title.
// A title in another unit's folder counts only where it begins with the name: 双马街道问题台账, not 关于双马街道的….
func (rd *Reader) inBook(s around.Stated, inFolder bool) (sub zone.Submitter, cell around.Said, ok bool) {
	if cell = s.Submitter; cell.Text != "" {
		if rd.units.Several(cell.Text) != nil {
			return sub, cell, false
		}
		if sub, ok = rd.Zone.Match(cell.Text); ok {
			return sub, cell, true
		}
		for _, text := range []string{firstField(cell.Text), cell.Text} { // 经发局  2022年8月; 经发局企业服务科
			if sub, ok = rd.units.Named(text); ok && strings.HasPrefix(rd.units.WithoutZone(text), spelling.Squash(sub.Name)) {
				return sub, cell, true
			}
		}
		return sub, cell, false
	}
	if s.UnitLabel.Text != "" {
		if sub, ok = rd.Zone.Match(s.UnitLabel.Text); ok {
			return sub, s.UnitLabel, true
		}
	}
	var inside zone.Submitter // 救助发放表（东城街道）
	var insideAt around.Said
	for _, at := range s.Titles {
		t := at.Text
		sub, named := rd.units.Named(t)
		switch {
		case named && rd.units.Leads(t, sub):
			return sub, at, true
		case named && inside.Code != "" && inside.Code != sub.Code: // one sheet for each street
			inFolder = true
		case named:
			inside, insideAt = sub, at
		}
	}
	if inside.Code == "" || inFolder {
		insideAt = around.Said{}
	}
	return inside, insideAt, inside.Code != "" && !inFolder
}

// saidAt is where a labelled value stands.
func saidAt(s around.Said) finding.Place {
	return finding.Place{Sheet: s.Sheet, Cell: s.Ref, Value: written.Short(s.Text, 30)}
}

func firstField(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return s
}

// identifySubmitter finds whose return it is: the folder's, else the one that the workbook names, else the one that its file is
// called by.
func (rd *Reader) identifySubmitter(p *Parsed, pt *Part, common around.Stated) {
	folder, inFolder := zone.Submitter{}, false
	if p.File.Folder != "" {
		folder, inFolder = rd.Zone.Match(p.File.Folder)
	}
	book, cell, inBook := rd.namedInBook(pt, common, folder, inFolder)
	several := rd.units.Several(cell.Text)
	switch {
	case len(several) > 0:
		pt.Add(finding.JointUnits(written.Short(cell.Text, 30), several, folder.Name).At(saidAt(cell)))
	case inFolder && inBook && folder.Code != book.Code:
		pt.Add(finding.FolderOfAnother(book.Name, folder.Name).At(saidAt(cell)))
	case inFolder && cell.Text != "" && !inBook:
		pt.Add(finding.FolderUnlikeName(written.Short(cell.Text, 30), folder.Name).At(saidAt(cell)))
	}
	s, ok := folder, inFolder
	if !ok {
		s, ok = book, inBook
	}
	if !ok && cell.Text == "" {
		s, ok = rd.units.Named(fileTitle(p.File.Name))
	}
	switch {
	case ok:
		pt.Ret.Submitter, pt.Ret.SubmitterName = s.Code, s.Name
		if !rd.Zone.Owes(s.Code, pt.Form.ID) && rd.Zone.Uses(pt.Form.ID) {
			pt.Add(finding.NotOwed(s.Name, pt.Form.PlainTitle()).At(finding.Place{Sheet: pt.FirstSheet()}))
		}
	case len(several) == 0: // else it is told already
		rd.tellUnknown(pt, cell)
	}
}

// namedInBook is the unit that the workbook names, and where; every sheet of the return must be the same unit's.
func (rd *Reader) namedInBook(pt *Part, common around.Stated, folder zone.Submitter, inFolder bool) (book zone.Submitter, cell around.Said, ok bool) {
	ofStreets := rd.streetTitles(pt, folder, inFolder)
	book, cell, ok = rd.inBook(ofStreets.leftOut(pt.said), inFolder)
	if !ok && cell.Text == "" { // what another sheet of the workbook says
		book, cell, ok = rd.inBook(around.Stated{Submitter: common.Submitter, UnitLabel: common.UnitLabel}, inFolder)
	}
	if !ok {
		return book, cell, false
	}
	for _, s := range pt.sheetSaid {
		if other, at, ok := rd.inBook(ofStreets.leftOut(s.said), true); ok && other.Code != book.Code {
			pt.Add(finding.SheetsOfTwo(s.sheet, other.Name, book.Name).At(finding.Place{Sheet: s.sheet, Cell: at.Ref, Value: written.Short(at.Text, 30)}))
			break
		}
	}
	return book, cell, true
}

// tellUnknown says that nothing tells whose return it is, or that the zone has no such unit.
func (rd *Reader) tellUnknown(pt *Part, cell around.Said) {
	f := finding.SubmitterUntold()
	if cell.Text != "" {
		names := make([]string, len(rd.Zone.Submitters))
		for i, x := range rd.Zone.Submitters {
			names[i] = x.Name
		}
		f = finding.SubmitterUnknown(written.Short(cell.Text, 30), written.Closest(cell.Text, names))
	}
	pt.Add(f.At(saidAt(cell)))
}

// streetTitles are titles that say whose rows a sheet holds, and not who reports: 溪河街道救助发放表 on the sheet 溪河街道, beside
// 柳泉街道救助发放表 on the sheet 柳泉街道, in a department's folder.
type streetTitles map[[2]string]bool // by sheet and cell

func (rd *Reader) streetTitles(pt *Part, folder zone.Submitter, inFolder bool) streetTitles {
	if !inFolder || folder.Kind == "street" || len(pt.sheetSaid) < 2 {
		return nil
	}
	own, streets := streetTitles{}, map[string]bool{}
	for _, s := range pt.sheetSaid {
		street, ok := rd.units.Street(s.sheet)
		if !ok || street.Kind != "street" || s.said.Submitter.Text != "" {
			continue
		}
		for _, t := range s.said.Titles {
			if named, ok := rd.units.Named(t.Text); ok && named.Code == street.Code {
				own[[2]string{t.Sheet, t.Ref}], streets[street.Code] = true, true
			}
		}
	}
	if len(streets) < 2 {
		return nil
	}
	return own
}

func (own streetTitles) leftOut(s around.Stated) around.Stated {
	if len(own) > 0 {
		s.Titles = slices.DeleteFunc(slices.Clone(s.Titles), func(t around.Said) bool { return own[[2]string{t.Sheet, t.Ref}] })
	}
	return s
}

// periodIn reads the period that a text names or, by its date, means for this submitter and form.
func (rd *Reader) periodIn(pt *Part, text string, received calendar.Date) (calendar.Period, bool) {
	f := pt.Form
	sp, ok := written.ReadSpan(text, received)
	if !ok {
		sp, ok = written.Quarter(text, received)
		if due := rd.Zone.PeriodFor(pt.Ret.Submitter, f.ID, f.Frequency, received); ok && sp.From <= due.Start && due.Start <= sp.To && sp.To > received {
			return due, f.Frequency == calendar.Month // a quarter that goes on
		}
	}
	switch {
	case !ok:
	case sp.Period.Valid() && sp.Period.Kind == f.Frequency:
		return sp.Period, true
	case sp.Period.Valid() && f.Frequency == calendar.Month: // a week named on a monthly form
		return calendar.MonthOf(sp.Period.End()), true
	case sp.Period.Valid(): // a month named on a weekly form tells no week, a date beside it does: 8月台账(8.12)
		if m := written.DotDate().FindStringSubmatch(written.Plain(text)); m != nil {
			if w, ok := written.ParseWritten(m[1]); ok {
				return rd.Zone.PeriodFor(pt.Ret.Submitter, f.ID, f.Frequency, w.Nearest(received)), true
			}
		}
	case sp.Months > 0 && f.Frequency == calendar.Week:
		return calendar.WeekOf(sp.To), sp.To-sp.From <= 10
	case sp.Months > 0:
		return calendar.MonthOf(sp.To), true
	case sp.Date.Valid():
		return rd.Zone.PeriodFor(pt.Ret.Submitter, f.ID, f.Frequency, sp.Date), true
	}
	return calendar.Period{}, false
}

// asOfDate reads a 截至 text.
func (rd *Reader) asOfDate(pt *Part, s around.Said, received calendar.Date) calendar.Date {
	if s.Text == "" {
		return calendar.NoDate
	}
	sp, ok := written.ReadSpan(s.Text, received)
	switch {
	case ok && sp.Date.Valid():
		return sp.Date
	case ok && sp.Period.Valid():
		return sp.Period.End()
	case ok && sp.Months > 0:
		return sp.To
	}
	pt.Add(finding.AsOfUnreadable(written.Short(s.Text, 30), fmt.Sprintf("%d年%d月%d日", received.Year(), received.Month(), received.Day())).At(saidAt(s)))
	return calendar.NoDate
}

func (rd *Reader) identifyPeriod(p *Parsed, pt *Part, common, cover around.Stated) {
	f, sub := pt.Form, pt.Ret.Submitter
	received := rd.Zone.DateOf(p.File.ReceivedAt)
	rd.refuseStretch(pt, received)
	rd.refusePeriods(pt, received)
	asOfSaid := pt.said.AsOf
	if asOfSaid.Text == "" { // never another form's
		asOfSaid = cover.AsOf
	}
	asOf := rd.asOfDate(pt, asOfSaid, received)
	period := rd.tellPeriod(p, pt, common, cover, asOf, received)
	if !pt.Fatal {
		pt.tellDisagreement()
	}
	pt.Ret.Period = period
	cutoff := period.End()
	if asOf.Valid() {
		cutoff, pt.CutoffAt = asOf, asOfSaid
	}
	pt.Ret.Cutoff = min(cutoff, received)
	pt.tellAhead(period, asOf, received)
	if due, owed := rd.Zone.DueAt(sub, f.ID, period); owed {
		pt.Ret.DueAt = due
		pt.Ret.Late = p.File.ReceivedAt.After(due)
	}
}

// tellAhead asks about a 截至 after the day received and about a period that hasn't begun by then: once, where the one follows
// from the other.
func (pt *Part) tellAhead(period calendar.Period, asOf, received calendar.Date) {
	ahead := period.Start > received
	at := finding.Place{Sheet: pt.FirstSheet()}
	if pt.Stated != nil && pt.Stated.At.Ref != "" {
		at = saidAt(pt.Stated.At)
	}
	switch byAsOf := ahead && pt.Stated != nil && pt.Stated.until.Valid(); {
	case byAsOf:
		pt.Add(finding.AsOfAhead(asOf.String(), received.String(), written.PeriodLabel(period)).At(saidAt(pt.CutoffAt)))
		return
	case asOf.Valid() && asOf > received:
		pt.Add(finding.AsOfAfterReceived(asOf.String(), received.String()).At(saidAt(pt.CutoffAt)))
	}
	if ahead {
		pt.Add(finding.PeriodAhead(written.PeriodLabel(period), received.String()).At(at))
	}
}

// refuseStretch rejects a period form that reports several periods at once: adding it up would count them twice.
func (rd *Reader) refuseStretch(pt *Part, received calendar.Date) {
	if pt.Form.Mode != forms.Period {
		return
	}
	for i, at := range append([]around.Said{pt.said.Period}, pt.said.Titles...) {
		t := at.Text
		if t == "" {
			continue
		}
		t = whenReported().ReplaceAllString(t, "")
		own := i == 0 || rd.Vocab.Titled(t) == pt.Form
		if rd.isStretch(pt, t, own, received) {
			pt.Add(finding.CumulativeTitle(written.Short(t, 40), perPeriod(pt.Form.Frequency)).At(finding.Place{Sheet: cmp.Or(at.Sheet, pt.FirstSheet()), Cell: at.Ref, Value: written.Short(t, 40)}))
			return
		}
	}
}

// isStretch says whether a text above a table names more than one period of its form; own are those that surely speak of
// the table, not of what it is handed in with.
func (rd *Reader) isStretch(pt *Part, text string, own bool, received calendar.Date) bool {
	span, ok := written.ReadSpan(text, received)
	if ok && span.Exceeds(pt.Form.Frequency) {
		return true
	}
	if !ok && (own || len([]rune(text)) <= quarterLength) {
		if _, quarter := written.Quarter(text, received); quarter {
			return true
		}
	}
	if !own {
		return false
	}
	if written.Cumulated().MatchString(text) {
		return true
	}
	if !written.HalfYears().MatchString(written.Plain(text)) {
		return false
	}
	// 第四季度，10月 above October's rows
	named := ok && span.Period.Valid() && span.Period.Kind == pt.Form.Frequency
	return !named || !(&periodReader{rd: rd, pt: pt, received: received}).allIn(span.Period)
}

// whenReported is behind a period when it is to be reported: 2022年4月，5月上旬报送.
var whenReported = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[,，;；](于|在|请于)?(\d{4}年)?\d{1,2}月份?([上中下]旬|初|底|末|\d{1,2}[日号])(之?前|以前|内)?(报送|上报|填报|报)`)
})

// quarterLength is how long a text above a table may be and still be nothing but 2026年第三季度.
const quarterLength = 12

func perPeriod(k calendar.PeriodKind) string {
	if k == calendar.Week {
		return "周"
	}
	return "月"
}

// refusePeriods rejects a return that states different periods on its sheets (one sheet for each month, last week's sheet
// left in), or above two tables of one sheet.
func (rd *Reader) refusePeriods(pt *Part, received calendar.Date) {
	if rd.lastLeftIn(pt) {
		return
	}
	several := func(f finding.Finding) {
		pt.severalPeriods = true
		pt.Add(f)
	}
	var first calendar.Period
	var firstAt around.Said
	for _, s := range pt.sheetSaid {
		said := append([]around.Said{s.said.Period, s.said.AsOf}, s.said.Titles...)
		said = append(said, around.Said{Text: s.sheet, Sheet: s.sheet})
		period, at, ok := rd.firstPeriod(pt, said, received)
		switch {
		case !ok:
		case first.Valid() && period != first:
			several(finding.SeveralPeriods(firstAt.Sheet, written.PeriodLabel(first), s.sheet, written.PeriodLabel(period)).At(finding.Place{Sheet: s.sheet, Value: written.Short(at.Text, 30)}))
			return
		case !first.Valid():
			first, firstAt = period, at
		}
		for _, b := range s.between {
			period, at, ok := rd.firstPeriod(pt, append([]around.Said{b.Period, b.AsOf}, rd.ownTitles(pt, b.Titles, firstAt)...), received)
			switch {
			case !ok:
			case first.Valid() && period != first:
				several(finding.SeveralPeriodsOn(firstAt.Sheet, firstAt.Ref, written.PeriodLabel(first), s.sheet, at.Ref, written.PeriodLabel(period)).At(saidAt(at)))
				return
			case !first.Valid():
				first, firstAt = period, at
			}
		}
	}
}

// lastLeftIn rejects a return one sheet of which is called 上周 or 上期.
func (rd *Reader) lastLeftIn(pt *Part) bool {
	last := slices.IndexFunc(pt.sheetSaid, func(s sheetSaid) bool { return lastSheet().MatchString(spelling.Squash(s.sheet)) })
	other := slices.IndexFunc(pt.sheetSaid, func(s sheetSaid) bool { return !lastSheet().MatchString(spelling.Squash(s.sheet)) })
	if last < 0 || other < 0 {
		return false
	}
	pt.Add(finding.SeveralPeriods(pt.sheetSaid[other].sheet, "本期", pt.sheetSaid[last].sheet, "上一期").At(finding.Place{Sheet: pt.sheetSaid[last].sheet}))
	return true
}

var lastSheet = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（]?(上|前)(一|1)?个?(周|期|月|星期|月份)(的)?(问题)?(台账|台帐|清单|报表|表|数据|情况)?[)）]?$`)
})

// firstPeriod is the period that the first of several texts names.
func (rd *Reader) firstPeriod(pt *Part, said []around.Said, received calendar.Date) (calendar.Period, around.Said, bool) {
	for _, at := range said {
		if at.Text == "" {
			continue
		}
		if period, ok := rd.periodIn(pt, at.Text, received); ok {
			return period, at, true
		}
	}
	return calendar.Period{}, around.Said{}, false
}

// ownTitles gives the texts that name the form, and months alone where one is the title of the first table.
func (rd *Reader) ownTitles(pt *Part, titles []around.Said, first around.Said) (own []around.Said) {
	month := func(t around.Said) bool { return heading.MonthAlone().MatchString(spelling.Squash(t.Text)) }
	for _, t := range titles {
		if len([]rune(t.Text)) <= titleLength && rd.Vocab.Titled(t.Text) == pt.Form || month(t) && month(first) {
			own = append(own, t)
		}
	}
	return own
}

// FirstSheet is the first sheet that the return was read from; "" where none is known.
func (pt *Part) FirstSheet() string {
	if len(pt.Ret.Sheets) > 0 {
		return pt.Ret.Sheets[0]
	}
	return ""
}

// periodOfRows is the period in which most rows of a period form are dated. Dates without a year are of the year that the
// titles name (2026年兑付台账), else of the newest in which they had come: in the year that cells are typed by, the period's,
// nobody would look for them before it is known.
func (r *periodReader) periodOfRows() (calendar.Period, bool) {
	k := r.pt.Form.Index(r.pt.Form.OwnDate)
	if k < 0 {
		return calendar.Period{}, false
	}
	year, at := r.titledYear()
	votes := map[calendar.Period]int{}
	older := map[calendar.Period]bool{} // the titles' year was taken where a newer one was possible
	var best calendar.Period
	for _, t := range r.pt.Tables {
		for i := range t.Lines {
			w, ok := wroteIn(&t.Lines[i], k)
			if !ok {
				continue
			}
			day, moved := w.Date(w.Year), false
			if w.Year == 0 {
				day = r.newest(w)
				if said := w.Date(year); year > 0 && said <= r.received {
					day, moved = said, said != day
				}
			}
			per := r.pt.Form.Frequency.Of(day)
			votes[per]++
			older[per] = older[per] || moved
			if v := votes[per]; !best.Valid() || v > votes[best] || v == votes[best] && per.Start > best.Start {
				best = per
			}
		}
	}
	if older[best] {
		r.pt.Add(finding.PeriodYearAssumed(year, written.PeriodLabel(best)).At(saidAt(at)))
	}
	return best, best.Valid()
}

// titledYear is the year that the titles name, and where; 0 where none does, or several do.
func (r *periodReader) titledYear() (year int, at around.Said) {
	for _, t := range r.rd.titles(r.pt, r.pt.said.Titles) {
		for _, m := range yearNamed().FindAllStringSubmatch(written.Plain(t.Text), -1) {
			if y := written.Atoi(m[1]); year > 0 && y != year {
				return 0, around.Said{}
			} else if year == 0 {
				year, at = y, t
			}
		}
	}
	return year, at
}

var yearNamed = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:^|\D)(20\d\d)年`) })
