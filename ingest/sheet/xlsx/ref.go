package xlsx

import (
	"bytes"

	"taizhang/ingest/sheet"
)

// parseRef reads A1, also a1 and $A$1.
func parseRef(v []byte) (row, col int, ok bool) {
	i := 0
	if i < len(v) && v[i] == '$' {
		i++
	}
	at := i
	for i < len(v) && i < at+4 && (v[i]|0x20) >= 'a' && (v[i]|0x20) <= 'z' {
		col = col*26 + int(v[i]|0x20-'a') + 1
		i++
	}
	if i == at {
		return 0, 0, false
	}
	if i < len(v) && v[i] == '$' {
		i++
	}
	at = i
	for i < len(v) && i < at+9 && v[i]-'0' <= 9 {
		row = row*10 + int(v[i]-'0')
		i++
	}
	return row, col, i == len(v) && row > 0
}

// parseRange reads A1:B2 or A1.
func parseRange(v []byte) (r sheet.Range, ok bool) {
	a, b, two := bytes.Cut(v, []byte(":"))
	if r.Top, r.Left, ok = parseRef(a); !ok {
		return r, false
	}
	r.Bottom, r.Right = r.Top, r.Left
	if two {
		if r.Bottom, r.Right, ok = parseRef(b); !ok {
			return r, false
		}
	}
	if r.Top > r.Bottom {
		r.Top, r.Bottom = r.Bottom, r.Top
	}
	if r.Left > r.Right {
		r.Left, r.Right = r.Right, r.Left
	}
	return r, true
}
