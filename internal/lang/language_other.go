//go:build !windows

package lang

// systemLanguage: elsewhere than on Windows the environment says it all.
func systemLanguage() string { return "" }

// ownCauses: elsewhere than on Windows all answers have their common names.
var ownCauses []systemCause
