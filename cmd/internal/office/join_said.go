package office

import (
	"strings"

	"taizhang/internal/lang"
)

// reasons lists why zones can't be used, a line each.
func (j *joining) reasons() string {
	var b strings.Builder
	for _, z := range j.report.Zones {
		if (z.State == JoinKept || z.State == JoinOut) && z.Reason != "" {
			b.WriteString("\n  " + strings.TrimSpace(z.Zone+" "+z.Name) + ": " + z.Reason)
		}
	}
	return b.String()
}

// end names the zones whose exports couldn't be used; the others are published.
func (j *joining) end() error {
	if len(j.culprit) == 0 {
		return nil
	}
	text := j.reasons()
	for _, c := range j.culprit {
		if !strings.Contains(text, c) {
			text += "\n  " + c
		}
	}
	return lang.Errorf("the other zones are joined and published, but not what is new of these:%s", "其余园区已汇集并发布，以下园区的新数据没有计入：%s", text)
}
