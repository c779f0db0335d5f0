package official

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var madeAt = time.Date(2022, 8, 15, 4, 0, 0, 0, time.UTC)

func sampleReport() Document {
	long := "截至目前，湘潭高新区共收集问题216个，办结179个，办结率为82.9%，未办结问题均按照完成时限有序推进中。制定了“六个一批”22项重点任务，推出多项“自选动作”，包括202家“一对一”联点企业强服务、3项建设领域历史遗留问题解难题、27项重点民生实事提品质、20项12345市长热线反复投诉问题等。"
	return Report{
		Title:    "湘潭高新区“走找想促”活动工作周报",
		Subtitle: "（截至2022年8月15日）",
		Blocks: Lines(strings.Join([]string{
			"一、统筹推进", long, "对市活动专班交办的59项问题清单进行责任分工，确保各项问题有效解决。领导班子深入联点单位调研走访38次，召开各类解难题协调会议18次。",
			"二、服务群众", "（一）帮扶救助", long, "（二）民生实事", long + long,
			"三、服务企业", long, long, "派出144名干部联点区内四上企业、中小企业共663家。"}, "\n")),
		Signature: Signature{Unit: "湘潭高新区管理委员会办公室", Date: "2022年8月15日"},
		Props:     Props{Creator: "湘潭高新区", Subject: "工作周报", Created: madeAt},
	}.Document()
}

func sampleReminder(n int) Document {
	r := Reminder{No: "督办〔2022〕33号", Unit: "产业局", AsOf: "2022年8月15日", ReplyBy: "2022年8月19日17:00",
		Signature: Signature{Unit: "湘潭高新区管委会办公室", Date: "2022年8月15日", Sealed: true}, Props: Props{Created: madeAt}}
	for i := range n {
		r.Items = append(r.Items, Item{"企业反馈问题交办清单", fmt.Sprintf("第3批 %d", i+1), "湖南立发釉彩科技有限公司反映厂区东侧道路破损，重型车辆通行困难，雨天积水严重",
			"2022-06-20", "2022-07-31", 15 + i, strings.Repeat("已会同双马街道现场踏勘，正在编制修复方案。", 1+i%2), []string{"", "欧阳某某"}[i%2]})
	}
	return r.Document()
}

func samples() map[string]Document {
	return map[string]Document{
		"周报": sampleReport(), "督办单": sampleReminder(3), "督办单_长": sampleReminder(40), "督办单_无": sampleReminder(0),
		"满页": {Blocks: []Block{Paragraph{Text: strings.Repeat("一二三四五六七八九十", 130), Lead: true}}},
		"空":  {},
		"怪": {Title: "𠮷<&>\"😀\x00\x1b\xff", To: "甲：", Blocks: []Block{
			Heading{0, "零级"}, Heading{9, "九级"}, Heading{1, ""}, Paragraph{Text: "=1+1\r\n\tTab"},
			Table{Title: "宽表", Columns: []Column{{Title: "事项"}, {Title: "数", Align: Right}}, Rows: [][]string{
				{strings.Repeat("三百字的项目名称", 40), "1"}, {}, {"一", "二", "三"}, {strings.Repeat("Nospacesatall", 30), ""}}},
			Table{Columns: []Column{{Title: "空表"}}}, Table{}, Form{}, Form{Rows: []FormRow{{}, {Fields: []Field{{Label: "一"}}}}},
		}, Signature: Signature{Unit: strings.Repeat("很长的单位名称", 6), Date: "2022年8月15日"}},
	}
}

// TestSampleFiles leaves the samples in $OFFICIAL_OUT, to be looked at.
func TestSampleFiles(t *testing.T) {
	dir := os.Getenv("OFFICIAL_OUT")
	if dir == "" {
		t.Skip("OFFICIAL_OUT is not set")
	}
	for name, d := range samples() {
		f, err := os.Create(filepath.Join(dir, name+".docx"))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Write(f); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
