package read

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
)

// More than earlierMost percent of the rows, and earlierLeast at least, dated before the period are asked about: seven of
// the ten rows of August's sheet are of June and July. One or two are late payments.
const (
	earlierMost  = 50
	earlierLeast = 3
)

// outsidePeriod asks about a return of a period form most of whose rows are dated before its period: a late payment is
// usual, a sheet of several periods counts twice what was reported before.
func (rd *Reader) outsidePeriod(pt *Part) {
	if pt.Form.Mode != forms.Period || !pt.Ret.Period.Valid() || pt.Fatal || pt.Disagrees.byRows() {
		return
	}
	k := slices.IndexFunc(pt.Form.Columns, func(c forms.Column) bool { return c.Field == pt.Form.OwnDate })
	rd.yearSlips(pt, k)
	rd.monthsOdd(pt, k)
	n, first := 0, -1
	until := lastMonth(pt.Form)
	for i := range pt.Records {
		if until >= 0 && pt.Records[i].Value(until).Date >= pt.Ret.Period.Start { // goes on in it
			continue
		}
		if v := pt.Records[i].Value(k); v.Set && v.Date < pt.Ret.Period.Start {
			if n++; first < 0 {
				first = i
			}
		}
	}
	if n < earlierLeast || n*100 <= len(pt.Records)*earlierMost {
		return
	}
	l := pt.Records[first].Line
	pt.Add(finding.BeforePeriod(len(pt.Records), n, pt.Form.Columns[k].Title, written.PeriodLabel(pt.Ret.Period), l.N).At(l.Place(k, "")))
}

// streetOfAnother asks about a street's return all of whose rows are of one other street.
func (rd *Reader) streetOfAnother(pt *Part) {
	own, ok := rd.Zone.Submitter(pt.Ret.Submitter)
	k := pt.Form.Index("street")
	if !ok || own.Kind != "street" || k < 0 {
		return
	}
	first := -1
	for i := range pt.Records {
		v := pt.Records[i].Value(k)
		if !v.Set {
			continue
		}
		if v.Text == own.Name || first >= 0 && v.Text != pt.Records[first].Value(k).Text {
			return
		}
		if first < 0 {
			if other, known := rd.Zone.Match(v.Text); !known || other.Kind != "street" {
				return
			}
			first = i
		}
	}
	if first < 0 {
		return
	}
	l := pt.Records[first].Line
	pt.Add(finding.StreetOfAnother(own.Name, pt.Form.Columns[k].Title, pt.Records[first].Value(k).Text).At(l.Place(k, "")))
}

// monthsOdd asks about the one or two rows for which another month is typed than the return is of and all their neighbours are: a day
// on which something was paid is a fact, a month is typed to say which return the row belongs to.
func (rd *Reader) monthsOdd(pt *Part, k int) {
	months := 0 // with a second one the first is where a stretch begins: a fact of its own
	for i := range pt.Form.Columns {
		if pt.Form.Columns[i].Type == forms.Month {
			months++
		}
	}
	if k < 0 || pt.Form.Columns[k].Type != forms.Month || months > 1 || pt.Form.Frequency != calendar.Month {
		return
	}
	same, odd, first := 0, 0, -1
	for i := range pt.Records {
		switch v := pt.Records[i].Value(k); {
		case !v.Set:
		case pt.Ret.Period.Contains(v.Date):
			same++
		case v.Date.Month() == pt.Ret.Period.Start.Month(): // see yearSlips
		default:
			if odd++; first < 0 {
				first = i
			}
		}
	}
	if odd == 0 || odd > monthsOddMost || same < monthsAgree {
		return
	}
	l := pt.Records[first].Line
	pt.Add(finding.MonthOdd(pt.Form.Columns[k].Title, pt.Records[first].Value(k).Text[:len("2022-08")], written.PeriodLabel(pt.Ret.Period), odd).At(l.Place(k, "")))
}

const (
	monthsOddMost = 2
	monthsAgree   = 2
)

// yearSlips asks about rows dated before the period that would lie in it if the year were another: in January people go on
// writing last year's. Such a row counts for another year than the one it belongs to.
func (rd *Reader) yearSlips(pt *Part, k int) {
	period := pt.Ret.Period
	for i := range pt.Records {
		v := pt.Records[i].Value(k)
		if !v.Set || v.Date >= period.Start {
			continue
		}
		meant := calendar.NewDate(period.End().Year(), v.Date.Month(), v.Date.Day())
		if !period.Contains(meant) {
			meant = calendar.NewDate(period.Start.Year(), v.Date.Month(), v.Date.Day()) // a week in two years
		}
		if !period.Contains(meant) || meant.Day() != v.Date.Day() {
			continue
		}
		shown := func(d calendar.Date) string {
			if pt.Form.Columns[k].Type == forms.Month {
				return d.String()[:len("2022-08")]
			}
			return d.String()
		}
		l := pt.Records[i].Line
		if pt.yearAssumed(l.N, pt.Form.Columns[k].Field) { // asked about already, and no year stands there
			continue
		}
		pt.Add(finding.YearSlip(pt.Form.Columns[k].Title, shown(v.Date), shown(meant), written.PeriodLabel(period)).At(l.Place(k, "")))
	}
}

// yearAssumed says whether the year of a row's date was asked about when it was read, since none was written.
func (pt *Part) yearAssumed(row int, field string) bool {
	return slices.ContainsFunc(pt.Ret.Findings, func(f finding.Finding) bool {
		return f.Row == row && f.Field == field && f.Rule == "year_assumed"
	})
}

