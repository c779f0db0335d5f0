package zone

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/mail"

	"gopkg.in/yaml.v3"
)

// The keys of the configuration and of its parts, in the order of the sample.
var (
	zoneKeys      = []string{"zone", "code", "timezone", "as_of", "submitters", "returns", "targets", "holidays", "workdays", "schedule", "limits", "ranking", "mail"}
	submitterKeys = []string{"code", "name", "kind", "aliases", "until", "merged_into"}
	returnKeys    = []string{"form", "from", "due", "since"}
	scheduleKeys  = []string{"intake", "summary"}
	limitKeys     = []string{"file_mb", "inflated_mb", "ratio", "parts", "sheets", "rows", "columns", "cell_kb", "shared_strings", "depth", "memory_mb", "seconds"}
)

// Load reads the configuration in a zone's folder.
func Load(dir string, known Known) (*Zone, error) {
	file := filepath.Join(dir, FileName)
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the zone's configuration: %w", err)
	}
	return Parse(file, text, known)
}

// Parse reads a configuration. The folder of file is the zone's folder; the
// file itself is not opened. A wrong configuration gives all its faults,
// joined, each a *Fault.
func Parse(file string, text []byte, known Known) (*Zone, error) {
	p := &parser{faults: faults{file: file}, known: known, z: &Zone{
		Dir:      filepath.Dir(file),
		AsOf:     calendar.NoDate,
		Targets:  map[string]Target{},
		Schedule: Schedule{Intake: DefaultIntake},
		Limits:   DefaultLimits(),
		names:    map[string]int{},
		codes:    map[string]int{},
		owed:     map[obligor]int{},
		formSeq:  map[string]int{},
	}}
	for i, f := range known.Forms {
		p.z.formSeq[f.ID] = i
	}
	if root := p.document(text); root != nil {
		p.zone(root)
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	return p.z, nil
}

type parser struct {
	faults
	known Known
	z     *Zone
}

func (p *parser) zone(root *yaml.Node) {
	z, m := p.z, p.mapping(root, "the configuration", zoneKeys)
	if m == nil {
		return
	}
	if n := m["zone"]; n == nil {
		p.at(root, "zone is missing: the zone's name, for example zone: 湘潭高新区")
	} else {
		z.Name, _ = p.text(n, "zone")
		z.own, z.plainName = ownNames(z.Name), normal(z.Name)
	}
	z.Code = p.code(m["code"], "zone")
	z.Timezone = "Asia/Shanghai"
	if n := m["timezone"]; n != nil {
		z.Timezone, _ = p.text(n, "timezone")
	}
	p.location(m["timezone"])
	z.AsOf = p.date(m["as_of"], "as_of")
	p.days(m["holidays"], m["workdays"])
	if n := m["submitters"]; n == nil || len(p.list(n, "submitters")) == 0 {
		at := root
		if n != nil {
			at = n
		}
		p.at(at, "submitters are missing: the units that hand in returns, for example - {code: cyj, name: 产业局, kind: department}")
	} else {
		p.submitters(p.list(n, "submitters"))
	}
	if n := m["returns"]; n != nil {
		p.returns(p.list(n, "returns"))
	}
	p.targets(m["targets"])
	p.schedule(m["schedule"])
	p.limits(m["limits"])
	if n := m["ranking"]; n != nil {
		if err := resolve(n).Decode(&z.Ranking); err != nil {
			p.at(n, "ranking is %s, neither true nor false", shown(resolve(n)))
		}
	}
	if n := m["mail"]; n != nil {
		config, found := mail.Parse(resolve(n), z.Dir)
		for _, f := range found {
			p.at(&yaml.Node{Line: f.Line, Column: f.Column}, "%s", f.Message)
		}
		z.Mail = config
	}
}

var codePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

func (p *parser) code(n *yaml.Node, otherwise string) string {
	if n == nil {
		return otherwise
	}
	code, ok := p.text(n, "code")
	if ok && !codePattern.MatchString(code) {
		p.at(n, "code %q is not made of the letters a–z, digits, _ and -", code)
	}
	return code
}

func (p *parser) location(n *yaml.Node) {
	z := p.z
	loc, err := time.LoadLocation(z.Timezone)
	if err != nil || z.Timezone == "" || z.Timezone == "Local" {
		common := []string{"Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "UTC"}
		p.at(n, "unknown timezone %q%s", z.Timezone, instead(z.Timezone, common))
		loc = time.UTC
	}
	z.Location = loc
}

// date reads a date; NoDate where n is nil or, after a fault, no date.
func (p *parser) date(n *yaml.Node, what string) calendar.Date {
	if n == nil {
		return calendar.NoDate
	}
	text, ok := p.text(n, what)
	if !ok {
		return calendar.NoDate
	}
	d, err := calendar.ParseDate(text)
	if err != nil {
		p.at(n, "%s: %v", what, err)
	}
	return d
}

func (p *parser) days(holidays, workdays *yaml.Node) {
	var lists [2][]calendar.Date
	lines := map[calendar.Date]int{}
	for i, n := range []*yaml.Node{holidays, workdays} {
		if n == nil {
			continue
		}
		what := []string{"holidays", "workdays"}[i]
		for _, item := range p.list(n, what) {
			d := p.date(item, what)
			if !d.Valid() {
				continue
			}
			if i == 1 && slices.Contains(lists[0], d) {
				p.at(item, "%s is a workday here and a holiday on line %d", d, lines[d])
			}
			lines[d] = item.Line
			lists[i] = append(lists[i], d)
		}
	}
	p.z.Calendar = calendar.New(lists[0], lists[1])
}

func (p *parser) targets(n *yaml.Node) {
	if n == nil {
		return
	}
	for metric, v := range p.mapping(n, "targets", p.known.Metrics) {
		var target Target
		if resolve(v).Kind == yaml.MappingNode {
			year := p.mapping(v, "target "+metric, []string{"year"})["year"]
			if year == nil {
				p.at(v, "target %s needs a number, as in %s: {year: 1.0}", metric, metric)
				continue
			}
			v = year
			target.YearProgress = true
		}
		text, ok := p.text(v, "target "+metric)
		if !ok {
			continue
		}
		number, percent := strings.CutSuffix(text, "%")
		value, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
			p.at(v, "target %s: %q is not a number such as 0.90", metric, text)
			continue
		}
		if percent {
			value /= 100
		}
		target.Value = value
		p.z.Targets[metric] = target
	}
}

func (p *parser) schedule(n *yaml.Node) {
	if n == nil {
		return
	}
	m := p.mapping(n, "schedule", scheduleKeys)
	for _, key := range scheduleKeys {
		v := m[key]
		if v == nil {
			continue
		}
		if resolve(v).Value == "" && key == "summary" {
			continue // the default, written out
		}
		spec, ok := p.text(v, "schedule "+key)
		if !ok {
			continue
		}
		check := p.known.CheckCron
		if check == nil {
			check = checkCron
		}
		if err := check(spec); err != nil {
			p.at(v, "schedule %s: %q is not a cron schedule (%v); write five fields such as \"*/5 * * * *\" (every 5 minutes) or \"0 13 * * 1\" (Mondays at 13:00)", key, spec, err)
		}
		if key == "intake" {
			p.z.Schedule.Intake = spec
		} else {
			p.z.Schedule.Summary = spec
		}
	}
}

var cronPattern = regexp.MustCompile(`^(?:TZ=\S+ |CRON_TZ=\S+ )?(?:@[a-z]+(?: \S+)?|(?:[0-9A-Za-z*/,?-]+ ){4}[0-9A-Za-z*/,?-]+)$`)

func checkCron(spec string) error {
	if !cronPattern.MatchString(strings.Join(strings.Fields(spec), " ")) {
		return fmt.Errorf("it has %d fields", len(strings.Fields(spec)))
	}
	return nil
}

func (p *parser) limits(n *yaml.Node) {
	if n == nil {
		return
	}
	m, l := p.mapping(n, "limits", limitKeys), &p.z.Limits
	for _, key := range limitKeys {
		v := m[key]
		if v == nil {
			continue
		}
		most := map[string]int{
			"file_mb": 4096, "inflated_mb": 65536, "ratio": 10000, "parts": 1000000, "sheets": 10000, "rows": 1 << 20, "columns": 1 << 14,
			"cell_kb": 65536, "shared_strings": 100000000, "depth": 10000, "memory_mb": 65536, "seconds": 3600,
		}[key]
		text, ok := p.text(v, "limits "+key)
		if !ok {
			continue
		}
		value, err := strconv.Atoi(strings.ReplaceAll(text, "_", ""))
		if err != nil || value < 1 || value > most {
			p.at(v, "limits %s: %q is not a whole number from 1 to %d", key, text, most)
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
