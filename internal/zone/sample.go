package zone

import (
	_ "embed"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed sample.yaml
var sample string

// Sample returns a small working configuration for a new zone, every key of
// which is explained for its operator in Chinese comments.
func Sample(name string) []byte {
	name = strings.TrimSpace(name)
	if name == "" {
		name = "示例园区"
	}
	quoted, err := yaml.Marshal(name)
	if err != nil || strings.Contains(strings.TrimSpace(string(quoted)), "\n") {
		quoted = []byte(`"` + strings.Map(dropControl, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name)) + `"`)
	}
	return []byte(strings.Replace(sample, "{{zone}}", strings.TrimSpace(string(quoted)), 1))
}

func dropControl(r rune) rune {
	if r < ' ' {
		return ' '
	}
	return r
}
