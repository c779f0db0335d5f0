package office

import (
	"testing"

	"taizhang/internal/metric"
)

// TestDifferencesAreSaid: what a rebuild computed otherwise is told in words in Chinese, without the codes that are compared.
func TestDifferencesAreSaid(t *testing.T) {
	c, err := metric.Load()
	if err != nil {
		t.Fatal(err)
	}
	z := &Zone{Metrics: c}
	for _, d := range []struct{ what, before, after, english, chinese string }{
		{"closure_rate street 双马街道", "0.5", "0.6", "closure_rate street 双马街道: 0.5 → 0.6", "办结率（街道双马街道）：0.5 → 0.6"},
		{"problems_collected 未填", "3", "", "problems_collected 未填: 3 → —", "收集问题：3 → 无"},
	} {
		if said := z.differs(d.what, d.before, d.after); said.English != d.english || said.Chinese != d.chinese {
			t.Errorf("%s: %+v", d.what, said)
		}
	}
}
