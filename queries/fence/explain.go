package fence

import (
	"database/sql"
	"regexp"
	"strings"
	"sync"

	"taizhang/internal/result"
)

// explains is what stands before the statement that EXPLAIN is asked about: comments, the word, ANALYZE, options in brackets (FORMAT json).
var explains = sync.OnceValue(func() *regexp.Regexp {
	const between = `(?:\s|--[^\n]*(?:\n|$)|/\*(?s:.*?)\*/)`
	return regexp.MustCompile(`(?i)^` + between + `*explain\b` + between + `*(?:analyze\b` + between + `*)?(?:\(\s*(?:analyze|format)\b[^()]*\)` + between + `*)?`)
})

// explained is the statement whose plan is asked for; ok says that one is. Comments within comments are the engine's to
// tell apart: before such a one nothing is.
func explained(query string) (inner string, ok bool) {
	at := explains().FindStringIndex(query)
	if at == nil || strings.Count(query[:at[1]], "/*") != strings.Count(query[:at[1]], "*/") {
		return "", false
	}
	return query[at[1]:], true
}

// planLines are a plan's rows as EXPLAIN gives them, each one text that holds a drawing, as one row for each line of it: a
// table shows a value on one line.
func planLines(rows *sql.Rows) (columns []result.Column, lines []string, err error) {
	names, err := rows.Columns()
	if err != nil || len(names) == 0 {
		return nil, nil, err
	}
	texts := make([]string, len(names))
	into := make([]any, len(names))
	for i := range texts {
		into[i] = &texts[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, nil, err
		}
		lines = append(lines, strings.Split(strings.TrimRight(texts[len(texts)-1], "\n"), "\n")...)
	}
	return []result.Column{{Name: names[len(names)-1], Type: "VARCHAR"}}, lines, rows.Err()
}
