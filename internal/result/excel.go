package result

import (
	"strconv"
	"strings"
)

// ForExcel quotes a text of a CSV file that Excel would run as a formula, in
// the way in which Excel shows it as it is.
func ForExcel(text string) string {
	if len(text) < 2 || !strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return text
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return text
	}
	if len(text) > 250 || strings.ContainsAny(text, "\r\n") { // Excel takes no longer text in a formula
		return "'" + text
	}
	return `="` + strings.ReplaceAll(text, `"`, `""`) + `"`
}
