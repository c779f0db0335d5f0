package ods

import (
	"strings"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
	"taizhang/internal/xmlscan"
)

// Comments implements [sheet.Commented]: they stand among the cells (ODF 14.1).
func (o *book) Comments(int) ([]sheet.Comment, error) { return o.said, nil }

// annotation reads an office:annotation whose start was just told, of the cell at hand.
func (s *scan) annotation(row, col int) error {
	x := s.x
	var text, author []byte
	inP, inAuthor := 0, 0
	err := x.Within(func(t xmlscan.Token) (err error) {
		switch t {
		case xmlscan.Start:
			switch string(x.Name) {
			case "p", "h":
				if inP = x.Depth; len(text) > 0 {
					text = append(text, '\n')
				}
			case "creator":
				inAuthor = x.Depth
			case "line-break":
				text = append(text, '\n')
			}
		case xmlscan.End:
			if x.Depth < inP {
				inP = 0
			}
			if x.Depth < inAuthor {
				inAuthor = 0
			}
		case xmlscan.CharData:
			switch {
			case inAuthor > 0:
				author, err = stored.AppendText(author, x.Text, x.CDATA)
			case inP > 0 && len(text) < sheet.CommentBytes:
				text, err = stored.AppendText(text, x.Text, x.CDATA)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	s.said = sheet.AddComment(s.said, row, col, strings.TrimSpace(string(author)), text)
	return nil
}
