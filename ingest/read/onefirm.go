package read

import (
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/written"
)

// A firm has one credit code. Under two of them it is counted twice, and two firms under one code are counted once: rows of one
// return that say so are asked about, each firm once.

// firmSeen is the first row that names a firm, or a code.
type firmSeen struct {
	record int
	told   bool
}

// firmsAndCodes compares names and codes over the rows of a return.
func (pt *Part) firmsAndCodes() {
	name, code := pt.Form.Index("enterprise"), -1
	for k := range pt.Form.Columns {
		if pt.Form.Columns[k].Type == forms.USCC {
			code = k
		}
	}
	if name < 0 || code < 0 {
		return
	}
	folded := map[string]string{} // names as written: few are new
	byName, byCode := map[string]*firmSeen{}, map[string]*firmSeen{}
	for i := range pt.Records {
		n, c := pt.Records[i].Value(name), pt.Records[i].Value(code)
		if !n.Set || !c.Set {
			continue
		}
		firm, ok := folded[n.Text]
		if !ok {
			firm = written.Fold(n.Text)
			folded[n.Text] = firm
		}
		if seen := byName[firm]; seen == nil {
			byName[firm] = &firmSeen{record: i}
		} else if first := pt.Records[seen.record].Value(code); first.Text != c.Text && !seen.told {
			seen.told = true
			l := pt.Records[i].Line
			pt.Add(finding.TwoCodes(written.Short(n.Text, 30), whereIs(pt.Records[seen.record].Line, l), first.Text).At(placeOf(l, code, c.Text)))
		}
		if seen := byCode[c.Text]; seen == nil {
			byCode[c.Text] = &firmSeen{record: i}
		} else if first := written.Fold(pt.Records[seen.record].Value(name).Text); first != firm && !seen.told && !strings.Contains(first, firm) && !strings.Contains(firm, first) {
			seen.told = true
			l := pt.Records[i].Line
			pt.Add(finding.TwoFirms(c.Text, whereIs(pt.Records[seen.record].Line, l), written.Short(pt.Records[seen.record].Value(name).Text, 30)).At(placeOf(l, name, written.Short(n.Text, 30))))
		}
	}
}
