package xml2003

import (
	"taizhang/ingest/sheet"
	"taizhang/internal/xmlscan"
)

// Comments implements [sheet.Commented]: they stand among the cells of SpreadsheetML.
func (w *book) Comments(int) ([]sheet.Comment, error) { return w.said, nil }

// comment reads a Comment whose start was just told; the text of the cell stays as it is.
func (s *scan) comment(c *sheet.Cell) error {
	x := s.x
	author, kept := x.AttrString("Author"), s.text
	s.text = nil
	for base := x.Depth; x.Depth >= base; {
		t, err := x.Next()
		if err == nil && t == xmlscan.EOF {
			err = sheet.Damage("XML ends in the middle")
		}
		if err == nil && t == xmlscan.Start && string(x.Name) == "Data" {
			err = s.dataText()
		}
		if err != nil {
			return err
		}
	}
	s.w.said = sheet.AddComment(s.w.said, c.Row, c.Col, author, s.text)
	s.text = kept
	return nil
}
