package lang

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// Text is a sentence in the two languages of the command line.
type Text struct{ English, Chinese string }

// Say fills a sentence in both languages with the same values, in the manner
// of fmt.Sprintf; the Chinese one may take them in another order (%[2]s).
// Values that are a Text or an error take the form of the language around
// them. Without a Chinese sentence the English one stands for both.
func Say(english, chinese string, args ...any) Text {
	if chinese == "" {
		chinese = english
	}
	if len(args) == 0 {
		return Text{english, chinese}
	}
	return Text{fill(English, english, args), fill(Chinese, chinese, args)}
}

// fill is fmt.Sprintf with values in one language.
func fill(l Language, format string, args []any) string {
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a
		switch a := a.(type) {
		case Text:
			values[i] = a.In(l)
		case error:
			values[i] = In(a, l)
		case []Text:
			words := make([]string, len(a))
			for j, t := range a {
				words[j] = t.In(l)
			}
			values[i] = strings.Join(words, map[Language]string{English: ", ", Chinese: "、"}[l])
		}
	}
	return fmt.Sprintf(format, values...)
}

// In gives the sentence in a language.
func (t Text) In(l Language) string {
	if l == Chinese {
		return t.Chinese
	}
	return t.English
}

// Error makes a refusal of a sentence, in the language spoken.
func (t Text) Error() string { return t.In(Spoken()) }

// String is the sentence in the language spoken.
func (t Text) String() string { return t.In(Spoken()) }

// Phrase is Say in the language spoken now.
func Phrase(english, chinese string, args ...any) string {
	return Say(english, chinese, args...).String()
}

// spokenError is an error in both languages, and what it wraps.
type spokenError struct {
	Text
	wraps []error
}

func (e *spokenError) Unwrap() []error { return e.wraps }

// wrapping is the verb that wraps an error, which only Errorf knows.
var wrapping = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`%(\[\d+\])?w`) })

// Errorf makes an error of a sentence in both languages, as fmt.Errorf does of
// one: where the English one has %w, the error is wrapped.
func Errorf(english, chinese string, args ...any) error {
	e := &spokenError{}
	if n := len(wrapping().FindAllString(english, -1)); n > 0 {
		for _, a := range args {
			if err, ok := a.(error); ok && len(e.wraps) < n {
				e.wraps = append(e.wraps, err)
			}
		}
		english, chinese = wrapping().ReplaceAllString(english, "%${1}v"), wrapping().ReplaceAllString(chinese, "%${1}v")
	}
	e.Text = Say(english, chinese, args...)
	return e
}

// In is what an error says in a language: an error that knows both speaks it,
// also within others that are English; what the system says of files is
// translated where it is common. What nobody translated stays as it is.
func In(err error, l Language) string {
	switch e := err.(type) {
	case nil:
		return ""
	case interface{ In(Language) string }:
		return e.In(l)
	case interface{ Unwrap() []error }:
		return within(err, e.Unwrap(), l)
	}
	if l == Chinese {
		if text := ofSystem(err); text != "" {
			return text
		}
	}
	if inner := errors.Unwrap(err); inner != nil {
		return within(err, []error{inner}, l)
	}
	return err.Error()
}

// within is the text of an error with those that it wraps in a language.
func within(err error, inner []error, l Language) string {
	text := err.Error()
	for _, e := range inner {
		if e == nil {
			continue
		}
		text = strings.Replace(text, e.Error(), In(e, l), 1)
	}
	return text
}
