package web

import (
	"html/template"

	"taizhang/internal/onepage"
)

// drawing is a chart with its picture.
type drawing struct {
	Title string
	SVG   template.HTML
}

func draw(charts ...onepage.Chart) ([]drawing, error) {
	var out []drawing
	for _, c := range charts {
		svg, err := c.SVG()
		if err != nil {
			return nil, err
		}
		if svg != "" {
			out = append(out, drawing{c.Title, svg})
		}
	}
	return out, nil
}
