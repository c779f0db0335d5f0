package text

import "taizhang/internal/charset"

// Divides tells what divides the fields of a text, and whether its first line only says so.
func Divides(data []byte, cs charset.Charset) (sep byte, skipLine bool) {
	return separator(sampleLines(data, cs))
}
