package zone

import (
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"taizhang/internal/calendar"
	"taizhang/internal/decl"
	"taizhang/internal/lang"
	"taizhang/internal/mail"
)

// The keys of the configuration and of its parts, in the order of the sample.
var (
	zoneKeys      = []string{"zone", "code", "timezone", "as_of", "contact", "submitters", "returns", "targets", "holidays", "workdays", "schedule", "backup", "alerts", "language", "limits", "ranking", "mail", "joined", "engine"}
	submitterKeys = []string{"code", "name", "kind", "aliases", "since", "until", "merged_into"}
	returnKeys    = []string{"form", "from", "due", "since"}
	limitKeys     = []string{"file_mb", "inflated_mb", "ratio", "parts", "sheets", "rows", "columns", "cell_kb", "shared_strings", "depth", "memory_mb", "seconds"}
)

// Load reads the configuration in a zone's folder.
func Load(dir string, known Known) (*Zone, error) {
	file := filepath.Join(dir, FileName)
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, lang.Errorf("read the zone's configuration: %w", "读取园区配置：%w", err)
	}
	return Parse(file, text, known)
}

// Parse reads a configuration. The folder of file is the zone's folder; the
// file itself is not opened. A wrong configuration gives all its faults,
// joined, each a *decl.Fault.
func Parse(file string, text []byte, known Known) (*Zone, error) {
	p := &parser{known: known, z: &Zone{
		Dir:     filepath.Dir(file),
		AsOf:    calendar.NoDate,
		Targets: map[string]Target{},
		Limits:  DefaultLimits(),
		names:   map[string]int{},
		lasts:   map[rune]bool{},
		codes:   map[string]int{},
		owed:    map[obligor]int{},
		formSeq: map[string]int{},
	}}
	for i, f := range known.Forms {
		p.z.formSeq[f.ID] = i
	}
	f := decl.Read(file, text, decl.Options{Layman: true, Archived: known.Archived})
	if f.Empty() {
		f.Fault("the file is empty; it needs at least zone and submitters", "文件是空的，至少要写 zone（园区名称）和 submitters（填报单位）")
	}
	if f.Root != nil {
		p.zone(f.Root.As("the configuration", "设置文件"))
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return p.z, nil
}

type parser struct {
	known  Known
	z      *Zone
	unsure bool // some submitters could not be read: who is unknown can't be said
}

func (p *parser) zone(root *decl.Node) {
	z, m := p.z, root.Fields(zoneKeys...).Filled()
	if m == nil {
		return
	}
	if n := m["zone"]; n == nil {
		root.Fault("zone is missing: the zone's name, for example zone: 湘潭高新区", "缺 zone（园区名称），如 zone: 湘潭高新区")
	} else {
		z.Name, _ = n.Text()
		z.own, z.plainName = ownNames(z.Name), normal(z.Name)
	}
	z.Code = p.code(m["code"], "zone")
	p.location(m["timezone"])
	z.AsOf = p.date(m["as_of"])
	p.contact(m["contact"])
	p.days(m["holidays"], m["workdays"])
	z.Joined, _ = m["joined"].Bool()
	if n := m["submitters"]; n != nil || !z.Joined {
		p.units(root, n)
	}
	if n := m["returns"]; n != nil {
		items, _ := n.ItemsOrOne()
		p.returns(items)
	}
	p.targets(m["targets"])
	p.jobs(m["schedule"])
	p.keeping(m["backup"], m["alerts"])
	p.language(m["language"])
	p.limits(m["limits"])
	z.Ranking, _ = m["ranking"].Bool()
	p.engine(m["engine"])
	if n := m["mail"]; n != nil {
		z.Mail = mail.Parse(n, z.Dir)
	}
}

// units reads the submitters, without whom nothing can be owed.
func (p *parser) units(root, n *decl.Node) {
	if n.Broken() {
		p.unsure = true
		return
	}
	var items []*decl.Node
	if n != nil {
		var ok bool
		if items, ok = n.ItemsOrOne(); !ok {
			p.unsure = true
			return
		}
	}
	if len(items) == 0 {
		at := root
		if n != nil {
			at = n
		}
		at.Fault("submitters are missing: the units that hand in returns, for example - {code: cyj, name: 产业局, kind: department}",
			"缺 submitters（填报单位），如 - {code: cyj, name: 产业局, kind: department}")
		return
	}
	p.submitters(items)
}

var codePattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`) })

func (p *parser) code(n *decl.Node, otherwise string) string {
	if n == nil {
		return otherwise
	}
	code, ok := n.Text()
	if ok && !codePattern().MatchString(code) {
		n.Fault("code %q is not made of the letters a–z, digits, _ and -", "代码（code）“%s”只能用英文字母、数字、_ 和 -", code)
	}
	return code
}

func (p *parser) location(n *decl.Node) {
	z := p.z
	z.Timezone, z.Location = "Asia/Shanghai", time.UTC
	if n != nil {
		var ok bool
		if z.Timezone, ok = n.Text(); !ok {
			return
		}
	}
	loc, err := time.LoadLocation(z.Timezone)
	if err != nil || z.Timezone == "Local" {
		common := []string{"Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "UTC"}
		n.Fault("unknown timezone %q%s", "没有时区“%s”%s", z.Timezone, decl.Instead(z.Timezone, common))
		return
	}
	z.Location = loc
}

// contactMost is how many characters a line on a receipt can take.
const contactMost = 200

// contact reads the line that stands on every receipt.
func (p *parser) contact(n *decl.Node) {
	text, ok := n.Text()
	switch {
	case !ok:
	case strings.ContainsAny(text, "\r\n"):
		n.Fault("contact must be one line", "contact（联系方式）只能写一行")
	case utf8.RuneCountInString(text) > contactMost:
		n.Fault("contact has more than %d characters", "contact（联系方式）超过%d个字", contactMost)
	default:
		p.z.Contact = text
	}
}

// date reads a date; NoDate where n is nil or, after a fault, no date.
func (p *parser) date(n *decl.Node) calendar.Date {
	text, ok := n.Text()
	if !ok {
		return calendar.NoDate
	}
	d, err := calendar.ParseDate(text)
	if err != nil {
		n.Fault("%[1]s: %[2]v", "%[1]s：“%[3]s”不是日期，请写成 2022-08-15 的样子", n.Name(), err, text)
	}
	return d
}

func (p *parser) days(holidays, workdays *decl.Node) {
	var lists [2][]calendar.Date
	lines := map[calendar.Date]int{}
	for i, n := range []*decl.Node{holidays, workdays} {
		items, _ := n.ItemsOrOne()
		for _, item := range items {
			d := p.date(item)
			if !d.Valid() {
				continue
			}
			if i == 1 && slices.Contains(lists[0], d) {
				item.Fault("%s is a workday here and a holiday on line %d", "%s 在此处是上班日，在第%d行却是放假日", d, lines[d])
			}
			lines[d] = item.Pos().Line
			lists[i] = append(lists[i], d)
		}
	}
	p.z.Calendar = calendar.New(lists[0], lists[1])
}

func (p *parser) targets(n *decl.Node) {
	known := p.known.Metrics
	if known != nil {
		known = append(slices.Clone(known), slices.Sorted(maps.Keys(p.known.Labels))...)
	}
	entries, _ := n.Entries(known)
	for _, e := range entries {
		metric, v := e.Key.Value(), e.Value
		if id := p.known.Labels[metric]; id != "" && !slices.Contains(p.known.Metrics, metric) {
			e.Key.Fault("%[1]s is called %[2]s here: write %[2]s", "%[1]s 在这里要写成 %[2]s", metric, id)
			continue
		}
		if v.Null() {
			continue
		}
		var target Target
		if v.IsMapping() {
			year := v.Fields("year").Filled()["year"]
			if year == nil {
				v.Fault("target %s needs a number, as in %[1]s: {year: 1.0}", "目标 %s 缺数值，如 %[1]s: {year: 1.0}", metric)
				continue
			}
			v = year
			target.YearProgress = true
		}
		var ok bool
		if target.Value, ok = p.target(metric, v.As("target "+metric, "目标 "+metric)); ok {
			p.z.Targets[metric] = target
		}
	}
}

// target reads the number that a metric should reach: a ratio's from 0 to 1.
func (p *parser) target(metric string, n *decl.Node) (float64, bool) {
	text, ok := n.Text()
	if !ok {
		return 0, false
	}
	number, percent := strings.CutSuffix(strings.ReplaceAll(text, "％", "%"), "%")
	value, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return 0, n.Fault("target %s: %q is not a number such as 0.90", "目标 %s：“%s”不是数，请写成 0.90 的样子", metric, text)
	}
	if percent {
		value /= 100
	}
	if p.known.Archived || !slices.Contains(p.known.Ratios, metric) || value >= 0 && value <= 1 {
		return value, true
	}
	var meant lang.Text
	if value >= 2 && value <= 100 && !percent { // percentages without their sign
		share := strconv.FormatFloat(value/100, 'g', 10, 64)
		if len(share) < len("0.90") && value < 100 {
			share += "0"
		}
		meant = lang.Say("; %s?", "；是不是 %s？", share)
	}
	return 0, n.Fault("target %s: %s is no ratio, which lies between 0 and 1%s", "目标 %s：%s 不在0到1之间（比率写成小数，或写成90%%）%s", metric, text, meant)
}

// limitMost is what each limit may be at most.
var limitMost = map[string]int{
	"file_mb": 4096, "inflated_mb": 65536, "ratio": 10000, "parts": 1000000, "sheets": 10000, "rows": 1 << 20, "columns": 1 << 14,
	"cell_kb": 65536, "shared_strings": 100000000, "depth": 10000, "memory_mb": 65536, "seconds": 3600,
}

func (p *parser) limits(n *decl.Node) {
	m, l := n.Fields(limitKeys...).Filled(), &p.z.Limits
	for _, key := range limitKeys {
		value, ok := m[key].As("limits "+key, "limits 的 "+key).Int(1, limitMost[key])
		if !ok {
			continue
		}
		switch key {
		case "file_mb":
			l.FileBytes = int64(value) << 20
		case "inflated_mb":
			l.InflatedBytes = int64(value) << 20
		case "rows":
			l.Rows = value
		case "columns":
			l.Columns = value
		case "ratio":
			l.Ratio = value
		case "parts":
			l.Parts = value
		case "sheets":
			l.Sheets = value
		case "cell_kb":
			l.CellBytes = value << 10
		case "shared_strings":
			l.SharedStrings = value
		case "depth":
			l.Depth = value
		case "memory_mb":
			l.Memory = int64(value) << 20
		case "seconds":
			l.Time = time.Duration(value) * time.Second
		}
	}
}
