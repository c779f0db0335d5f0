package lang

import (
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
)

// Language of messages.
type Language int

// The languages that messages are written in.
const (
	English Language = iota
	Chinese
)

// chosen is the language that a zone asked for, less one; 0: none did.
var chosen atomic.Int32

// Speak makes a language the one spoken from now on, whatever the system's is:
// what a zone's declaration asks for.
func Speak(l Language) { chosen.Store(int32(l) + 1) }

// SpeakAsSystem takes Speak back.
func SpeakAsSystem() { chosen.Store(0) }

// While speaks a language as long as something is done for somebody who speaks it, then again what was spoken before.
// The language is the process's: whoever else writes to people meanwhile speaks it too, so that what is done for somebody
// is to keep the others waiting.
func While(l Language, do func()) {
	before := chosen.Swap(int32(l) + 1)
	defer chosen.Store(before)
	do()
}

// MarshalText is how a language is passed on: zh or en.
func (l Language) MarshalText() ([]byte, error) {
	if l == Chinese {
		return []byte("zh"), nil
	}
	return []byte("en"), nil
}

// UnmarshalText reads what MarshalText writes.
func (l *Language) UnmarshalText(text []byte) error {
	*l = languageOf(string(text))
	return nil
}

// Spoken is the language to write to people in: the one that Speak chose, else
// that of the system, namely of LC_ALL, LC_MESSAGES or LANG, the first that is
// set, as POSIX has it; where none is, what the system says its windows speak.
// Anything but Chinese is English.
func Spoken() Language {
	if l := chosen.Load(); l != 0 {
		return Language(l - 1)
	}
	return spoken(os.Getenv, systemLanguage)
}

// asked is a line of a declaration that asks for a language.
var asked = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^language[ \t]*[:：][ \t]*["'“]?(zh|en)\b`)
})

// LanguageAsked tells which language a declaration asks for with a line such as
// "language: zh", also where the rest of it can't be read.
func LanguageAsked(declaration []byte) (Language, bool) {
	m := asked().FindSubmatch(declaration)
	if m == nil {
		return English, false
	}
	return languageOf(string(m[1])), true
}

func spoken(getenv func(string) string, system func() string) Language {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			return languageOf(v)
		}
	}
	return languageOf(system())
}

// languageOf reads a locale (zh_CN.UTF-8) or a language tag (zh-Hans-CN).
func languageOf(name string) Language {
	name = strings.ToLower(name)
	if name == "zh" || strings.HasPrefix(name, "zh_") || strings.HasPrefix(name, "zh-") || strings.HasPrefix(name, "zh.") ||
		strings.HasPrefix(name, "chinese") {
		return Chinese
	}
	return English
}
