// Package result holds what a query gives: columns, rows of plain values, and
// records, whose keys keep their order. Amounts stay exact: a decimal is the
// text of its digits, never a float.
package result
