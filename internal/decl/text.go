package decl

import "fmt"

// Text is a sentence in the two languages of the command line.
type Text struct{ English, Chinese string }

// Say fills a sentence in both languages with the same values, in the manner
// of fmt.Sprintf; the Chinese one may take them in another order (%[2]s).
// Values that are a Text take the form of the language around them. Without a
// Chinese sentence the English one stands for both.
func Say(english, chinese string, args ...any) Text {
	if chinese == "" {
		chinese = english
	}
	en, zh := make([]any, len(args)), make([]any, len(args))
	for i, a := range args {
		if t, ok := a.(Text); ok {
			en[i], zh[i] = t.English, t.Chinese
		} else {
			en[i], zh[i] = a, a
		}
	}
	if len(args) == 0 {
		return Text{english, chinese}
	}
	return Text{fmt.Sprintf(english, en...), fmt.Sprintf(chinese, zh...)}
}

// In gives the sentence in a language.
func (t Text) In(l Language) string {
	if l == Chinese {
		return t.Chinese
	}
	return t.English
}

// Error makes a refusal of a sentence, in the language of the system.
func (t Text) Error() string { return t.In(Spoken()) }

// word is a name that is the same in both languages, such as a key.
func word(s string) Text { return Text{s, s} }
