// Package meaning says in a database itself what its tables, views and columns mean.
//
// Words: a comment is what is said of one of them, in Chinese, with the unit of what is counted; it comes from the form, from
// the model's first line, or from comments.tsv.
//
// What a built-in table or column means that neither form nor model tells belongs into comments.tsv.
package meaning
