package main

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/internal/calendar"
	"taizhang/internal/warehouse"
)

// bigInbox is a large invented zone: every unit hands in every form, period after period, as the CSV files of its inbox.
// Ledgers grow over the two years, items close, corrections are the file of a period once more with other notes.
type bigInbox struct {
	units    int
	rows     int // of a return, on average
	from, to calendar.Date
	now      int // minutes that have gone by since everything came
}

// returnsPerUnit is what a unit hands in over the two years: five weekly forms and eleven monthly ones.
const returnsPerUnit = 5*102 + 11*23

// sizedInbox is a zone of about so many rows in so many returns.
func sizedInbox(returns, rows int) *bigInbox {
	b := &bigInbox{units: max(1, (returns+returnsPerUnit/2)/returnsPerUnit), from: calendar.NewDate(2022, time.January, 3), to: calendar.NewDate(2023, time.December, 17)}
	b.rows = max(3, rows/(b.units*returnsPerUnit))
	return b
}

func (b *bigInbox) unit(u int) string {
	if u%3 == 0 {
		return fmt.Sprintf("第%d街道", u+1)
	}
	return fmt.Sprintf("第%d局", u+1)
}

// config is the zone's taizhang.yaml.
func (b *bigInbox) config() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "zone: 大园区\ncode: big\nas_of: %s\nsubmitters:\n", b.to+1)
	for u := range b.units {
		kind := "department"
		if u%3 == 0 {
			kind = "street"
		}
		fmt.Fprintf(&out, "  - {code: u%d, name: %s, kind: %s}\n", u, b.unit(u), kind)
	}
	out.WriteString("returns:\n")
	for _, f := range bigForms() {
		due := "monday 12:00"
		if f.Frequency == calendar.Month {
			due = "5 working days"
		}
		fmt.Fprintf(&out, "  - {form: %s, from: all, due: %s}\n", f.ID, due)
	}
	return out.Bytes()
}

func bigForms() []*forms.Form {
	set, err := forms.Load()
	if err != nil {
		panic(err)
	}
	return set.Forms
}

// bigReturn is one file of the inbox and when it came.
type bigReturn struct {
	unit   int
	form   *forms.Form
	period calendar.Period
	at     time.Time
}

func (r bigReturn) path(b *bigInbox) string {
	return fmt.Sprintf("%s/%s_%s.csv", b.unit(r.unit), r.form.PlainTitle(), r.period)
}

// returns lists all, in order of arrival.
func (b *bigInbox) returns(loc *time.Location) []bigReturn {
	var out []bigReturn
	for _, f := range bigForms() {
		for p := f.Frequency.Of(b.from); p.End() <= b.to; p = p.Next() {
			for u := range b.units {
				at := (p.End() + 1).Time(loc).Add(9*time.Hour + time.Duration(u+100*f.Seq)*time.Second)
				out = append(out, bigReturn{u, f, p, at})
			}
		}
	}
	slices.SortStableFunc(out, func(x, y bigReturn) int { return x.at.Compare(y.at) })
	return out
}

// newest is the newest return of the first unit's form.
func (b *bigInbox) newest(form string, loc *time.Location) bigReturn {
	list := b.returns(loc)
	for _, r := range slices.Backward(list) {
		if r.unit == 0 && r.form.ID == form {
			return r
		}
	}
	panic(form)
}

// row is an item of a ledger or a row of a period.
type bigRow struct {
	unit, i       int
	h             uint64
	born, closed  calendar.Date
	isClosed      bool
	cutoff, start calendar.Date
	version       int
}

func bigHash(parts ...any) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, parts...)
	x := h.Sum64()
	x ^= x >> 29
	return x * 0x9E3779B97F4A7C15 >> 3
}

// content writes the file of a return; version tells corrections apart.
func (b *bigInbox) content(r bigReturn, version int) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s%s\n填报单位：%s,报送期：%s\n", b.unit(r.unit), r.form.Title, b.unit(r.unit), periodInWords(r.period))
	for i, c := range r.form.Columns {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(c.Title)
		if c.Type == forms.Money {
			out.WriteString("（元）")
		}
	}
	out.WriteByte('\n')
	n := b.rows
	if r.form.Mode == forms.Ledger {
		n = n * 3 / 2 // a third is older than the history, the others come bit by bit
	}
	streets := (b.units + 2) / 3
	if r.form.ID == "assistance" { // a row per programme and street
		n = min(n, streets*len(r.form.Column("programme").Values))
	}
	for i := range n {
		row := bigRow{unit: r.unit, i: i, cutoff: r.period.End(), start: r.period.Start, version: version}
		if r.form.Mode == forms.Ledger {
			row.h = bigHash(r.unit, r.form.ID, i)
			row.born = b.from - 100 + calendar.Date(row.h%60)
			if i >= n/3 && r.form.ID != "enterprise" {
				row.born = b.from + calendar.Date(i-n/3)*(b.to-b.from)/calendar.Date(n-n/3)
			}
			if row.born > row.cutoff {
				continue
			}
			row.closed = row.born + 10 + calendar.Date(row.h>>9%80)
			row.isClosed = row.h>>17%6 > 0 && row.closed <= row.cutoff
		} else {
			row.h = bigHash(r.unit, r.form.ID, r.period, i)
			row.born = row.start + calendar.Date(row.h%uint64(row.cutoff-row.start+1))
		}
		b.row(&out, r.form, row, streets)
	}
	return out.Bytes()
}

