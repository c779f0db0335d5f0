package judge

import (
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/read"
	"taizhang/ingest/written"
)

// looseKey is a key without what a spreadsheet takes from numbers or adds to them: leading zeros (001 saved as a number
// is 1), noughts behind decimals (12.0 from a data frame, 1.10 by its format), powers of ten (1.2E3).
func looseKey(key string) string {
	if !strings.ContainsAny(key, "0e") {
		return key
	}
	parts := strings.Split(key, read.KeySep)
	for i, p := range parts {
		parts[i] = loosePart(p)
	}
	return strings.Join(parts, read.KeySep)
}

func loosePart(p string) string {
	if strings.ContainsAny(p, ".e") && len(p) < 40 {
		if d, err := written.ParseDecimal(p); err == nil {
			if n, lost := d.Rounded(0); lost == 0 {
				return n.String()
			}
			if whole, _, ok := strings.Cut(p, "."); ok && len(whole) < 4 { // 2022.10 is a month
				p = strings.TrimRight(p, "0")
			}
		}
	}
	return withoutNoughts(p)
}

// withoutNoughts leaves out the noughts with which numbers in a text begin.
func withoutNoughts(p string) string {
	if !strings.Contains(p, "0") {
		return p
	}
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		leading := p[i] == '0' && (i == 0 || !isDigit(p[i-1]))
		for leading && i+1 < len(p) && p[i] == '0' && isDigit(p[i+1]) {
			i++
		}
		b.WriteByte(p[i])
	}
	return b.String()
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isPadded says whether a number in a key begins with a nought that adds nothing.
func isPadded(key string) bool {
	for i := 0; i+1 < len(key); i++ {
		if key[i] == '0' && isDigit(key[i+1]) && (i == 0 || !isDigit(key[i-1])) {
			return true
		}
	}
	return false
}

// mayBeAlike says whether two of the rows that count may differ by leading noughts alone. Where all that begin with noughts are
// equally long and nothing is shorter, as in a ledger numbered 0001 to 12345, none do.
func mayBeAlike(records []read.Record) bool {
	shortest, padded, longest := 1<<30, 1<<30, 0
	for i := range records {
		switch key := records[i].Key; {
		case isPadded(key):
			padded, longest = min(padded, len(key)), max(longest, len(key))
		case key != "":
			shortest = min(shortest, len(key))
		}
	}
	return padded < longest || shortest < longest
}

// isNumber says whether rows are told apart by the codes of a column.
func isNumber(c forms.Column) bool { return c.InKey && c.Type == forms.Code }

// tellAlike asks about rows of one return whose keys differ only by leading noughts: 001 and 1 count as two.
func tellAlike(pt *read.Part) {
	if !slices.ContainsFunc(pt.Form.Columns, isNumber) || !mayBeAlike(pt.Records) {
		return
	}
	seen, count := map[string]*read.Record{}, 0
	var one, other *read.Record
	for i := range pt.Records {
		r := &pt.Records[i]
		bare := withoutNoughts(r.Key)
		first := seen[bare]
		if first == nil {
			seen[bare] = r
		}
		if r.Key == "" || first == nil || first.Key == r.Key {
			continue
		}
		if count++; count == 1 {
			one, other = r, first
		}
	}
	if count > 0 {
		shown := written.Short(one.Shown, 40)
		pt.Add(finding.KeyAlike(shown, written.Short(other.Shown, 40), other.Line.N, count).
			At(finding.Place{Sheet: one.Line.Sheet, Row: one.Line.N, Cell: read.KeyCell(pt.Form, one.Line), Value: shown}))
	}
}

// sameKeys finds which of the earlier keys that are gone came back in another spelling: earlier keys by the new ones.
// Where two of a side are alike, nobody can tell which is which, and neither is matched.
func sameKeys(gone, fresh []string) map[string]string {
	if len(gone) == 0 || len(fresh) == 0 {
		return nil
	}
	return matched(gone, fresh, looseKey)
}

// matched pairs keys that are the same but for what like leaves out: the first by the second.
func matched(gone, fresh []string, like func(string) string) map[string]string {
	alike := func(keys []string) map[string]string {
		m := make(map[string]string, len(keys))
		for _, k := range keys {
			l := like(k)
			if other, twice := m[l]; twice && other != k {
				k = ""
			}
			m[l] = k
		}
		return m
	}
	now, out := alike(fresh), map[string]string{}
	for l, old := range alike(gone) {
		if k := now[l]; k != "" && old != "" && l != "" {
			out[k] = old
		}
	}
	return out
}

// foldSpellings takes keys that only changed their spelling out of those that are gone, says so once, and gives the
// earlier rows by the keys as they are written now.
func foldSpellings(pt *read.Part, before map[string]KeyState, gone []string, name func(string) string) (map[string]KeyState, []string) {
	same := sameKeys(gone, freshKeys(pt, before))
	if len(same) == 0 {
		return before, gone
	}
	was := make(map[string]KeyState, len(before)+len(same))
	for k, s := range before {
		was[k] = s
	}
	back := map[string]bool{}
	for k, old := range same {
		was[k], back[old] = before[old], true
	}
	var fd finding.Finding
	for _, list := range [][]read.Record{pt.Records, pt.Refused} {
		for i := range list {
			r := &list[i]
			old, ok := same[r.Key]
			if !ok || fd.Value != "" && (fd.Sheet != r.Line.Sheet || fd.Row < r.Line.N) {
				continue
			}
			fd = finding.KeySpelling(written.Short(name(old), 40), written.Short(r.Shown, 40), len(same)).
				At(finding.Place{Sheet: r.Line.Sheet, Row: r.Line.N, Cell: read.KeyCell(pt.Form, r.Line), Value: written.Short(r.Shown, 40)})
		}
	}
	if fd.Rule != "" {
		pt.Add(fd)
	}
	return was, slices.DeleteFunc(gone, func(k string) bool { return back[k] })
}

// freshKeys are the keys of a return that were not there before.
func freshKeys(pt *read.Part, before map[string]KeyState) (fresh []string) {
	for _, k := range pt.LineKeys {
		if _, known := before[k]; k != "" && !known {
			fresh = append(fresh, k)
		}
	}
	return fresh
}
