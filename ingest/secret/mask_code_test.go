package secret

import (
	"testing"
)

// TestIsPersonal: what has the shape of a 统一社会信用代码 is a person's number only where it is no code.
func TestIsPersonal(t *testing.T) {
	withCheck := func(s string) string { return s + string(CreditCodeCheck(s+"0")) }
	for s, want := range map[string]bool{
		"430304199001011231":           true, // by its check character
		"430304199001011232":           true, // a slip, and no code
		"91430300MA4L16JJ55":           false,
		"91430300MA4L16JJ5X":           false, // no code, but no person either
		withCheck("12430319900101MA1"): false, // an institution whose digits read as a birthday
		"12430319900101MA10":           false, // letters: nobody's number
	} {
		if got := IsPersonal(s); got != want {
			t.Errorf("%s: %t", s, got)
		}
	}
}
