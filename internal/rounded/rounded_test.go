package rounded

import "testing"

// TestHalvesGoUp: as Excel, WPS and LibreOffice show them, whatever binary arithmetic makes of them.
func TestHalvesGoUp(t *testing.T) {
	for _, c := range []struct {
		got, want string
	}{
		{Percent(13.0/80, 1), "16.3%"}, {Percent(0.1235, 1), "12.4%"}, {Percent(0.8285, 1), "82.9%"}, {Percent(-0.1625, 1), "-16.3%"},
		{Percent(1, 1), "100.0%"}, {Percent(0.99949, 1), "99.9%"}, {Percent(0.9995, 1), "100.0%"},
		{Text(188.95, 1), "189.0"}, {Text(2.675, 2), "2.68"}, {Text(1.005, 2), "1.01"}, {Text(0.5, 0), "1"}, {Text(2.5, 0), "3"}, {Text(-2.5, 0), "-3"},
		{Text(0, 1), "0.0"}, {Text(24600000.004, 2), "24600000.00"}, {Text(123456789.125, 2), "123456789.13"},
	} {
		if c.got != c.want {
			t.Errorf("%s, not %s", c.got, c.want)
		}
	}
}
