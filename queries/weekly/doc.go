// Package weekly makes the weekly workbook, and the texts and lists that go out
// beside it. The workbook is declared in weekly.yaml: sheets of blocks, each
// from a metric, from metrics over a dimension, or from a SELECT over the
// models. No sheet needs Go. The words of the declaration:
//
//	title, heading, note, text, box   prose; {names} are filled in, see template
//	figures                           headline figures as cards
//	list                              figures as the rows of a table
//	table, charts                     rows and what is drawn from them
//	rows                              the rows behind the headline figures
//	movers                            sentences on the figures that moved most
//	worst                             sentences on what is worst
//
// An issue is one workbook with what goes out beside it; the previous one is
// what 更正说明 compares with. «Last week» is the as-of date seven days before,
// computed from the returns known now: a change then shows what happened, while
// what corrections did to figures already issued stands in 更正说明.
//
// A new block or sheet is an entry of weekly.yaml (and of joined.yaml, for
// several zones), go generate ./cmd/taizhang reads it in; a new key of a block is
// read in declare.go (a table's in declare_table.go) and filled in build.go.
package weekly
