package sheet

import (
	"bytes"
	"unicode/utf8"
)

// AddBox keeps the text of a shape as a comment that says what it is.
func AddBox(list []Comment, row, col int, text []byte) []Comment {
	n := len(list)
	if n > 0 && list[n-1].Box && list[n-1].Row == row && list[n-1].Col == col && list[n-1].Text == string(bytes.TrimSpace(text)) {
		return list // written twice, for older programs
	}
	if list = AddComment(list, row, col, "", text); len(list) > n {
		list[n].Box = true
	}
	return list
}

// Comment is a remark that hangs on a cell (批注). It is no part of the cell's value.
type Comment struct {
	Row, Col     int // from 1
	Author, Text string
	Box          bool // a text box or another shape: see boxes.go
}

// Ref gives the address of its cell in A1 form.
func (c Comment) Ref() string { return Ref(c.Row, c.Col) }

// MaxComments and commentBytes bound what is kept of a sheet's comments: they are told of, and nothing is read from them.
const (
	MaxComments  = 10_000
	CommentBytes = 4 << 10
)

// Commented is a [Source] that knows the comments of a sheet: of the one whose rows it gave last.
type Commented interface {
	Comments(i int) ([]Comment, error)
}

// AddComment keeps a comment unless nobody sees anything in it.
func AddComment(list []Comment, row, col int, author string, text []byte) []Comment {
	text = bytes.ToValidUTF8(bytes.TrimSpace(text), nil)
	if len(list) >= MaxComments || len(text) == 0 {
		return list
	}
	if len(text) > CommentBytes {
		for text = text[:CommentBytes]; !utf8.Valid(text); text = text[:len(text)-1] {
		}
	}
	return append(list, Comment{Row: row, Col: col, Author: author, Text: string(text)})
}
