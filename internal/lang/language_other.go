//go:build !windows

package lang

// systemLanguage: elsewhere than on Windows the environment says it all.
func systemLanguage() string { return "" }
