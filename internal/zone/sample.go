package zone

import (
	_ "embed"
	"strings"

	"taizhang/internal/decl"
)

//go:embed sample.yaml
var sample string

// Sample returns a small working configuration for a new zone, every key of
// which is explained for its operator in Chinese comments.
func Sample(name string) []byte {
	name = strings.Trim(strings.TrimSpace(name), "“”‘’「」《》") // pasted with the quotes of a text
	if name == "" {
		name = "示例园区"
	}
	return []byte(strings.Replace(sample, "{{zone}}", decl.Scalar(strings.Map(dropControl, name)), 1))
}

func dropControl(r rune) rune {
	if r < ' ' {
		return ' '
	}
	return r
}
