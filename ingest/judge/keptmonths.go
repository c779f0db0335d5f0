package judge

import (
	"context"
	"slices"

	"taizhang/ingest/finding"
	"taizhang/ingest/read"
	"taizhang/ingest/written"
)

// keptMonths holds the sheets of the other months of a workbook that is kept for the year against what was received for these
// months. Where one of them is what counts, the workbook is such a one, and the others are asked about where they are not; else
// nobody knows which of the months was to be handed in.
func (jd *Judge) keptMonths(ctx context.Context, h *History, pt *read.Part) error {
	if len(pt.Kept) == 0 {
		return nil
	}
	var same, other, absent, later []read.Kept
	for _, k := range pt.Kept {
		if k.Period.Start > pt.Ret.Period.Start {
			later = append(later, k)
			continue
		}
		old := h.Newest(pt.Ret.Submitter, pt.Form.ID, k.Period.String(), true)
		if old == nil {
			absent = append(absent, k)
			continue
		}
		rows, err := h.rowsOf(ctx, pt.Form, old.ID)
		switch {
		case err != nil:
			return err
		case len(k.Part.Refused) == 0 && sameRows(rows, rowsNow(k.Part)):
			same = append(same, k)
		default:
			other = append(other, k)
		}
	}
	now := written.PeriodLabel(pt.Ret.Period)
	at := func(k read.Kept) finding.Place { return finding.Place{Sheet: k.Sheet} }
	if len(same) == 0 {
		k := pt.Kept[0]
		pt.Add(finding.SeveralPeriods(k.Sheet, written.PeriodLabel(k.Period), pt.FirstSheet(), now).At(finding.Place{Sheet: pt.FirstSheet(), Value: pt.FirstSheet()}))
		for _, k := range pt.Kept { // each of them may be handed in by itself now: its faults are told at once
			for _, f := range k.Part.Ret.Findings {
				pt.Add(f)
			}
		}
		return nil
	}
	pt.Add(finding.MonthsKept(names(same)).At(at(same[0])))
	for _, k := range other {
		pt.Add(finding.MonthChanged(k.Sheet, written.PeriodLabel(k.Period), now).At(at(k)))
	}
	if len(absent) > 0 {
		pt.Add(finding.MonthsAbsent(names(absent), now).At(at(absent[0])))
	}
	if len(later) > 0 {
		pt.Add(finding.MonthsLater(names(later), now).At(at(later[0])))
	}
	return nil
}

func names(list []read.Kept) (out []string) {
	for _, k := range list {
		out = append(out, k.Sheet)
	}
	return out
}

// sameRows says whether two returns hold the same rows, in any order.
func sameRows(a, b []oldRow) bool {
	if len(a) != len(b) {
		return false
	}
	left := map[string][]oldRow{}
	for _, r := range a {
		left[r.key] = append(left[r.key], r)
	}
	for _, r := range b {
		i := slices.IndexFunc(left[r.key], func(o oldRow) bool { return slices.EqualFunc(o.vals, r.vals, oldValue.same) })
		if i < 0 {
			return false
		}
		left[r.key] = slices.Delete(left[r.key], i, i+1)
	}
	return true
}
