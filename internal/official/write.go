package official

import (
	"fmt"
	"io"

	"taizhang/internal/opc"
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
	z := opc.NewWriter(w, opc.Small)
	for _, p := range parts {
		if err := z.Put(p.name, []byte(p.text)); err != nil {
			return fmt.Errorf("write document %q: %w", d.Title, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write document %q: %w", d.Title, err)
	}
	return nil
}
