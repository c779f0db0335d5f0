package xls

import (
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
)

// SharedStrings reads a table of shared strings from the data of its records.
func SharedStrings(records ...[]byte) (*stored.Strings, error) {
	b := &biffBook{sst: records, lim: sheet.DefaultLimits()}
	err := b.loadShared()
	return b.shared, err
}
