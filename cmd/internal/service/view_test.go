package service

import (
	"strings"
	"testing"
	"unicode"

	"taizhang/internal/zone"
)

// TestJobsAreShownInBothLanguages: when a job is done and why it isn't is said in the language of whoever asks.
func TestJobsAreShownInBothLanguages(t *testing.T) {
	b := served(t, "2022-08-15 12:30", "as_of: 2022-08-15\nschedule: {tidy: off}\n")
	v, err := Look(t.Context(), b.s.Zone(), b.at("2022-08-15 12:40"))
	if err != nil {
		t.Fatal(err)
	}
	why := map[string]string{}
	for _, j := range v.Jobs {
		why[j.Name] = j.Why.Chinese
		for _, english := range []string{j.Why.English, j.Schedule.English} {
			if strings.ContainsFunc(english, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s: %q", j.Name, english)
			}
		}
	}
	if why[zone.JobMail] != "taizhang.yaml 没有写 mail:" || why[zone.JobTidy] != "taizhang.yaml 中已关闭（off）" || why[zone.JobIntake] != "服务未运行（taizhang serve）" {
		t.Error(why)
	}
}
