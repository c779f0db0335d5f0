package numfmt

import "testing"

// TestHides: what nobody can see of values is known by their format; noughts left out of a table are no hiding.
func TestHides(t *testing.T) {
	for _, tt := range []struct {
		code                           string
		positive, negative, zero, text bool
	}{
		{";;;", true, true, true, true},
		{";;", true, true, true, false},
		{";;;@", true, true, true, false},
		{`"";"";"";""`, true, true, true, true},
		{"[Red];;;", true, true, true, true},
		{"0;;", false, true, false, false},
		{"0;-0;;@", false, false, false, false},
		{"0", false, false, false, false}, {"", false, false, false, false}, {"[>0]0;;", false, false, false, false},
	} {
		h := Of(tt.code).Hides
		if h.Hides(false, 5) != tt.positive || h.Hides(false, -5) != tt.negative || h.Hides(false, 0) != tt.zero || h.Hides(true, 0) != tt.text {
			t.Errorf("%s: %04b", tt.code, h)
		}
	}
}