func periodInWords(p calendar.Period) string {
	y, rest, _ := strings.Cut(p.String(), "-")
	if w, ok := strings.CutPrefix(rest, "W"); ok {
		return y + "年第" + w + "周"
	}
	return y + "年" + rest + "月"
}

func (b *bigInbox) row(out *bytes.Buffer, f *forms.Form, r bigRow, streets int) {
	money, ints := 0, 0
	for k, c := range f.Columns {
		if k > 0 {
			out.WriteByte(',')
		}
		switch c.Type {
		case forms.Money:
			if (c.Field == "refunded_amount" || c.Field == "granted_amount" || c.Field == "lent_amount") && !r.isClosed {
				money++
				break
			}
			money++
			fmt.Fprintf(out, "%d.%02d", 1000+int(r.h>>5%900000)/money, r.h>>7%100)
		case forms.Int:
			ints++
			switch c.Field {
			case "batch":
				fmt.Fprint(out, 1+r.i%20)
			case "instalment":
				fmt.Fprint(out, 1)
			case "people": // two of each household
				fmt.Fprint(out, 2*(1+int(r.h>>5%1000)))
			default:
				fmt.Fprint(out, 1+int(r.h>>5%1000)/ints)
			}
		case forms.Percent:
			percent := r.h >> 5 % 100
			if r.isClosed { // 已完成
				percent = 100
			}
			fmt.Fprintf(out, "%d%%", percent)
		case forms.Month:
			if c.Role == forms.Deadline {
				fmt.Fprintf(out, "%s", (r.start + 70).String()[:7])
			} else {
				fmt.Fprintf(out, "%s", r.start.String()[:7])
			}
		case forms.Date:
			b.date(out, f, c, r)
		case forms.List:
			b.list(out, f, c, r)
		case forms.Unit:
			u := int(r.h >> 23 % uint64(b.units))
			if c.Field == "street" {
				u = int(r.h>>23%uint64(streets)) * 3
				if f.ID == "assistance" {
					u = r.i % streets * 3
				}
			}
			out.WriteString(b.unit(u))
		case forms.USCC, forms.TaxNo:
			out.WriteString(usccOf(r.unit, r.i))
		case forms.ID:
			out.WriteString(idOf(r.unit, r.i))
		case forms.Phone:
			fmt.Fprintf(out, "138%08d", r.h>>5%100000000)
		case forms.Person:
			fmt.Fprintf(out, "张%c%c", '一'+rune(r.h>>5%3000), '一'+rune(r.h>>19%3000))
		case forms.Code:
			if c.Field == "document_no" { // a document pays an enterprise once
				fmt.Fprintf(out, "财企〔%d〕%d-%d号", r.start.Year(), int(r.start-b.from)/28+1, r.i/50)
				break
			}
			fmt.Fprintf(out, "U%d-%s-%05d", r.unit+1, strings.ToUpper(f.ID[:2]), r.i)
		default:
			b.text(out, f, c, r)
		}
	}
	out.WriteByte('\n')
}

func (b *bigInbox) date(out *bytes.Buffer, f *forms.Form, c forms.Column, r bigRow) {
	switch {
	case c.Field == "granted_on" && !r.isClosed:
	case f.Mode == forms.Period:
		out.WriteString(r.born.String())
	case c.Role == forms.Deadline:
		out.WriteString((r.born + 30 + calendar.Date(r.h>>11%60)).String())
	case c.Field == "assigned_on", c.Field == "started_on", c.Field == "paid_on":
		out.WriteString(r.born.String())
	case r.isClosed && c.Field != "struck_off_on":
		out.WriteString(r.closed.String())
	}
}

func (b *bigInbox) list(out *bytes.Buffer, f *forms.Form, c forms.Column, r bigRow) {
	v := c.Values[r.h>>13%uint64(len(c.Values))].Name
	switch c.Field {
	case "status":
		v = map[string]string{"key_task": "推进中", "livelihood": "推进中", "financing": "对接中"}[f.ID]
		if v == "" {
			v = "办理中"
		}
		if r.isClosed {
			v = map[string]string{"key_task": "已完成", "livelihood": "已完成", "financing": "已放款", "enterprise_request": "已解决"}[f.ID]
			if v == "" {
				v = "已办结"
			}
		}
	case "satisfaction":
		if !r.isClosed || r.h>>21%3 == 0 {
			v = ""
		}
	case "programme":
		if f.ID == "assistance" {
			v = c.Values[r.i/((b.units+2)/3)%len(c.Values)].Name
		}
	}
	out.WriteString(v)
}

