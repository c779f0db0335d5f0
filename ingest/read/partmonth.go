package read

import (
	"regexp"
	"strings"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
	"taizhang/internal/spelling"
)

// partOfMonth is what people call a part of a month, with what stands around it: 7月上旬, 下半月.
var partOfMonth = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(每个?|次|下个?|翌|含|包括|\d{1,2})?月?份?的?[(（]?([上中下]旬|[上下]半个?月)(之?前|内|已?报|已?上报|补|活动|举办|开展|会议|(集中|统一)?(发放|拨付|兑付|缴款|退税)([,.;:)]|$))?`)
})

// partWithDays is a part of a month with its days: 上旬（11日—20日）.
var partWithDays = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`([上中下]旬|[上下]半个?月)[(（:：,，]?(?:\d{1,2}月)?(\d{1,2})日?[-—–~～至到]+(?:\d{1,2}月)?(\d{1,2})日`)
})

// heldOn stands beside the days on which something was done: 7月5日至25日举办, 兑付日期7月5日至6日.
var heldOn = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`日(期间)?(举办|举行|开展|召开|进行|活动|会议|修改|修订|(集中|统一)?(发放|拨付|兑付|缴款|退税)([,.;:)]|$))|(日期|时间)[为是:]?\d`)
})

// partDays are the days of the parts: the last of 下旬 is that of the month.
var partDays = map[string][2]int{"上旬": {1, 10}, "中旬": {11, 20}, "下旬": {21, 31}, "上半月": {1, 15}, "下半月": {16, 31}}

// tellPart asks about a return of a month whose title is of a part of it (10月上旬, 10月1日—10日): what is handed in for the next
// part takes its place. Rows of other days show that it is of the whole month.
func (r *periodReader) tellPart(s Statement) {
	if r.pt.Form.Mode != forms.Period || s.Period.Kind != calendar.Month || s.At.Text == "" {
		return
	}
	part, from, to := partNamed(s)
	if m := partWithDays().FindStringSubmatch(spelling.Squash(s.At.Text)); m != nil && part == m[1] {
		if days := partDays[strings.Replace(m[1], "个", "", 1)]; written.Atoi(m[2]) > days[1] || written.Atoi(m[3]) < days[0] {
			r.pt.Add(finding.PeriodPartDays(s.where(), part, m[2]+"日—"+m[3]+"日", written.PeriodLabel(s.Period)).At(saidAt(s.At)))
			return
		}
	}
	if sp, ok := written.ReadSpan(s.At.Text, r.received); part == "" && ok && sp.To-sp.From > 0 && sp.From >= s.Period.Start && sp.To <= s.Period.End() && !heldOn().MatchString(spelling.Squash(s.At.Text)) {
		part, from, to = sp.From.String()+" 至 "+sp.To.String(), sp.From, sp.To
	}
	if part == "" || !r.worked(s.Period.Start, from-1) && !r.worked(to+1, s.Period.End()) || r.datedOutside(s.Period, from, to) {
		return
	}
	r.pt.Add(finding.PeriodPart(s.where(), part, written.PeriodLabel(s.Period)).At(saidAt(s.At)))
}

// partNamed gives the part of its month that a statement names; none where several together are the month, where it is part of
// another one, or says when to report or what was held: 每月上旬报送, 含下旬补充, 上半月活动.
func partNamed(s Statement) (part string, from, to calendar.Date) {
	month := calendar.MonthOf(s.Period.Start)
	for _, m := range partOfMonth().FindAllStringSubmatch(spelling.Squash(s.At.Text), -1) {
		if m[3] != "" || m[1] != "" && written.Atoi(m[1]) != int(month.Start.Month()) {
			continue
		}
		name := strings.Replace(m[2], "个", "", 1)
		first := month.Start + calendar.Date(partDays[name][0]-1)
		last := min(month.Start+calendar.Date(partDays[name][1]-1), month.End())
		if part == "" {
			part, from, to = m[2], first, last
		}
		from, to = min(from, first), max(to, last)
	}
	return part, from, to
}

// worked says whether there is a working day from one day to another.
func (r *periodReader) worked(from, to calendar.Date) bool {
	for d := from; d <= to; d++ {
		if r.rd.Zone.Calendar.IsWorkday(d) {
			return true
		}
	}
	return false
}

// datedOutside says whether a row is dated in the month, but not in the part of it.
func (r *periodReader) datedOutside(month calendar.Period, from, to calendar.Date) bool {
	k := r.pt.Form.Index(r.pt.Form.OwnDate)
	if k < 0 || r.pt.Form.Columns[k].Type != forms.Date {
		return false
	}
	for _, t := range r.pt.Tables {
		for i := range t.Lines {
			w, ok := wroteIn(&t.Lines[i], k)
			if !ok {
				continue
			}
			year := w.Year
			if year == 0 {
				year = month.Start.Year()
			}
			if day := w.Date(year); month.Contains(day) && (day < from || day > to) {
				return true
			}
		}
	}
	return false
}
