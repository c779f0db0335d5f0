//go:build !windows

package decl

// systemLanguage: elsewhere than on Windows the environment says it all.
func systemLanguage() string { return "" }
