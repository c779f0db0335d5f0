package official

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// counter numbers the headings of a document.
type counter struct{ at [5]int }

var marks = sync.OnceValue(func() [5]*regexp.Regexp {
	return [5]*regexp.Regexp{
		1: regexp.MustCompile(`^([一二三四五六七八九十百]+)、`),
		2: regexp.MustCompile(`^[（(]([一二三四五六七八九十百]+)[）)]`),
		3: regexp.MustCompile(`^([0-9]+)[.．]`),
		4: regexp.MustCompile(`^[（(]([0-9]+)[）)]`),
	}
})

// mark returns the text with the mark of its level.
func (c *counter) mark(level int, text string) string {
	clear(c.at[level+1:])
	if m := marks()[level].FindStringSubmatch(text); m != nil {
		c.at[level] = numeral(m[1])
		return text
	}
	c.at[level]++
	n := c.at[level]
	switch level {
	case 1:
		return chinese(n) + "、" + text
	case 2:
		return "（" + chinese(n) + "）" + text
	case 3:
		return fmt.Sprintf("%d.%s", n, text)
	}
	return fmt.Sprintf("（%d）%s", n, text)
}

const digits = "零一二三四五六七八九"

// chinese writes 1 to 99 as 一 to 九十九; others in figures.
func chinese(n int) string {
	digit := func(d int) string { return string([]rune(digits)[d]) }
	switch {
	case n < 1 || n > 99:
		return strconv.Itoa(n)
	case n < 10:
		return digit(n)
	}
	s := "十"
	if n >= 20 {
		s = digit(n/10) + s
	}
	if n%10 > 0 {
		s += digit(n % 10)
	}
	return s
}

// numeral reads what chinese writes, and figures; 0 for anything else.
func numeral(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	tens, ones, ten := strings.Cut(s, "十")
	if !ten {
		tens, ones = "", s
	}
	digit := func(s string, none int) int {
		if s == "" {
			return none
		}
		return max(0, runes(digits[:max(0, strings.Index(digits, s))]))
	}
	n := digit(ones, 0)
	if ten {
		n += 10 * digit(tens, 1)
	}
	return n
}

// headingLevel tells by its mark which level a line of plain text is a heading
// of; 0 for none. A heading is short and does not end as a sentence does.
func headingLevel(line string) int {
	if runes(line) > 40 || strings.HasSuffix(line, "。") || strings.HasSuffix(line, "；") {
		return 0
	}
	for level := 1; level <= 2; level++ {
		if marks()[level].MatchString(line) {
			return level
		}
	}
	return 0
}