func (b *bigInbox) text(out *bytes.Buffer, f *forms.Form, c forms.Column, r bigRow) {
	switch {
	case f.ID == "problem" && c.Field == "enterprise":
		if r.h>>29%5 == 0 {
			fmt.Fprintf(out, "第%d片区第%d号企业有限公司", r.unit+1, r.i+1)
		}
	case c.Field == "enterprise" || c.Field == "target" || c.Field == "taxpayer":
		fmt.Fprintf(out, "第%d片区第%d号企业有限公司", r.unit+1, r.i+1)
	case c.Field == "progress_note":
		fmt.Fprintf(out, "正在协调，已会同有关部门现场研究第%d次", 1+int(r.cutoff-b.from)/28+r.version)
	case c.Field == "description" || c.Field == "task_name" || c.Field == "project_name":
		fmt.Fprintf(out, "第%d片区第%d路段第%d处路灯不亮，群众出行不便，请有关单位尽快研究处理", r.unit+1, r.h>>31%200, r.i)
	case c.Field == "subject" || c.Field == "fair_name" || c.Field == "liaison":
		fmt.Fprintf(out, "%s%d-%d", c.Title, r.unit+1, r.i)
	default:
		fmt.Fprintf(out, "%s%d", c.Title, r.h>>19%600)
	}
}

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

func usccOf(unit, i int) string {
	s := fmt.Sprintf("91430300MA%07d", unit*100000+i)
	sum, weight := 0, 1
	for _, c := range s {
		sum += strings.IndexRune(usccAlphabet, c) * weight
		weight = weight * 3 % 31
	}
	return s + string(usccAlphabet[(31-sum%31)%31])
}

func idOf(unit, i int) string {
	n := unit*100000 + i
	s := fmt.Sprintf("430304%s%03d", calendar.NewDate(1950+n%50, time.Month(1+n/50%12), 1+n/600%28).Time(time.UTC).Format("20060102"), n/16800%1000)
	sum := 0
	for k, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[k]-'0') * w
	}
	return s + string("10X98765432"[sum%11])
}

// drop writes a file into the inbox, whole and at rest.
func (b *bigInbox) drop(z *office.Zone, r bigReturn, version int) error {
	path := filepath.Join(z.Inbox(), filepath.FromSlash(r.path(b)))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, b.content(r, version), 0o644); err != nil {
		return err
	}
	settled := time.Now().Add(-time.Minute)
	return os.Chtimes(path, settled, settled)
}

// deliver drops everything, some hundred files at a time.
func (b *bigInbox) deliver(z *office.Zone) func(func(func(string) time.Time) error) error {
	return func(take func(func(string) time.Time) error) error {
		all := b.returns(z.Location)
		for group := range slices.Chunk(all, 200) {
			at := map[string]time.Time{}
			for _, r := range group {
				if err := b.drop(z, r, 0); err != nil {
					return err
				}
				at[r.path(b)] = r.at
			}
			if err := take(func(path string) time.Time { return at[path] }); err != nil {
				return err
			}
		}
		return nil
	}
}

// TestBigInbox: the generated returns are taken in without a fault, so that the benchmarks measure an ordinary zone.
func TestBigInbox(t *testing.T) {
	t.Parallel()
	b := sizedInbox(1, 4000)
	z := b.zone(t, t.TempDir())
	if n := len(b.returns(z.Location)); n != returnsPerUnit {
		t.Fatalf("a unit hands in %d returns, not %d", n, returnsPerUnit)
	}
	b.to = b.from + 40
	out := b.run(t, z, office.Options{Deliver: b.deliver(z)})
	n := 0
	for _, report := range out.Reports {
		for _, ret := range report.Returns {
			n++
			if ret.Outcome != finding.Accepted {
				t.Errorf("%s: %s, %v", report.File, ret.Outcome, ret.Findings)
			}
		}
	}
	if n != len(b.returns(z.Location)) {
		t.Errorf("%d returns were taken in", n)
	}
}

func (b *bigInbox) clock(z *office.Zone) func() time.Time {
	return func() time.Time {
		return (b.to + 1).Time(z.Location).Add(18*time.Hour + time.Duration(b.now)*time.Minute)
	}
}

// run takes in and publishes.
func (b *bigInbox) run(t testing.TB, z *office.Zone, o office.Options) *office.Outcome {
	t.Helper()
	o.Clock = b.clock(z)
	if os.Getenv("TAIZHANG_BENCH_LOG") != "" {
		o.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	owner, err := warehouse.Lock(z.Dir, "bench", z.Location)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Release()
	out, err := z.Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// zone makes the folder of the zone.
func (b *bigInbox) zone(t testing.TB, dir string) *office.Zone {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "taizhang.yaml"), b.config(), 0o644); err != nil {
		t.Fatal(err)
	}
	z, err := office.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return z
}
