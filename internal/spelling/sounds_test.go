package spelling

import "testing"

func TestInitials(t *testing.T) {
	for text, want := range map[string]string{"问题台账": "wttz", "所属街道": "ssjd", "牵头单位": "qtdw", "办结率": "bjl", "安置就业人数": "azjyrs", "座": "z", "啊": "a", "报送编号2": "bsbh2", "A类": "al",
		"mart.metric_week": "martmetricweek", "": "", "鑫": "", "（%）": "", "𠮷": ""} {
		if got := Initials(text); got != want {
			t.Errorf("Initials(%q) = %q instead of %q", text, got, want)
		}
	}
}
