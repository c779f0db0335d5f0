package judge

import (
	"slices"
	"strings"

	"taizhang/ingest/forms"
	"taizhang/ingest/read"
)

// Rows that were mended and have another key by that: amounts that are a part of the key and got their unit or were wrong, several
// names in one cell that got a row each. They are the same rows, and none of them is gone.

// amountPart is which part of a form's key is an amount; -1 where none is.
func amountPart(f *forms.Form) int {
	return slices.IndexFunc(f.Key, func(part forms.KeyPart) bool { return len(part) == 1 && f.Column(part[0]).Type == forms.Money })
}

// withoutPart gives a key without one of its parts.
func withoutPart(key string, n int) string {
	parts := strings.Split(key, read.KeySep)
	if n < 0 || n >= len(parts) {
		return key
	}
	return strings.Join(slices.Delete(parts, n, n+1), read.KeySep)
}

// otherAmounts finds which of the earlier keys that are gone came back with another amount: earlier keys by the new ones. Where two of
// a side are alike otherwise, nobody can tell which is which, and neither is matched.
func otherAmounts(f *forms.Form, gone, fresh []string) map[string]string {
	n := amountPart(f)
	if n < 0 || len(gone) == 0 || len(fresh) == 0 {
		return nil
	}
	return matched(gone, fresh, func(k string) string { return withoutPart(k, n) })
}

// wasSplit says whether a key that is gone named several in one part, one of which has a row of its own now: 长沙银行、建设银行.
func wasSplit(key string, now []string) bool {
	if !strings.ContainsAny(key, nameMarks) {
		return false
	}
	parts := strings.Split(key, read.KeySep)
	for i, part := range parts {
		names := strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune(nameMarks, r) })
		if len(names) < 2 {
			continue
		}
		one := slices.Clone(parts)
		for _, name := range names {
			if one[i] = strings.TrimSpace(name); slices.Contains(now, strings.Join(one, read.KeySep)) {
				return true
			}
		}
	}
	return false
}

// nameMarks stand between names.
const nameMarks = "、,，;；\n"
