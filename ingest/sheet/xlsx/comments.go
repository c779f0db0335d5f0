package xlsx

import (
	"bytes"
	"strings"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
	"taizhang/internal/xmlscan"
)

// Comments implements [sheet.Commented] (ECMA-376 18.7). What is said in threads stands there too, for programs that know none.
func (w *workbook) Comments(i int) (list []sheet.Comment, err error) {
	rels, err := w.pack.relations(w.parts[i], w.lim)
	if err != nil {
		return nil, err
	}
	for _, r := range rels {
		switch {
		case !w.pack.Has(r.target):
		case r.typ == "comments":
			list, err = w.commentsIn(r.target, list)
		case r.typ == "drawing":
			list, err = w.boxesIn(r.target, list)
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (w *workbook) commentsIn(part string, list []sheet.Comment) ([]sheet.Comment, error) {
	var authors []string
	var text []byte
	err := w.pack.starts(part, w.lim.InflatedBytes, w.lim, func(x *xmlscan.Scanner) (err error) {
		switch string(x.Name) {
		case "author":
			text, err = wholeText(x, text[:0])
			authors = append(authors, strings.TrimSpace(string(text)))
		case "comment":
			row, col, ok := parseRef([]byte(x.AttrString("ref")))
			by := x.AttrInt("authorId", -1)
			if text, _, err = richText(x, text[:0]); err == nil && ok {
				author := ""
				if by >= 0 && by < len(authors) {
					author = authors[by]
				}
				list = sheet.AddComment(list, row, col, author, spoken(text))
			}
		}
		return err
	})
	return list, err
}

// wholeText joins all text of the element whose start was just told.
func wholeText(x *xmlscan.Scanner, dst []byte) ([]byte, error) {
	err := x.Within(func(t xmlscan.Token) (err error) {
		if t == xmlscan.CharData {
			dst, err = stored.AppendText(dst, x.Text, x.CDATA)
		}
		return err
	})
	return dst, err
}

// spoken leaves out what a program says around a comment that is the first of a thread: [Threaded comment] … Comment: …
func spoken(text []byte) []byte {
	if !bytes.HasPrefix(text, []byte("[")) {
		return text
	}
	head, rest, ok := bytes.Cut(text, []byte("\n\n"))
	if !ok || bytes.IndexByte(head, ']') < 0 || !bytes.Contains(text, []byte("LinkId=870924")) {
		return text
	}
	if i := bytes.LastIndex(rest, []byte("\n\n")); i >= 0 {
		rest = rest[i+2:]
	}
	if _, said, ok := bytes.Cut(rest, []byte("\n")); ok {
		return said
	}
	return rest
}