var (
	several   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[\n\r;；、,，/|｜+＋&＆]+`) })
	severalOr = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`[\s\x{3000};；、,，/|｜+＋&＆]+|以及|和|与|及`)
	})
	firmTail = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(公司|集团|厂|中心|合作社|事务所|商行|经营部|门市部|医院|学校|银行|支行)$`)
	})
	// andOthers ends a list of which not all are named: 湖南甲机械有限公司等3家企业. All of a text may be such: 3家企业.
	andOthers = sync.OnceValue(func() *regexp.Regexp {
		const count = `[\d一二三四五六七八九十两几多数]+[家户个](企业|公司|单位|商户|银行|机构)?`
		return regexp.MustCompile(`(^|等)` + count + `$|等(企业|公司|单位|商户|银行|机构)$|等$`)
	})
)

// severalStreets asks about a cell that names several streets: the row counts for one.
func (r *lineReader) severalStreets(k int) {
	c, text := &r.pt.Form.Columns[k], r.cells[k].Text
	if r.vals[k].Text == written.Tidy(text) { // nearly all
		if _, ok := r.rd.units.Match(text); ok {
			return
		}
	}
	at := r.line.Place(k, r.typer.Shown(&r.cells[k], c, true))
	if _, n := r.rd.units.Streets(text); n > 1 {
		r.pt.Add(finding.SeveralUnits(c.Title, r.vals[k].Text, n).At(at))
	}
}

// severalIn asks about a cell of a name that holds several firms or, in a column of persons, several people: the row
// counts them as one.
func (r *lineReader) severalIn() {
	for k := range r.pt.Form.Columns {
		c := &r.pt.Form.Columns[k]
		if c.Type == forms.Unit && c.Field == "street" && r.vals[k].Set {
			r.severalStreets(k)
		}
		if n := codesIn(&r.cells[k], c); n > 1 {
			r.pt.Add(finding.SeveralCodes(c.Title, n).At(r.line.Place(k, r.typer.Shown(&r.cells[k], c, true))))
		}
		if c.Type != forms.Text || !r.vals[k].Set || !c.InKey && !r.pt.Form.NamesOne(c) {
			continue
		}
		cell := &r.cells[k]
		if bare, note := noteIn(cell.Text); c.Names && note != "" && !r.codeTells() {
			r.pt.Add(finding.NameNoted(c.Title, r.typer.Quote(bare, 30), r.typer.Quote(note, 20)).
				At(finding.Place{Sheet: r.line.Sheet, Row: r.line.N, Cell: cell.Ref(), Field: c.Field, Value: r.typer.Shown(cell, c, true)}))
			continue
		}
		if n, ok := namesIn(written.Tidy(cell.Text), strings.HasSuffix(c.Title, "人")); ok {
			r.pt.Add(finding.SeveralInCell(c.Title, n, r.pt.Form.HasAmounts()).
				At(finding.Place{Sheet: r.line.Sheet, Row: r.line.N, Cell: cell.Ref(), Field: c.Field, Value: r.typer.Shown(cell, c, true)}))
		}
	}
}

// codesIn is how many numbers of items stand in the cell of one: L-1、L-2, or each on its line. A number may be broken over lines,
// where the second doesn't begin like the first.
func codesIn(cell *sheet.Cell, c *forms.Column) int {
	if c.Type != forms.Code || !c.InKey || !c.Required || cell.Kind != sheet.Text || !betweenCodes.In(cell.Text) || len(cell.Text) > 120 {
		return 0
	}
	parts := splitNames(atCodes(), written.Tidy(cell.Text))
	for _, s := range parts {
		if last := s[len(s)-1]; last < '0' || last > '9' || utf8.RuneCountInString(s) > 15 || s[0] != parts[0][0] && strings.Contains(cell.Text, "\n") {
			return 0
		}
	}
	return len(parts)
}

var (
	betweenCodes = written.NewLetters("、，；;\n")
	atCodes      = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[、，；;\n]`) })
)

// namesIn says whether a text names several firms or, where they are asked for, several persons, and how many; 0 where it
// doesn't say.
func namesIn(text string, persons bool) (n int, ok bool) {
	if !strings.ContainsAny(text, "\n\r\t \u3000;；、,，/|｜+＋&＆和与及等家户个") { // nearly all
		return 0, false
	}
	firm := func(s string) bool {
		n := len([]rune(s))
		return (n >= 5 || n == 4 && strings.HasSuffix(s, "银行")) && firmTail().MatchString(s)
	}
	if text[0] >= '0' && text[0] <= '9' { // 1.甲公司 2.乙公司
		text = strings.TrimPrefix(ordinals().ReplaceAllString(text, "、"), "、")
	}
	bare := andOthers().ReplaceAllString(text, "")
	if bare != text && (bare == "" || firm(bare)) {
		return 0, true
	}
	parts := splitNames(several(), text)
	if len(parts) > 1 && !slices.ContainsFunc(parts, func(s string) bool {
		letters := len([]rune(s))
		return !firm(s) && !(persons && letters >= 2 && letters <= 4)
	}) {
		return len(parts), true
	}
	parts = splitNames(severalOr(), bare)
	if len(parts) < 2 || slices.ContainsFunc(parts, func(s string) bool { return !firm(s) }) {
		return 0, false
	}
	if bare != text {
		return 0, true
	}
	return len(parts), true
}

func splitNames(at *regexp.Regexp, text string) []string {
	var parts []string
	for _, s := range at.Split(text, -1) {
		if s = strings.TrimSpace(s); s != "" {
			parts = append(parts, s)
		}
	}
	return parts
}
