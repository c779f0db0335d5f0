package read

import (
	"cmp"
	"strings"

	"taizhang/ingest/layout"
)

// keysRead are the keys of a return so far.
type keysRead struct {
	seen    map[string]int          // of the rows that count: index of the record; nil as long as each key comes after the one before
	last    string                  // the latest of them
	refused map[string]*layout.Line // of those that don't
}

// after says whether a key comes after another where rows are numbered in their order: 10 after 9, P-0010 after P-0009.
func after(key, other string) bool {
	if n := cmp.Compare(len(key), len(other)); n != 0 {
		return n > 0
	}
	return strings.Compare(key, other) > 0
}

// record is the index of the record that has a key. Most ledgers are numbered in the order of their rows, where a number that
// goes on is a new one.
func (k *keysRead) record(pt *Part, key string) (int, bool) {
	if k.seen == nil {
		if after(key, k.last) {
			return 0, false
		}
		k.seen = make(map[string]int, cap(pt.Records))
		for i := range pt.Records {
			if key := pt.Records[i].Key; key != "" {
				k.seen[key] = i
			}
		}
	}
	i, ok := k.seen[key]
	return i, ok
}

// again holds a row against the one that had its key before, and says so; true where the two are the same and it counts once.
func (k *keysRead) again(rd *Reader, pt *Part, r *Record, one *lineReader) bool {
	if r.Key == "" {
		return false
	}
	first, dup := k.record(pt, r.Key)
	other := k.refused[r.Key]
	switch {
	case r.refuse == nil && !dup && other == nil: // nearly all
	case !dup && other == nil, lacksKey(pt.Form, r.Line.Head):
	case r.refuse == nil && dup:
		return rd.repeated(pt, &pt.Records[first], r, one)
	case !hasWholeKey(pt.Form, r):
	case dup:
		tellRepeated(pt, pt.Records[first].Line, r)
	default:
		tellRepeated(pt, other, r)
	}
	return false
}

// note remembers the key of a row that is kept: the next of the records, or a refused one.
func (k *keysRead) note(pt *Part, r *Record) {
	switch {
	case r.refuse == nil && r.Key != "":
		if k.last = r.Key; k.seen != nil {
			k.seen[r.Key] = len(pt.Records)
		}
	case r.refuse != nil && k.refused[r.Key] == nil && hasWholeKey(pt.Form, r):
		k.refused[r.Key] = r.Line
	}
}
