package numfmt

import (
	"fmt"
	"testing"
)

// TestShown: what a format adds to whole numbers is shown; of any other format the number is read.
func TestShown(t *testing.T) {
	for _, tt := range []struct{ number, format, want string }{
		{"1", `"CL-"000`, "CL-001"},
		{"1234", `"CL-"000`, "CL-1234"},
		{"12", "0000", "0012"},
		{"5", `"第"0"批"`, "第5批"},
		{"20220001", `0000"-"0000`, "2022-0001"},
		{"7", `\C\L\-000`, "CL-007"},
		{"7", `C!L-000`, ""},
		{"7", `"CL-"G/通用格式`, "CL-7"},
		{"7", `"CL-"@`, "CL-7"},
		{"7", `[>=1000]"A-"0;"B-"000`, "B-007"},
		{"7", `"XT"##0_ `, "XT7"},
		{"7", `[$湘-804]000`, "湘007"},
		{"20220001", `[DBNum1]0`, ""},
		{"7", "", ""}, {"7", "General", ""}, {"7", "0", ""}, {"7", "@", ""}, {"7", "0.00", ""}, {"1234", "#,##0", ""}, {"7", "0%", ""},
		{"12345", `0!.0,"万"`, ""}, {"44774", `yyyy"年"m"月"`, ""}, {"7.5", `"CL-"000`, ""}, {"-7", `"CL-"000`, ""}, {"7", `"男"`, ""}, {"7", `"CL-`, ""},
	} {
		var value float64
		if _, err := fmt.Sscan(tt.number, &value); err != nil {
			t.Fatal(err)
		}
		if got, ok := Shown(tt.format, tt.number, value); got != tt.want && (ok || tt.want != "") || ok != (tt.want != "") {
			t.Errorf("%s in %s: %q %v, want %q", tt.number, tt.format, got, ok, tt.want)
		}
	}
}

// TestPadded: noughts behind decimals are shown; where a format rounds, groups or says more, the number is read.
func TestPadded(t *testing.T) {
	for _, tt := range []struct {
		value        float64
		digits       string
		format, want string
	}{
		{1.1, "1.1", "0.00", "1.10"},
		{2.5, "2.5", "#0.000_ ", "2.500"},
		{1.1, "1.1", "[Red]0.00;-0.00", "1.10"},
		{1.1, "1.1", "0.0", ""}, {1.25, "1.25", "0.0", ""}, {1.1, "1.1", "0.0#", ""}, {1, "1", "0.00", ""}, {1.1, "1.1", "", ""},
		{1.1, "1.1", "0.00%", ""}, {1.1, "1.1", `0.00"万"`, ""}, {1.1, "1.1", "#,##0.00", ""}, {1.1, "1.1", "@", ""}, {-1.1, "-1.1", "0.00", ""},
	} {
		if got, ok := Padded(tt.format, tt.digits, tt.value); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s in %s: %q %v, want %q", tt.digits, tt.format, got, ok, tt.want)
		}
	}
}
