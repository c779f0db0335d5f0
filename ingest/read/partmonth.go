package read

import (
	"regexp"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
)

// partOfMonth is what people call a part of a month: 上旬, 下半月.
var partOfMonth = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[上中下]旬|[上下]半个?月`) })

// tellPart asks about a return of a month whose title is of a part of it (10月上旬, 10月1日—10日): what is handed in for the next
// part takes its place.
func (r *periodReader) tellPart(s Statement) {
	if r.pt.Form.Mode != forms.Period || s.Period.Kind != calendar.Month || s.At.Text == "" {
		return
	}
	part := partOfMonth().FindString(written.Squash(s.At.Text))
	if sp, ok := written.ReadSpan(s.At.Text, r.received); part == "" && ok && sp.To-sp.From > 0 && sp.From >= s.Period.Start && sp.To <= s.Period.End() && (sp.From > s.Period.Start || sp.To < s.Period.End()) {
		part = sp.From.String() + " 至 " + sp.To.String()
	}
	if part != "" {
		r.pt.Add(finding.PeriodPart(s.where(), part, written.PeriodLabel(s.Period)).At(saidAt(s.At)))
	}
}
