package read

import (
	"slices"

	"taizhang/ingest/around"
	"taizhang/ingest/finding"
	"taizhang/ingest/layout"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
)

// A return without rows is a nil return (零报告) where somebody says so, or hands in nothing but its head. It is none where
// it was left empty beside forms that were filled in, where a template came back before its period is over, or where
// something else is written in the place of rows (CONTRACT: What identifies a return).

// strays gives the texts that stand where rows should.
func (pt *Part) strays() []layout.Stray {
	var out []layout.Stray
	for _, tb := range pt.Tables {
		out = append(out, tb.Strays...)
	}
	return out
}

// hasLines says whether anybody wrote a row, whatever became of it.
func (pt *Part) hasLines() bool {
	return slices.ContainsFunc(pt.Tables, func(tb *layout.Table) bool { return len(tb.Lines) > 0 })
}

// leftEmpty says whether nobody wrote anything under the heads of a return, not even that there is nothing.
func (pt *Part) leftEmpty() bool {
	return !pt.hasLines() && !pt.nothing && !pt.said.Nothing && len(pt.strays()) == 0
}

// dropUnfilled takes out of a file the forms that were left empty, and names their sheets.
func (rd *Reader) dropUnfilled(p *Parsed) {
	others := slices.ContainsFunc(p.Parts, (*Part).hasLines)
	received := rd.Zone.DateOf(p.File.ReceivedAt)
	p.Parts = slices.DeleteFunc(p.Parts, func(pt *Part) bool {
		early := pt.template && pt.Ret.Period.Valid() && received <= pt.Ret.Period.End()
		if !pt.leftEmpty() || !others && (!early || pt.pictured) {
			return false
		}
		for _, name := range pt.Ret.Sheets {
			p.skip(name, finding.Unfilled+"，"+pt.Form.PlainTitle()+"仍须报送；本期没有内容的，请在表头下写“本期无”")
		}
		return true
	})
}

// dropOtherPeriods takes the sheets out of a return that were prepared for other periods and not filled in, as in the workbook of a
// year, and names them. What they say of their period is said of no row.
func (r *reading) dropOtherPeriods(pt *Part) {
	if len(pt.sheetSaid) < 2 || !pt.hasLines() {
		return
	}
	received := r.rd.Zone.DateOf(r.p.File.ReceivedAt)
	states := func(s sheetSaid) (calendar.Period, bool) { return r.states(pt, s, received) }
	filled := map[string]bool{} // sheets on which somebody wrote something
	for _, tb := range pt.Tables {
		if len(tb.Lines) > 0 || len(tb.Strays) > 0 || tb.Said.Nothing {
			filled[tb.Grid.Name] = true
		}
	}
	of := map[calendar.Period]bool{}
	for _, s := range pt.sheetSaid {
		if p, ok := states(s); ok && filled[s.sheet] {
			of[p] = true
		}
	}
	drop := map[string]bool{}
	for _, s := range pt.sheetSaid {
		if p, ok := states(s); ok && !filled[s.sheet] && !s.said.Nothing && len(of) > 0 && !of[p] {
			drop[s.sheet] = true
			r.p.skip(s.sheet, "是"+written.PeriodLabel(p)+"的，没有填写内容，未读取")
		}
	}
	if len(drop) == 0 {
		return
	}
	pt.withoutSheets(drop)
}

// states is the period that a sheet says it is of, its name after what stands on it.
func (r *reading) states(pt *Part, s sheetSaid, received calendar.Date) (calendar.Period, bool) {
	said := append([]around.Said{s.said.Period, s.said.AsOf}, s.said.Titles...)
	p, _, ok := r.rd.firstPeriod(pt, append(said, around.Said{Text: s.sheet, Sheet: s.sheet}), received)
	return p, ok
}

// nilReturn takes a return without rows as 零报告, and sends it back where something else is written in their place.
func (rd *Reader) nilReturn(pt *Part) {
	pt.Ret.Nil = true
	if pt.Fatal {
		return
	}
	if texts := pt.strays(); len(texts) > 0 && !pt.said.Nothing {
		pt.Ret.Nil = false
		pt.Ret.Findings = slices.DeleteFunc(pt.Ret.Findings, func(f finding.Finding) bool { // said once is enough
			return f.Rule == finding.LineIgnored(0, false).Rule && f.Row == texts[0].N
		})
		pt.Add(finding.NilDoubtful(written.Short(texts[0].Text, 40)).At(finding.Place{Sheet: pt.FirstSheet(), Cell: texts[0].Ref, Row: texts[0].N, Value: written.Short(texts[0].Text, 40)}))
		return
	}
	if pt.pictured {
		pt.Ret.Nil = false
		pt.Add(finding.NilPictured().At(finding.Place{Sheet: pt.FirstSheet()}))
		return
	}
	rd.nilAhead(pt)
	pt.Add(finding.NilReturn().At(finding.Place{Sheet: pt.FirstSheet()}))
}

// nilDays is how many days before a month's end its nil return is no surprise any more: on the 26th, not on the 11th.
const nilDays = 7

// nilAhead asks about a nil return of a month that has long to run: an empty sheet of the workbook with all forms, perhaps.
func (rd *Reader) nilAhead(pt *Part) {
	p := pt.Ret.Period
	if p.Kind == calendar.Month && p.Valid() && rd.Zone.DateOf(pt.Ret.ReceivedAt) < p.End()-nilDays {
		pt.Add(finding.NilAhead(written.PeriodLabel(p)).At(finding.Place{Sheet: pt.FirstSheet()}))
	}
}
