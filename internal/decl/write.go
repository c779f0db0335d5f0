package decl

import (
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// Scalar writes a text as a value on one line that may stand anywhere, also
// among others in [ ] and before a colon: in quotes where YAML or this reader
// would take it for something else.
func Scalar(s string) string {
	n := &yaml.Node{}
	n.SetString(s)
	if strings.ContainsFunc(s, unsafe) || strings.Trim(s, curly) != s || strings.TrimSpace(s) != s || s == "" {
		n.Style = yaml.DoubleQuotedStyle
	}
	out, err := yaml.Dump(n, yaml.WithLineWidth(-1))
	text := strings.TrimSuffix(string(out), "\n")
	if err != nil || strings.Contains(text, "\n") {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(s) + `"`
	}
	return text
}

// unsafe are the characters that mean something in some place of a YAML file,
// or to this reader.
func unsafe(r rune) bool {
	return strings.ContainsRune(`,[]{}#&*!|>'"%@:?\，`+"`", r) || unicode.IsControl(r) || unicode.IsSpace(r) && r != ' '
}
