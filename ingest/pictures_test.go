package ingest

import (
	"context"
	"strings"
	"testing"
	"time"

	"taizhang/ingest/judge"
	"taizhang/ingest/read"
)

// TestPictures: a photo of a table in the place of its rows is no nil return, and said to be what it is.
func TestPictures(t *testing.T) {
	in := testIntake(t, officeZone)
	head := "惠企资金兑付台账（2022年7月）\n单位：万元\n企业名称 | 统一社会信用代码 | 政策项目 | 兑付金额 | 兑付日期\n"
	for _, tt := range []struct{ name, text, rule, message string }{
		{"photo under a head", head, "nil_doubtful", "却有图片"},
		{"photo, and the word for nothing", head + "本月无\n", "nil_return", ""},
		{"photo beside rows", head + "湖南甲机械有限公司 | 91430300MA4L16JJ55 | 智能制造 | 20 | 2022-07-05\n", "", ""},
		{"nothing but a photo", "\n", "empty", "只有图片"},
	} {
		content := withParts(t, parseBook(tt.text).xlsx(), map[string][]byte{"xl/media/image1.png": []byte("\x89PNG\r\n\x1a\n")})
		p := in.read.Parse(read.File{Folder: "财政局", Name: "a.xlsx", Content: content, ReceivedAt: time.Date(2022, 8, 5, 9, 0, 0, 0, in.Zone.Location)})
		j, err := in.judge.File(context.Background(), judge.NewHistory(in.Zone.Location, in.Forms), p, 1)
		if err != nil {
			t.Fatal(err)
		}
		f := j.Report.Returns[0].Findings
		switch {
		case tt.rule == "" && len(f) == 0:
		case len(f) != 1 || f[0].Rule != tt.rule || !strings.Contains(f[0].Message, tt.message):
			t.Errorf("%s: %v", tt.name, f)
		}
	}
}
