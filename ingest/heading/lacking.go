package heading

import (
	"regexp"
	"slices"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/written"
)

// What is said of a required column that no heading names, by what stands there instead.

// corrected and before begin the headings of two columns, of which a correction shows one beside the other.
var (
	corrected = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(更正|修正|订正|调整|修改|变更|改正)后|^(现|应为|更正为)`)
	})
	before = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(更正|修正|订正|调整|修改|变更|改正)前|^原`)
	})
)

// LackingColumns are the required columns of which nothing stands in the head.
func LackingColumns(h *Head, at finding.Place) (said Notes) {
	amounts, in := h.amountsIn()
	for _, c := range h.Missing {
		if c == amounts && lostByPeriod(h, in) { // see periodsBare
			continue
		}
		if c == h.Crossed || h.joins(c) || slices.Contains(h.rollup, c.Field) || slices.Contains(h.others, c.Field) && h.Form.Mode == forms.Period {
			continue
		}
		at.Field = c.Field
		f := h.lacks(c)
		if c == amounts && len(in) == 1 {
			f = finding.MissingColumnLike(c.Title, in[0].title)
		}
		said.Add(f.At(at))
	}
	return said
}

// lacks is what is said of a required column that isn't there: what stands in its place, where something does.
func (h *Head) lacks(c *forms.Column) finding.Finding {
	if c.Type == forms.Code && slices.ContainsFunc(h.extra, func(x string) bool { return written.Heading(x) == "序号" }) {
		return finding.MissingCode(c.Title)
	}
	if several := numberedLike(c, h.extra); len(several) > 1 {
		return finding.MissingColumnNumbered(c.Title, several)
	}
	if parts := partsLike(c, h.extra); len(parts) > 1 {
		if k := slices.IndexFunc(parts, corrected().MatchString); len(parts) == 2 && k >= 0 && before().MatchString(parts[1-k]) {
			return finding.MissingColumnCorrected(c.Title, parts, parts[k])
		}
		return finding.MissingColumnParts(c.Title, parts)
	}
	if values := valuesIn(c, h.extra); len(values) > 1 {
		return finding.MissingColumnTicks(c.Title, values)
	}
	if group, parts := partsOf(c, h.extra); len(parts) > 1 {
		return finding.MissingColumnSplit(c.Title, group, parts, IsNumber(c))
	}
	if g := written.Closest(c.Title, h.extra); g != "" && !h.closestToo(c, g) {
		return finding.MissingColumnLike(c.Title, written.Short(g, 20))
	}
	return finding.MissingColumn(c.Title)
}

// closestToo says whether a heading is as close to another required column that is missing: 交办日期—办结时限 is neither.
func (h *Head) closestToo(c *forms.Column, heading string) bool {
	return slices.ContainsFunc(h.Missing, func(o *forms.Column) bool { return o != c && written.Closest(o.Title, h.extra) == heading })
}

// partsOf gives the headings below a group that is named as a column is: 省级 and 市级 below 兑付金额.
func partsOf(c *forms.Column, headings []string) (group string, parts []string) {
	for _, s := range headings {
		above := lastLevel(levelsAbove(s))
		spellings, _, _ := written.HeadingForms(above)
		is := func(x string) bool { return slices.Contains(spellings, written.Heading(x)) }
		if above != "" && (is(c.Title) || slices.ContainsFunc(c.Synonyms, is)) {
			group, parts = above, append(parts, lastLevel(s))
		}
	}
	return group, parts
}

// valuesIn gives the headings that are listed values of a column, as they stand there.
func valuesIn(c *forms.Column, headings []string) (out []string) {
	for _, s := range headings {
		leaf := lastLevel(s)
		is := func(x string) bool { return written.Heading(x) == written.Heading(leaf) }
		if slices.ContainsFunc(c.Values, func(v forms.Value) bool { return is(v.Name) || slices.ContainsFunc(v.Variants, is) }) {
			out = append(out, leaf)
		}
	}
	return out
}
