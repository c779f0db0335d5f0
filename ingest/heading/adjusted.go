package heading

import (
	"regexp"
	"slices"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/written"
)

// A deadline that was put off stands in a column of its own, beside the one that was set first: 原定办结时限, 调整后办结时限.
// The later one holds where it is filled in, else the first.
var (
	adjustedHead = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:(?:调整|变更|延期|顺延|展期|修改|修订|延长)后|最新|新|现)的?(.{2,})$|^(.{2,}?)\(?(?:(?:调整|变更|延期|顺延|展期|修改|修订|延长)后)\)?$`)
	})
	originalHead = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:原定|原计划|原来|原先|原|最初|初始|首次)的?(.{2,})$`)
	})
)

// takeAdjusted finds both columns of deadlines.
func (l *Reader) takeAdjusted(pg *Page, h *Head) (said Notes) {
	var heads map[int]columnHead
	for i := range h.Form.Columns {
		c := &h.Form.Columns[i]
		if c.Role != forms.Deadline || c.Type != forms.Date {
			continue
		}
		if heads == nil {
			heads = pg.heads(h.Row, h.Height)
		}
		later := l.headed(h, heads, i, adjustedHead())
		first := l.headed(h, heads, i, originalHead())
		at := h.Column(c.Field)
		if at != nil && at.Col > 0 && first == 0 {
			first = at.Col
		}
		if first == 0 || later == 0 && at != nil {
			continue
		}
		p := Placed{Field: c, Col: first, Title: heads[first].whole}
		f := finding.HeadingClose(written.Short(p.Title, 30), c.Title)
		if later > 0 {
			p.Col, p.Before, p.Title = later, first, heads[later].whole
			f = finding.DeadlineAdjusted(c.Title, written.Short(heads[first].whole, 20), written.Short(p.Title, 20))
		}
		h.Columns = slices.DeleteFunc(slices.Clone(h.Columns), func(p Placed) bool { return p.Field == c })
		h.take(&p)
		h.extra = slices.DeleteFunc(h.extra, func(s string) bool { return s == heads[first].whole || s == heads[first].title })
		h.doubled = slices.DeleteFunc(slices.Clone(h.doubled), func(d twin) bool { return d.col == p.Col || d.col == p.Before })
		said.Add(f.At(pg.Under(h, &p)))
	}
	return said
}

// headed is the first column without a field whose heading is that of the form's ith column behind such words; 0 if none is.
func (l *Reader) headed(h *Head, heads map[int]columnHead, i int, words *regexp.Regexp) (first int) {
	for col, head := range heads {
		if h.at(col) != nil || first > 0 && col > first {
			continue
		}
		for _, n := range head.names {
			m := words.FindStringSubmatch(n)
			if m == nil {
				continue
			}
			rest := m[1]
			if len(m) > 2 {
				rest += m[2]
			}
			if known, ok := l.Vocab.names[h.Form.ID].find(rest); ok && known.index == i {
				first = col
			}
		}
	}
	return first
}

// KeepAdjusted lets a head that stands again have both columns of a deadline as the first one has.
func (h *Head) KeepAdjusted(first *Head) {
	for _, p := range first.Columns {
		if p.Before > 0 {
			h.Columns = append(slices.DeleteFunc(slices.Clone(h.Columns), func(q Placed) bool { return q.Field == p.Field }), p)
		}
	}
}
