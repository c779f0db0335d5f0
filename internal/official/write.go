package official

import (
	"archive/zip"
	"fmt"
	"io"
)

// Write writes the document as a .docx file.
func (d Document) Write(w io.Writer) error {
	b := body{}
	b.document(d)
	parts := []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRels},
		{"word/document.xml", b.String()},
		{"word/_rels/document.xml.rels", documentRels},
		{"word/styles.xml", styles()},
		{"word/settings.xml", settings},
		{"word/fontTable.xml", fontTable()},
		{"word/footer1.xml", footer("right")},
		{"word/footer2.xml", footer("left")},
		{"docProps/core.xml", core(d)},
		{"docProps/app.xml", appProps},
	}
	z := zip.NewWriter(w)
	for _, p := range parts {
		// A header without time: the bytes depend on the content alone.
		f, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate})
		if err != nil {
			return fmt.Errorf("write document %q: %w", d.Title, err)
		}
		if _, err := io.WriteString(f, p.text); err != nil {
			return fmt.Errorf("write document %q: %w", d.Title, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write document %q: %w", d.Title, err)
	}
	return nil
}
