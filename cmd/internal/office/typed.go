package office

import (
	"runtime"
	"strings"
)

// Typed is an argument as one types it at a prompt, for commands that are shown to be copied: in quotes where it holds what a
// shell would take as its own. They are double ones where they can be, since Windows knows no others.
func Typed(arg string) string { return typedOn(runtime.GOOS, arg) }

func typedOn(system, arg string) string {
	own := " \t\n&;<>()|*?!#'\"`$[]{}^%"
	if system != "windows" {
		own += `\`
	}
	switch {
	case arg != "" && !strings.ContainsAny(arg, own):
		return arg
	case system == "windows":
		return `"` + strings.TrimRight(arg, `\`) + `"` // \" would be a quotation mark
	case strings.ContainsAny(arg, "\"$`\\!"):
		return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
	}
	return `"` + arg + `"`
}
