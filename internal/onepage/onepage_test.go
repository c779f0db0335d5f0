package onepage

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
)

func written(t *testing.T, p Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// checkAlone walks the file: nothing in it may run or be fetched.
func checkAlone(t *testing.T, text string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "link", "img", "iframe", "object", "embed", "image", "use", "foreignObject", "a", "base", "form":
			t.Errorf("<%s> in the page", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "href" || strings.Contains(a.Val, "url(") {
				t.Errorf("%s=%q on <%s>", a.Key, a.Val, n.Data)
			}
		}
	}
	if m := regexp.MustCompile(`https?:|url\(|@import|javascript:`).FindString(text); m != "" {
		t.Errorf("%q in the page", m)
	}
}

func TestSelfContained(t *testing.T) {
	for name, p := range samples() {
		t.Run(name, func(t *testing.T) {
			text := written(t, p)
			checkAlone(t, text)
			if text != written(t, p) {
				t.Error("two writes differ")
			}
			if strings.Contains(text, "ZgotmplZ") {
				t.Error("a value was refused by the template")
			}
		})
	}
}

func TestForeignTextIsText(t *testing.T) {
	evil := "</svg></style><script>alert(1)</script>\"'&<b onclick=x>\x00\x1b\xff]]>𠮷😀"
	p := Page{Title: evil, Subtitle: evil, Coverage: evil, Heading: evil, Box: evil, Footer: evil, Sentences: []string{evil},
		Cards: []Card{{Label: evil, Value: evil, Unit: evil, Detail: evil, Last: evil, Change: evil, Target: evil, Light: Light(evil)}}}
	for _, kind := range []Kind{Bar, Lying, Line, Funnel} {
		p.Charts = append(p.Charts, Chart{Title: evil, Kind: kind, Labels: []string{evil, evil},
			Series: []Series{{evil, []float64{2, 1}}, {evil, []float64{1, 2}}}})
	}
	text := written(t, p)
	checkAlone(t, text)
	if n := strings.Count(text, "<svg"); n != 4 {
		t.Errorf("%d charts", n)
	}
	if strings.ContainsAny(text, "\x00\x1b") || !utf8.ValidString(text) {
		t.Error("control characters or broken UTF-8 in the page")
	}
}

// TestFunnelNarrows: stages of which a later one is more than the one before are drawn as bars. A funnel would make its
// shares of them.
func TestFunnelNarrows(t *testing.T) {
	draw := func(kind Kind, values ...float64) string {
		t.Helper()
		svg, err := Chart{Title: "招聘转化", Kind: kind, Labels: []string{"岗位", "求职", "意向"}, Series: []Series{{"数量", values}}}.svg()
		if err != nil {
			t.Fatal(err)
		}
		return string(svg)
	}
	if draw(Funnel, 4293, 10892, 969) != draw(Lying, 4293, 10892, 969) {
		t.Error("a funnel widens")
	}
	if draw(Funnel, 10892, 4293, 4293) == draw(Lying, 10892, 4293, 4293) {
		t.Error("one that narrows is none")
	}
}

func TestChartsAreWellFormed(t *testing.T) {
	for _, c := range append(samplePage().Charts, samples()["多"].Charts...) {
		svg, err := c.svg()
		if err != nil {
			t.Fatal(err)
		}
		dec := xml.NewDecoder(strings.NewReader(string(svg)))
		for {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", c.Title, err)
			}
		}
		if strings.Contains(string(svg), "oboto") {
			t.Errorf("%s names a face of the library", c.Title)
		}
	}
}

// The x of a label is where the library thinks it must begin to stand centred,
// so it must know that Chinese is an em wide.
func TestChineseIsMeasured(t *testing.T) {
	style, err := face()
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range map[string]float64{"湘潭高新区": 5, "0123": 4 * 0.556, "82.9%": 3*0.556 + 0.278 + 0.889, "𠮷“”": 3} {
		if got := textWidth(s); math.Abs(got-want) > 0.001 {
			t.Errorf("%s: %v ems, want %v", s, got, want)
		}
	}
	if style.Font.Index('湘') != 0 || style.Font.Index('~') != 95 || style.Font.Name(1) != "" {
		t.Error("the font of widths is wrong")
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		v        float64
		decimals int
		percent  bool
		want     string
	}{
		{10892, 0, false, "10,892"}, {999, 0, false, "999"}, {-1234567.5, 1, false, "-1,234,567.5"}, {610, 1, false, "610"},
		{0.829, 1, true, "82.9%"}, {math.NaN(), 0, false, "—"}, {0, 0, false, "0"},
	} {
		if got := (Chart{Decimals: c.decimals, Percent: c.percent}).format(c.v); got != c.want {
			t.Errorf("%v: %q, want %q", c.v, got, c.want)
		}
	}
}

func TestOddCharts(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]Chart{
		"nothing":        {Kind: Line},
		"labels only":    {Kind: Bar, Labels: []string{"甲"}},
		"gaps only":      {Kind: Line, Labels: []string{"甲"}, Series: []Series{{"数", []float64{nan, math.Inf(1)}}}},
		"more values":    {Kind: Bar, Labels: []string{"甲"}, Series: []Series{{"数", []float64{1, 2, 3}}}},
		"fewer values":   {Kind: Line, Labels: []string{"甲", "乙", "丙"}, Series: []Series{{"数", []float64{1}}}},
		"negative cone":  {Kind: Funnel, Labels: []string{"甲", "乙"}, Series: []Series{{"数", []float64{-1, 2}}}},
		"gap in funnel":  {Kind: Funnel, Labels: []string{"甲", "乙"}, Series: []Series{{"数", []float64{2, nan}}}},
		"many series":    {Kind: Line, Labels: []string{"甲", "乙"}, Series: make([]Series, 9)},
		"huge":           {Kind: Lying, Labels: []string{"甲"}, Series: []Series{{"数", []float64{1e17}}}},
		"a long name":    {Kind: Bar, Labels: []string{strings.Repeat("三百字的项目名称", 40)}, Series: []Series{{"数", []float64{1}}}},
		"all negative":   {Kind: Lying, Labels: []string{"甲", "乙"}, Series: []Series{{"数", []float64{-1, -2}}}},
		"a hundred bars": {Kind: Lying, Labels: make([]string, 100), Series: []Series{{"数", make([]float64, 100)}}},
	} {
		if _, err := c.svg(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	bad := Chart{Title: "饼", Kind: "pie", Labels: []string{"甲"}, Series: []Series{{"数", []float64{1}}}}
	if err := (Page{Charts: []Chart{bad}}).Write(io.Discard); err == nil || !strings.Contains(err.Error(), `"pie"`) {
		t.Errorf("an unknown kind gives %v", err)
	}
}

func BenchmarkWrite(b *testing.B) {
	p := samplePage()
	for b.Loop() {
		if err := p.Write(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

// TestLeadComesFirst: what needs attention stands before the cards, with its light as a word.
func TestLeadComesFirst(t *testing.T) {
	text := written(t, Page{
		Title: "周报", Cards: []Card{{Label: "办结率", Value: "82.9%"}},
		Lead: Section{"需要关注", []Sentence{{"超期事项17项。", Red}, {"比上周<减少>3项。", ""}}},
	})
	checkAlone(t, text)
	lead, cards := strings.Index(text, "超期事项17项。"), strings.Index(text, "办结率")
	if lead < 0 || lead > cards || !strings.Contains(text, `<b class="light red">红</b> 超期事项17项。`) || !strings.Contains(text, "<li>比上周&lt;减少&gt;3项。</li>") {
		t.Errorf("the lead:\n%s", text)
	}
}
