package workbook

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // the kinds of pictures that
	_ "image/png"  // programs agree on

	"github.com/xuri/excelize/v2"
)

// Picture is a small image, such as a zone's logo.
type Picture struct {
	data   []byte
	suffix string
	height int // pixels
}

// NewPicture reads a PNG or JPEG file.
func NewPicture(data []byte) (*Picture, error) {
	c, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("want a PNG or JPEG picture: %w", err)
	}
	if c.Height <= 0 || c.Width <= 0 || c.Width > 4000 || c.Height > 4000 {
		return nil, fmt.Errorf("a picture of %d × %d pixels; at most 4000 × 4000", c.Width, c.Height)
	}
	return &Picture{data: data, suffix: "." + kind, height: c.Height}, nil
}

// picture puts a picture at the left end of a row, as high as the row.
func (w *writer) picture(c *canvas, rowNo int, p *Picture) error {
	scale := (c.rows[rowNo-1].height*96/72 - 6) / float64(p.height)
	return w.f.AddPictureFromBytes(c.name, fmt.Sprintf("A%d", rowNo), &excelize.Picture{
		Extension: p.suffix, File: p.data,
		Format: &excelize.GraphicOptions{ScaleX: scale, ScaleY: scale, OffsetX: 2, OffsetY: 3, AltText: "logo", Positioning: "oneCell"},
	})
}
