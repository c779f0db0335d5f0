package judge

import (
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/read"
	"taizhang/ingest/written"
)

// looseKey is a key without what a spreadsheet takes from numbers or adds to them: leading zeros (001 saved as a number
// is 1), decimals of nothing (12.0 from a data frame), powers of ten (1.2E3).
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
		}
	}
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
