package heading

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// columnHead is the heading of one column over the levels of a head.
type columnHead struct {
	said    string   // its levels, from which the rest is read: see readColumnHead
	names   []string // candidates, best first
	more    []string // further ones, the last to be looked up
	joined  []string // the same with a level that says how or of when it is counted: 计划投资 of 投资 over 计划, 求职人次
	total   bool     // the sum of the columns beside it: 小计 under 兑付金额
	title   string
	whole   string // the title with that level
	unit    int
	hasUnit bool
	scale   int  // of a count: power of ten
	rollup  bool // a sum over several periods (累计)
	other   bool // another period, a plan, a comparison
	month   int  // the month that a level names, 0 if none
	year    int
	part    partOf    // of a date, that it names
	parts   dateParts // of the date that it heads

	looked                         bool // the next ones are filled in: see spellAll
	spelled, joinedSpelled, summed []spelled
}

// columnHead reads the heading of one column.
func (p *Page) columnHead(i, height, col int) columnHead {
	var levels []string
	seen := map[[2]int]bool{}
	for j := i; j < i+height; j++ {
		t, _, anchor := p.Level(j, col)
		if t == "" && j+1 < i+height { // an unmerged group heading stands in its first column only
			if below, _, _ := p.Level(j+1, col); below != "" {
				t = p.groupLeft(j, col)
			}
		}
		if t == "" || seen[anchor] || j > i && sight.Dashes(t) { // — below 企业名称, in the row of units
			continue
		}
		seen[anchor] = true
		if len(t) > 240 || len([]rune(t)) > 60 {
			levels = nil
			break
		}
		levels = append(levels, t)
	}
	if levels == nil {
		return columnHead{}
	}
	return knownColumns.Get(strings.Join(levels, "\x00"), readColumnHead)
}

// knownColumns keeps what columns' headings say: the heads of one run say much the same. What is kept is shared, and
// nobody changes its lists.
var knownColumns written.Memo[columnHead]

// readColumnHead reads the levels of a heading, from the top.
func readColumnHead(text string) (h columnHead) {
	h.said = strings.Clone(text)
	if names, joined := strings.CutPrefix(h.said, joinedDate); joined {
		h.names = strings.Split(names, "\x00")[1:]
		return h
	}
	levels := strings.Split(h.said, "\x00")
	var kept, whole, aside []string
	var forms [][]string
	for _, t := range levels {
		ns, unit, has := written.HeadingForms(t)
		bare := strings.Trim(ns[0], "()[]【】:")
		if exp, ok := written.UnitIn(bare); ok {
			unit, has, bare = exp, true, ""
		}
		if has {
			h.unit, h.hasUnit = unit, true
		}
		if exp, _, ok := written.CountScale(t); ok {
			h.scale = exp
		}
		if h.say(bare) {
			if joins(bare) {
				whole, aside = append(whole, t), append(aside, bare)
			}
			continue
		}
		if h.sayInside(t) {
			aside = append(aside, "")
		}
		if name := ns[0]; name != "" && name[0] >= '1' && name[0] <= '9' {
			if m := monthHeaded().FindStringSubmatch(name); m != nil { // 9月兑付金额
				h.month, ns = written.Atoi(m[1]), append(slices.Clone(ns), m[2])
			}
		}
		kept, whole, forms = append(kept, t), append(whole, t), append(forms, ns)
	}
	if len(kept) == 0 {
		return h
	}
	h.title, h.whole = strings.Join(kept, "/"), strings.Join(whole, "/")
	h.name(forms, aside)
	h.part = datePart(kept[len(kept)-1], forms[:len(forms)-1])
	h.more = append(h.more, written.CountedNames(kept[len(kept)-1])...)
	if len(aside) == 1 && aside[0] != "" && written.Counted().MatchString(aside[0]) { // 企业 over 家
		h.more = append(h.more, written.CountedNames(kept[len(kept)-1]+"/"+aside[0])...)
	}
	h.names, h.more, h.joined = slices.Clip(h.names), slices.Clip(h.more), slices.Clip(h.joined)
	return h
}

// sayInside takes what the brackets of a heading say: 兑付金额(累计).
func (h *columnHead) sayInside(t string) (said bool) {
	for _, m := range inParens(spelling.Squash(t)) {
		for _, word := range append(strings.FieldsFunc(m[1], betweenWords), m[1]) { // (元,本年累计)
			var inner columnHead
			if inner.say(word) {
				h.rollup, h.other = h.rollup || inner.rollup, h.other || inner.other
				said = said || inner.rollup || inner.other
			}
		}
	}
	return said
}

// name makes the candidates of what the levels of a heading may mean together; aside are those that name no field.
func (h *columnHead) name(forms [][]string, aside []string) {
	leaf := forms[len(forms)-1]
	groups := forms[:len(forms)-1]
	for k := len(groups) - 1; k >= 0; k-- {
		h.names = append(h.names, forms[k][0]+leaf[0], leaf[0]+forms[k][0])
	}
	h.names = append(h.names, leaf...)
	for _, n := range leaf {
		for _, w := range periodWords {
			if rest, ok := strings.CutPrefix(n, w); ok && rest != "" {
				h.names = append(h.names, rest)
			}
		}
	}
	for k := len(groups) - 1; k >= 0; k-- {
		if g := coreOf(forms[k][0]); g != forms[k][0] {
			h.more = append(h.more, g+leaf[0], leaf[0]+g)
		}
	}
	if h.total = len(groups) > 0 && sumLevel().MatchString(leaf[0]); h.total {
		h.more = append(h.more, groups[len(groups)-1]...)
	}
	if len(aside) == 1 && aside[0] != "" {
		for k := len(forms) - 1; k >= 0; k-- {
			g := forms[k][0]
			h.joined = append(h.joined, g+aside[0], aside[0]+g)
			if core := coreOf(g); core != g {
				h.joined = append(h.joined, core+aside[0], aside[0]+core)
			}
		}
	}
}

var (
	// sumLevel is the heading of the sum of the columns beside it.
	sumLevel = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(小计|合计|总计|共计|计)(数|额|金额)?$`)
	})
	// monthHeaded is a heading that names its month before what is counted.
	monthHeaded = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:20\d\d年)?(1[0-2]|[1-9])月份?(?:当月|本月|的)?([^底初末前中上下起至到—\-～~/份]\p{Han}+)$`)
	})
	// groupTail ends the heading of a group without naming anything more: 投资情况 over 计划 and 完成 is 投资.
	groupTail = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(完成|执行|落实|进展)?(情况|进展|进度|信息)$|(金额|数额|额|数)$`)
	})
)

// coreOf is what a group's heading is about: 投资 of 投资额, 投资情况, 投资进展.
func coreOf(group string) string {
	if core := groupTail().ReplaceAllString(group, ""); len([]rune(core)) >= 2 {
		return core
	}
	return group
}

// betweenWords divides what a bracket of a heading says into words.
func betweenWords(r rune) bool { return strings.ContainsRune(",，、;；:：/|", r) }

// inParens gives what stands in brackets in a heading, as the pattern's groups.
func inParens(s string) [][]string {
	if !strings.ContainsAny(s, "([【") {
		return nil
	}
	return written.InParens().FindAllStringSubmatch(s, -1)
}
