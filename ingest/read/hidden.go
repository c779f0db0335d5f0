package read

import (
	"slices"
	"strings"

	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
)

// hidden is a column in whose texts numbers of persons were masked.
type hidden struct {
	first finding.Place
	rows  int
}

// hide notes that a cell's value was masked.
func (pt *Part) hide(at finding.Place) {
	i := slices.IndexFunc(pt.hidden, func(h hidden) bool { return h.first.Field == at.Field })
	if i < 0 {
		pt.hidden = append(pt.hidden, hidden{first: at})
		i = len(pt.hidden) - 1
	}
	pt.hidden[i].rows++
}

// tellHidden says where numbers of persons were masked: what is stored is not what was written.
func (pt *Part) tellHidden() {
	for _, h := range pt.hidden {
		title := h.first.Field
		if k := pt.Form.Index(title); k >= 0 {
			title = pt.Form.Columns[k].Title
		}
		pt.Add(finding.NumbersHidden(title, h.rows).At(h.first))
	}
}

// tellNames says so of the names of the file and its sheets.
func (p *Parsed) tellNames() {
	if p.Parts == nil {
		return
	}
	for _, name := range append([]string{p.File.Folder}, p.File.Name) {
		if f := p.nameHidden("文件名", name); f != nil {
			p.Parts[0].Add(*f)
			break
		}
	}
	for _, pt := range p.Parts {
		for _, s := range pt.Ret.Sheets {
			if f := p.nameHidden("工作表名称", s); f != nil {
				pt.Add(f.At(finding.Place{Sheet: s}))
			}
		}
	}
}

// nameHidden says what was masked in a name; nil where nothing was.
func (p *Parsed) nameHidden(what, name string) *finding.Finding {
	var f finding.Finding
	switch {
	case slices.ContainsFunc(p.hide, func(h cell.Hiding) bool { return strings.Contains(name, h.Mask()) }):
		f = finding.NameTells(what)
	case strings.Contains(name, "****"):
		f = finding.NameHidden(what)
	default:
		return nil
	}
	return &f
}
