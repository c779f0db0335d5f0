package cell

import "testing"

func TestRollHidesTheNamesOfOtherRows(t *testing.T) {
	r := NewRoll()
	r.Add([]Hiding{{"司马小红", "司*"}, {"张三", "张*"}, {"张三丰", "张*"}, {"平安", "平*"}, {"王", "*"}, {"12", "**"}, {"户主", "户*"}, {"0731-58221234", "073*****1234"}, {"湖南秘密（集团）有限公司", "湖***"}})
	for text, want := range map[string]string{
		"儿媳司马小红":               "儿媳司*",
		"儿媳司 马　小红，共12人":        "儿媳司*，共12人",
		"张三丰与张三":               "张*与张*",
		"户主张三，电话0731-58221234": "户主张*，电话073*****1234",
		"湖南秘密(集团)有限公司的下属企业":    "湖***的下属企业",
		"平安村":            "平安村",
		"平安社区5组":         "平安社区5组",
		"平安的家":           "平*的家",
		"10731-58221234": "10731-58221234",
		"":               "",
		"王":              "王",
	} {
		if got := r.Hide(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	if got := (*Roll)(nil).Hide("张三"); got != "张三" {
		t.Errorf("without a roll: %q", got)
	}
}
