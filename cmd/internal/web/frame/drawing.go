package frame

import (
	"html/template"

	"taizhang/internal/onepage"
)

// Drawing is a chart with its picture.
type Drawing struct {
	Title string
	SVG   template.HTML
}

func Draw(charts ...onepage.Chart) ([]Drawing, error) {
	var out []Drawing
	for _, c := range charts {
		svg, err := c.SVG()
		if err != nil {
			return nil, err
		}
		if svg != "" {
			out = append(out, Drawing{c.Title, svg})
		}
	}
	return out, nil
}
