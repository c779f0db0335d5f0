// Package plot makes a chart of what a query gave, where its columns allow one:
// a column of labels, and one to three of numbers. Where they don't, it says why.
package plot
