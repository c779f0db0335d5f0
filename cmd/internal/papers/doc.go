// Package papers issues what an office sends out: the weekly workbook and what
// goes out beside it, each once, and mails it to those who get it.
//
// Words: a paper is a file in summaries/ that was issued for an as-of date; its
// kind says which (the workbook, the report, a 督办单, 一页通, a unit's extract);
// its content is what it says, without when it was made. The list is
// issued.json. A paper is pending from when the list names it until it lies
// under its name; a desk issues the papers of one zone, one desk at a time.
package papers
