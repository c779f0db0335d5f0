package read

import (
	"strings"

	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/layout"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// A firm has one credit code. Under two of them it is counted twice, and two firms under one code are counted once: rows of one
// return that say so are asked about, each firm once.

// firms are those that the rows of a return name so far. Nearly every row names one of them with its own code, and costs a look.
type firms struct {
	name, code int              // columns; -1 where the form has none
	written    map[string]*firm // by name as written
	folded     map[string]*firm // by name as compared
	codes      map[string]*firm
}

// firm is a firm as the first row that names it does.
type firm struct {
	name, code string
	line       *layout.Line
	told       bool // of its other code
	shared     bool // that another firm has its code: told, too
}

func newFirms(f *forms.Form) *firms {
	fs := &firms{name: f.Index("enterprise"), code: -1, written: map[string]*firm{}, folded: map[string]*firm{}, codes: map[string]*firm{}}
	for k := range f.Columns {
		if f.Columns[k].Type == forms.USCC {
			fs.code = k
		}
	}
	return fs
}

// see takes the values of a row that counts.
func (fs *firms) see(pt *Part, l *layout.Line, vals []cell.Value) {
	if fs.name < 0 || fs.code < 0 || !vals[fs.name].Set || !vals[fs.code].Set {
		return
	}
	name, code := vals[fs.name].Text, vals[fs.code].Text
	f := fs.written[name]
	if f != nil && f.code == code {
		return
	}
	if f == nil {
		name = strings.Clone(name)
		key := spelling.Fold(name)
		if f = fs.folded[key]; f == nil {
			f = &firm{name: name, code: strings.Clone(code), line: l}
			fs.folded[key] = f
		}
		fs.written[name] = f
	}
	if f.code != code && !f.told {
		f.told = true
		pt.Add(finding.TwoCodes(written.Short(name, 30), whereIs(f.line, l), f.code).At(l.Place(fs.code, code)))
	}
	other := fs.codes[code]
	if other == nil {
		fs.codes[strings.Clone(code)] = f
		return
	}
	a, b := spelling.Fold(other.name), spelling.Fold(name)
	if other != f && !other.shared && !strings.Contains(a, b) && !strings.Contains(b, a) {
		other.shared = true
		pt.Add(finding.TwoFirms(code, whereIs(other.line, l), written.Short(other.name, 30)).At(l.Place(fs.name, written.Short(name, 30))))
	}
}
