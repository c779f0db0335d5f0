// Package shell is an interactive prompt for SQL: it reads statements from a
// terminal, completes names, keeps a history, runs one statement at a time and
// shows long results page by page. It knows nothing of what is queried.
//
// Words: a statement is what is run at once, SQL up to a semicolon, or one line
// that begins with a dot (a command of the shell) or an at sign (a saved
// query); a candidate is what may stand in the place of a word half typed.
package shell
