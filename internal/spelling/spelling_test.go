package spelling

import "testing"

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "办结", 2}, {"办结率", "办结率", 0}, {"办结时限", "办结期限", 1}, {"closure_rat", "closure_rate", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 2}} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := Distance(c.b, c.a); got != c.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"closure_rate", "submitters", "双马街道", "year"}
	for word, want := range map[string]string{
		"closur_rate": "closure_rate", "closure_rte": "closure_rate", "submitetrs": "submitters", "SUBMITTERS": "submitters", "双马街": "双马街道",
		"双马": "双马街道", "month": "", "": "", "x": "", " year ": "year", "yaer": "year",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
	if got := Nearest(string(make([]rune, 1<<20)), known); got != "" {
		t.Errorf("of a million characters: %q", got)
	}
}
