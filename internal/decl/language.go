package decl

import (
	"os"
	"strings"
)

// Language of messages.
type Language int

// The languages that messages are written in.
const (
	English Language = iota
	Chinese
)

// Spoken is the language of the system: that of LC_ALL, LC_MESSAGES or LANG,
// the first that is set, as POSIX has it; where none is, what the system says
// its windows speak. Anything but Chinese is English.
func Spoken() Language { return spoken(os.Getenv, systemLanguage) }

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
