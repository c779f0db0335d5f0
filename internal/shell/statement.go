package shell

import "strings"

// split cuts the first statement off a text: SQL ends at a semicolon (also the
// full-width one that Chinese input methods give) outside of strings, quoted
// names and comments. done is false where the text goes on.
func split(text string) (statement, rest string, done bool) {
	for i := 0; i < len(text); {
		n := token(text[i:])
		switch t := text[i : i+n]; {
		case t == ";" || t == "；":
			return strings.TrimSpace(text[:i]), text[i+n:], true
		case n > 1 && !closed(t):
			return "", text, false
		}
		i += n
	}
	return "", text, false
}

// token is the length of the string, quoted name, comment or character that a text begins with.
func token(text string) int {
	end := func(from int, mark string) int {
		if i := strings.Index(text[from:], mark); i >= 0 {
			return from + i + len(mark)
		}
		return len(text)
	}
	switch {
	case text[0] == '\'' || text[0] == '"':
		return end(1, text[:1]) // a doubled quote is two strings side by side, which ends at the same place
	case strings.HasPrefix(text, "--"):
		return end(2, "\n")
	case strings.HasPrefix(text, "/*"):
		return end(2, "*/")
	case strings.HasPrefix(text, "；"):
		return len("；")
	}
	return 1
}

// closed says whether a token of more than one character has its end.
func closed(t string) bool {
	switch {
	case t[0] == '\'' || t[0] == '"':
		return len(t) > 1 && t[len(t)-1] == t[0]
	case strings.HasPrefix(t, "/*"):
		return len(t) >= 4 && strings.HasSuffix(t, "*/")
	}
	return true // a comment to the end of the line, a full-width semicolon
}

// oneLine joins the lines of a statement for the history; comments to the end of a line are left out.
func oneLine(statement string) string {
	var b strings.Builder
	for i := 0; i < len(statement); {
		n := token(statement[i:])
		t := statement[i : i+n]
		switch {
		case strings.HasPrefix(t, "--"):
			t = " "
		case t[0] == '\'' || t[0] == '"':
		case strings.ContainsAny(t, "\n\r\t"):
			t = " "
		}
		if t != " " || !strings.HasSuffix(b.String(), " ") {
			b.WriteString(t)
		}
		i += n
	}
	return strings.TrimSpace(b.String())
}

// Words cuts a line into words at spaces; quotes hold a word with spaces together.
func Words(line string) []string {
	var out []string
	var word strings.Builder
	var quote rune
	begun := false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, begun = r, true
		case r == ' ' || r == '\t' || r == '　':
			if begun {
				out = append(out, word.String())
				word.Reset()
				begun = false
			}
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		out = append(out, word.String())
	}
	return out
}
