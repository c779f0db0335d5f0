// Package transform builds tables from tables: it runs the SQL models in
// dependency order inside the caller's transaction, and checks them.
//
// Words: a model is one bare, portable SELECT in models/<layer>/<name>.sql
// that becomes <layer>.<name>; its header says what one row is, its grain (the
// columns that identify a row) and its checks (predicates that hold for every
// row). Staging (stg) renames and casts and is built as views; core holds the
// facts and dimensions of the returns that count; marts (mart) are what people
// look at, and never read other marts. A zone's own models folder adds to the
// built-in models or replaces them by name.
//
// Models depend on ctl.run alone for their as-of date and known-at time. The
// texts are stored in ctl.model, so that readers of a publication can evaluate
// them again for other dates.
//
// A new model is a file in models/core or models/mart, its cases beside it as
// .txtar; a check across models one in models/check. Staging follows from forms.
// What a new column means that no form says is a line of
// cmd/internal/office/meaning/comments.tsv; go generate ./cmd/taizhang lists it
// in docs/tables.md.
package transform
