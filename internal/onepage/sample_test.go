package onepage

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func samplePage() Page {
	weeks := []string{"4/18", "4/25", "5/2", "5/9", "5/16", "5/23", "5/30", "6/6", "6/13", "6/20", "6/27", "7/4", "7/11", "7/18", "7/25", "8/1", "8/8", "8/15"}
	var in, out []float64
	for i := range weeks {
		in = append(in, 20+float64(i)*11.5)
		out = append(out, 5+float64(i)*10.2)
	}
	return Page{
		Title:    "湘潭高新区工作周报",
		Subtitle: "本期：2022年8月9日至8月15日　截至2022年8月15日　数据版本：2022-08-15 12:00",
		Coverage: "本周报送：应报42份，实报40份，缺报2份：板塘街道（问题台账）、财政局（惠企资金兑付台账）",
		Cards: []Card{
			{Label: "办结率", Value: "82.9%", Detail: "办结179／收集216", Last: "80.4%", Change: "▲ 2.5个百分点", Tone: Better, Target: "90.0%", Light: Amber},
			{Label: "收集问题", Value: "216", Unit: "个", Last: "209", Change: "▲ 7"},
			{Label: "办结问题", Value: "179", Unit: "个", Last: "168", Change: "▲ 11", Tone: Better},
			{Label: "超期未办结", Value: "3", Unit: "个", Last: "1", Change: "▲ 2", Tone: Worse, Target: "0", Light: Red},
			{Label: "按期办结率", Value: "91.3%", Detail: "158／173", Last: "91.0%", Change: "▲ 0.3个百分点", Tone: Better, Target: "90.0%", Light: Green},
			{Label: "企业反馈问题解决率", Value: "73.8%", Detail: "解决189／交办256", Last: "73.8%", Change: "— 持平"},
			{Label: "惠企资金兑付", Value: "2,460", Unit: "万元", Detail: "53家企业", Last: "2,310", Change: "▲ 150", Tone: Better},
			{Label: "留抵退税", Value: "58,000", Unit: "万元", Last: "57,100", Change: "▲ 900"},
			{Label: "融资授信", Value: "1,800", Unit: "万元", Last: "1,800", Change: "— 持平"},
			{Label: "招聘达成意向", Value: "969", Unit: "人次", Last: "969", Change: "— 持平"},
			{Label: "民生实事完成", Value: "6", Unit: "项", Detail: "共27项", Last: "5", Change: "▲ 1", Tone: Better, Target: "16.7（序时进度）", Light: Red},
			{Label: "报送完整率", Value: "", Detail: "本周无应报"},
		},
		Charts: []Chart{
			{Title: "累计收集与办结（个）", Kind: Line, Labels: weeks, Series: []Series{{"累计收集", in}, {"累计办结", out}}},
			{Title: "惠企资金兑付（万元）", Kind: Bar, Labels: []string{"智能制造", "制造强省", "高新技术企业", "科技研发奖补", "135工程奖补"}, Series: []Series{{"兑付金额", []float64{820, 610.5, 430, 350, 249.5}}}, Decimals: 1},
			{Title: "招聘转化（个、人次）", Kind: Funnel, Labels: []string{"求职", "岗位", "意向", "入职"}, Series: []Series{{"数量", []float64{10892, 4293, 969, 512}}}},
		},
		Heading: "本周变动",
		Sentences: []string{"办结率上升2.5个百分点至82.9%，主要因产业局新办结6个、双马街道新办结3个。", "超期未办结增加2个，均为建设局牵头的道路维修事项。",
			"惠企资金兑付增加150万元，为科技研发奖补（3家企业）。"},
		Box:    "领导批示",
		Footer: "绿：达到目标；黄：相差10个百分点（或10%）以内；红：相差更多；未设目标的不亮灯。上周数按本期数据版本重算。",
	}
}

func samples() map[string]Page {
	many := samplePage()
	for i := range 4 {
		c := many.Cards[i]
		c.Label = "一个名称特别长的指标用来检验换行是否正常" + c.Label
		many.Cards = append(many.Cards, c)
	}
	many.Charts = append(many.Charts, Chart{Title: "两组（%）", Kind: Bar, Labels: []string{"一月", "二月", "三月"},
		Series: []Series{{"按期办结率", []float64{0.8, 0.9, 0.95}}, {"办结率", []float64{0.7, math.NaN(), 0.9}}}, Percent: true})
	// As a weekly is: what needs attention stands first, each sentence over two lines at most, the footer over two.
	led := func(lead, sentences int) Page {
		p := samplePage()
		p.Lead = Section{Heading: "需要关注"}
		for range lead {
			p.Lead.Sentences = append(p.Lead.Sentences, Sentence{"企业反馈问题解决率73.8%，距目标80.0%差6.2个百分点（189/256），差件数最多的是湘潭高新技术产业开发区建设局（47/59），其次是社会事务局（12/21）。", Red})
		}
		p.Sentences = slices.Repeat(p.Sentences[:1], sentences)
		p.Footer += "数字由“明细”各表的行算出，点指标名称可见。"
		return p
	}
	return map[string]Page{
		"周报": led(3, 3), "周报长": led(5, 3), "周报多": led(5, 5),
		"一页通": samplePage(), "多": many, "空": {Title: "无数据", Coverage: "本周无应报报表", Cards: []Card{{Label: "办结率"}},
			Charts: []Chart{{Title: "趋势", Kind: Line, Labels: []string{"8/15"}, Series: []Series{{"收集", []float64{math.NaN()}}}}}},
		"一周": {Title: "一周", Charts: []Chart{
			{Title: "趋势", Kind: Line, Labels: []string{"8/15"}, Series: []Series{{"收集", []float64{216}}}},
			{Title: "零", Kind: Lying, Labels: []string{"甲", "乙"}, Series: []Series{{"数", []float64{0, 0}}}},
			{Title: "零漏斗", Kind: Funnel, Labels: []string{"甲", "乙"}, Series: []Series{{"数", []float64{0, 0}}}},
			{Title: "负数", Kind: Bar, Labels: []string{"甲", "乙"}, Series: []Series{{"数", []float64{-1200, 3000}}}},
		}},
	}
}

// TestSampleFiles leaves the samples in $ONEPAGE_OUT, to be looked at.
func TestSampleFiles(t *testing.T) {
	dir := os.Getenv("ONEPAGE_OUT")
	if dir == "" {
		t.Skip("ONEPAGE_OUT is not set")
	}
	for name, p := range samples() {
		f, err := os.Create(filepath.Join(dir, name+".html"))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Write(f); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
