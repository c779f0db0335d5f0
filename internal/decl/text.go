package decl

import "taizhang/internal/lang"

// Faults are said in both languages; these are the words of package lang.
type (
	Text     = lang.Text
	Language = lang.Language
)

// The languages that faults are said in.
const (
	English = lang.English
	Chinese = lang.Chinese
)

// Say fills a sentence in both languages, as lang.Say does.
func Say(english, chinese string, args ...any) Text { return lang.Say(english, chinese, args...) }

// word is a name that is the same in both languages, such as a key.
func word(s string) Text { return Text{English: s, Chinese: s} }
