package read

import (
	"slices"
	"strings"

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
		if strings.Contains(name, "****") {
			p.Parts[0].Add(finding.NameHidden("文件名"))
			break
		}
	}
	for _, pt := range p.Parts {
		for _, s := range pt.Ret.Sheets {
			if strings.Contains(s, "****") {
				pt.Add(finding.NameHidden("工作表名称").At(finding.Place{Sheet: s}))
			}
		}
	}
}
