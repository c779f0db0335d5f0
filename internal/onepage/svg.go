package onepage

import (
	"html"
	"html/template"
	"regexp"
	"strings"
	"sync"
)

var styled = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(` style="([^"]*)"`) })

// SVG draws the chart for a page whose policy allows no style attributes: what
// it looks like stands in presentation attributes. Empty where the chart has
// nothing to show.
func (c Chart) SVG() (template.HTML, error) {
	svg, err := c.svg()
	if err != nil || svg == "" {
		return "", err
	}
	return template.HTML(styled().ReplaceAllStringFunc(string(svg), func(s string) string {
		var b strings.Builder
		for _, d := range strings.Split(html.UnescapeString(styled().FindStringSubmatch(s)[1]), ";") {
			name, value, ok := strings.Cut(d, ":")
			if name = strings.TrimSpace(name); ok && name != "" {
				b.WriteString(" " + name + `="` + html.EscapeString(strings.TrimSpace(value)) + `"`)
			}
		}
		return b.String()
	})), nil
}
