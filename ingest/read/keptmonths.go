package read

import (
	"slices"

	"taizhang/ingest/around"
	"taizhang/ingest/finding"
	"taizhang/ingest/heading"
	"taizhang/ingest/layout"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
	"taizhang/internal/spelling"
)

// A workbook kept for the whole year has a sheet for each month, and those of the months before stand there as they were handed
// in. The return is the month that is due; whether the others are what was received, the history knows.

// Kept is what one of the other months' sheets of such a workbook holds.
type Kept struct {
	Sheet  string
	Period calendar.Period
	Part   *Part // read by that period
}

// setMonthsAside leaves, of a return of which each sheet is named by another month, the month that is due, else the last one
// before it that is filled in.
func (r *reading) setMonthsAside(pt *Part) {
	if pt.Form.Frequency != calendar.Month || len(pt.sheetSaid) < 2 {
		return
	}
	received := r.rd.Zone.DateOf(r.p.File.ReceivedAt)
	of := map[string]calendar.Period{}
	seen := map[calendar.Period]bool{}
	for _, s := range pt.sheetSaid {
		period, ok := r.states(pt, s, received)
		if !ok || seen[period] || len(s.between) > 0 || !heading.MonthAlone().MatchString(spelling.Squash(s.sheet)) || !r.named(pt, s.sheet, period, received) {
			return
		}
		of[s.sheet], seen[period] = period, true
	}
	sender, _ := r.rd.sender(r.p.File)
	due := r.rd.Zone.PeriodFor(sender.Code, pt.Form.ID, pt.Form.Frequency, received)
	var own calendar.Period
	for period := range seen {
		if period.Start <= due.Start && (!own.Valid() || period.Start > own.Start) {
			own = period
		}
	}
	if !own.Valid() {
		return
	}
	aside := map[string]bool{}
	for _, s := range pt.sheetSaid {
		if of[s.sheet] == own {
			continue
		}
		aside[s.sheet] = true
		pt.Kept = append(pt.Kept, Kept{s.sheet, of[s.sheet], r.partOf(pt, s, of[s.sheet])})
		r.p.skip(s.sheet, "是"+written.PeriodLabel(of[s.sheet])+"的，本次只读取"+written.PeriodLabel(own)+"的")
	}
	slices.SortStableFunc(pt.Kept, func(a, b Kept) int { return int(a.Period.Start - b.Period.Start) })
	pt.withoutSheets(aside)
}

// named says whether the name of a sheet is of the month that the sheet says it is.
func (r *reading) named(pt *Part, sheet string, period calendar.Period, received calendar.Date) bool {
	p, ok := r.rd.periodIn(pt, sheet, received)
	return ok && p.Start.Month() == period.Start.Month()
}

// partOf makes a return of its own of one sheet.
func (r *reading) partOf(pt *Part, s sheetSaid, period calendar.Period) *Part {
	own := r.rd.newPart(pt.Form)
	own.outside = pt.outside
	own.sheetSaid, own.said, own.Ret.Sheets = []sheetSaid{s}, s.said, []string{s.sheet}
	own.Ret.Period, own.Ret.Cutoff, own.Ret.ReceivedAt = period, period.End(), r.p.File.ReceivedAt
	for _, f := range pt.Ret.Findings {
		if f.Sheet == s.sheet {
			own.Add(f)
		}
	}
	for _, tb := range pt.Tables {
		if tb.Grid.Name == s.sheet {
			own.Tables = append(own.Tables, tb)
		}
	}
	return own
}

// withoutSheets takes what stands on some of its sheets out of a return.
func (pt *Part) withoutSheets(drop map[string]bool) {
	pt.Tables = slices.DeleteFunc(pt.Tables, func(tb *layout.Table) bool { return drop[tb.Grid.Name] })
	pt.sheetSaid = slices.DeleteFunc(pt.sheetSaid, func(s sheetSaid) bool { return drop[s.sheet] })
	pt.Ret.Sheets = slices.DeleteFunc(pt.Ret.Sheets, func(name string) bool { return drop[name] })
	pt.Ret.Findings = slices.DeleteFunc(pt.Ret.Findings, func(f finding.Finding) bool { return drop[f.Sheet] })
	pt.Fatal = slices.ContainsFunc(pt.Ret.Findings, func(f finding.Finding) bool { return f.Rejects })
	pt.said = around.Stated{}
	for _, s := range pt.sheetSaid {
		pt.said.Merge(s.said)
	}
}

// readKept reads the rows of the other months' sheets, for the unit whose return it is.
func (rd *Reader) readKept(pt *Part) {
	for _, k := range pt.Kept {
		k.Part.Ret.Submitter, k.Part.Ret.SubmitterName = pt.Ret.Submitter, pt.Ret.SubmitterName
		rd.readRows(k.Part)
	}
}
