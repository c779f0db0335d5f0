package zone

import (
	"bytes"
	_ "embed"
	"strings"

	"taizhang/internal/calendar"
	"taizhang/internal/decl"
)

//go:embed sample.yaml
var sample string

// Sample returns a small working configuration for a new zone, every key of
// which is explained for its operator in Chinese comments. What is owed is
// owed from the week of a day on: without since nobody would be asked for
// anything before the first return came in.
func Sample(name string, on calendar.Date) []byte {
	name = strings.Trim(strings.TrimSpace(name), "“”‘’「」《》") // pasted with the quotes of a text
	if name == "" {
		name = "示例园区"
	}
	return []byte(strings.NewReplacer("{{zone}}", decl.Scalar(strings.Map(dropControl, name)), "{{week}}", calendar.WeekOf(on).String()).Replace(sample))
}

// SampleInChinese is Sample for whoever makes the zone in Chinese: its command
// line and log speak Chinese whatever the system's language is.
func SampleInChinese(name string, on calendar.Date) []byte {
	return bytes.Replace(Sample(name, on), []byte("\n# language: zh  "), []byte("\nlanguage: zh  "), 1)
}

func dropControl(r rune) rune {
	if r < ' ' {
		return ' '
	}
	return r
}
