package xml2003

import "taizhang/ingest/sheet"

// Comments implements [sheet.Commented]: they stand among the cells of SpreadsheetML.
func (w *book) Comments(int) ([]sheet.Comment, error) { return w.said, nil }

// comment reads a Comment whose start was just told; the text of the cell stays as it is.
func (s *scan) comment(c *sheet.Cell) error {
	author, kept := s.x.AttrString("Author"), s.text
	s.text = nil
	err := s.x.Elements(func() error {
		if string(s.x.Name) != "Data" {
			return nil
		}
		return s.dataText()
	})
	if err != nil {
		return err
	}
	s.w.said = sheet.AddComment(s.w.said, c.Row, c.Col, author, s.text)
	s.text = kept
	return nil
}
