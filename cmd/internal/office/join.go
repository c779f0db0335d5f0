package office

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"taizhang/ingest"
	"taizhang/internal/archive"
	"taizhang/internal/calendar"
	"taizhang/internal/durable"
	"taizhang/internal/lake"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/internal/zone"
)

// JoinState says what became of a zone when zones were joined.
type JoinState string

const (
	JoinNew  JoinState = "joined"    // what its export holds is what is published
	JoinSame JoinState = "unchanged" // likewise, and nothing of it is new
	JoinKept JoinState = "kept"      // its export can't be used: what it had handed over before goes on counting
	JoinOut  JoinState = "left_out"  // likewise, and nothing had come before
)

// Joined is a zone among those that are joined.
type Joined struct {
	Zone       string    `json:"zone"` // code
	Name       string    `json:"name"`
	State      JoinState `json:"state"`
	Reason     string    `json:"reason,omitempty"` // why it is kept or left out, or late
	Dir        string    `json:"dir,omitempty"`    // of its export
	AsOf       string    `json:"as_of"`            // business date of what counts
	KnownAt    string    `json:"known_at"`
	ExportedAt string    `json:"exported_at"`
	Rows       int64     `json:"rows"`
}

// JoinReport is what joining zones did.
type JoinReport struct {
	Zones     []Joined
	Published bool
	Warnings  []string
}

const (
	joinedFile = "joined.json"
	lakeDir    = "lake"
)

// lake is the folder in which a joined zone keeps what others handed over.
func (z *Zone) lake() string { return filepath.Join(z.Dir, lakeDir) }

// JoinedZones are the zones as they were joined last, none where the zone isn't joined from others.
func (z *Zone) JoinedZones() (list []Joined, err error) {
	text, err := os.ReadFile(filepath.Join(z.Dir, joinedFile))
	if errors.Is(err, fs.ErrNotExist) || !z.Joined {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil {
		return nil, lang.Errorf("read which zones are joined: %w", "读取汇集了哪些园区：%w", err)
	}
	return list, nil
}

// LateZones is a sentence for readers on the zones whose figures aren't of the newest day, empty where there are none.
func (z *Zone) LateZones() (string, error) {
	list, err := z.JoinedZones()
	if err != nil {
		return "", err
	}
	var late, out []string
	for _, j := range list {
		switch {
		case j.Reason == "":
		case j.AsOf == "":
			out = append(out, cmp.Or(j.Name, j.Zone))
		default:
			late = append(late, j.Name+"（截至"+j.AsOf+"）")
		}
	}
	text := ""
	if len(late) > 0 {
		text += "以下园区未交新数据，按原有数据统计：" + strings.Join(late, "、") + "。"
	}
	if len(out) > 0 {
		text += "以下园区的数据没有计入：" + strings.Join(out, "、") + "。"
	}
	return text, nil
}

// InitJoined makes the folder of a zone that is joined from others.
func InitJoined(dir, name, code string) error {
	file := filepath.Join(dir, zone.FileName)
	if err := durable.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	quoted, err := json.Marshal(name) // a YAML text, too
	if err != nil {
		return err
	}
	text := fmt.Sprintf("# 本文件夹汇集其他园区导出的数据（taizhang join），自己不接收报表。\nzone: %s\ncode: %s\njoined: true\n# as_of: 2022-08-15      # 不写时取各园区中最新的业务日期\n# targets: {closure_rate: 0.90}\n", quoted, code)
	if _, err := zone.Parse(file, []byte(text), zone.Known{}); err != nil {
		return err
	}
	return durable.WriteBytes(file, 0o644, []byte(text))
}

// refuseJoined refuses what only a zone can do that takes in returns itself.
func (z *Zone) refuseJoined() error {
	if !z.Joined {
		return nil
	}
	return refuse("this zone holds what other zones received: returns are taken in and decided there\nhint: taizhang export in the zone, then: taizhang join DIR… --to %s", "这里汇集的是其他园区的数据：收报表、作决定请在各园区进行\n建议：在园区执行 taizhang export，然后执行：taizhang join 文件夹… --to %s", Typed(z.Dir))
}

// runJoined is a run of a joined zone, which has nothing to take in: files in its inbox are somebody's mistake.
func (z *Zone) runJoined(o *Options) (*Outcome, error) {
	if o.Rebuild || o.Deliver != nil {
		return nil, z.refuseJoined()
	}
	files, err := ingest.Inbox(z.Inbox())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	out := &Outcome{Waiting: files}
	if len(files) > 0 {
		out.Troubles = append(out.Troubles, z.refuseJoined())
	}
	return out, out.waitError()
}

// offer is what a folder holds of a zone.
type offer struct {
	dir string
	m   *lake.Manifest
}

// joining is one joining of zones.
type joining struct {
	z       *Zone
	o       *Options
	w       *work
	report  JoinReport
	culprit []string // zones whose exports can't be used
	now     map[string]*lake.Manifest
}

// Join brings the warehouse of a joined zone up to date with what other zones exported into some folders (none: those of
// the last time), and publishes. A zone whose export is late, damaged, of another version or called like another one
// keeps nobody up: what it handed over before goes on counting, and the error at the end names it. The caller holds the
// zone's lock.
func (z *Zone) Join(ctx context.Context, dirs []string, o Options) (_ *JoinReport, err error) {
	defer func() { err = remedied(err, lang.Say("; then join again", "，然后重新执行 join")) }()
	o.fill()
	if !z.Joined {
		return nil, refuse("%s takes in returns itself: zones are joined in a folder of their own (joined: true in its taizhang.yaml)", "%s 自己接收报表：汇集各园区要用另外的文件夹（其 taizhang.yaml 中写 joined: true）", z.Dir)
	}
	before, err := z.JoinedZones()
	if err != nil {
		return nil, err
	}
	if len(dirs) == 0 {
		for _, b := range before {
			if b.Dir != "" && !slices.Contains(dirs, b.Dir) {
				dirs = append(dirs, b.Dir)
			}
		}
	}
	a, err := archive.Open(z.Archive())
	if err != nil {
		return nil, err
	}
	defer a.Close()
	j := &joining{z: z, o: &o, now: map[string]*lake.Manifest{}}
	offers, err := j.offers(dirs)
	if err != nil {
		return nil, err
	}
	if j.w, err = z.start(ctx, a, &o); err != nil {
		return nil, err
	}
	defer j.w.close()
	if err := j.take(ctx, offers, before); err != nil {
		return nil, err
	}
	if err := j.publish(ctx); err != nil {
		return nil, err
	}
	return &j.report, j.end()
}

// offers reads what the folders hold, by zone; faults name the zones that can't be used.
func (j *joining) offers(dirs []string) (map[string][]offer, error) {
	out := map[string][]offer{}
	for _, dir := range dirs {
		dir, err := filepath.Abs(dir)
		if err != nil {
			return nil, err
		}
		all, damaged, err := lake.Manifests(dir)
		if err != nil {
			return nil, err
		}
		if len(all)+len(damaged) == 0 {
			if _, err := os.Stat(dir); err != nil {
				j.report.Warnings = append(j.report.Warnings, lang.Phrase("%s can't be read: %v", "%s 读不出来：%v", dir, err))
			} else {
				j.report.Warnings = append(j.report.Warnings, lang.Phrase("%s holds no export of any zone", "%s 中没有任何园区的导出", dir))
			}
			j.culprit = append(j.culprit, dir)
		}
		for _, d := range damaged {
			j.fault(d.Zone, "", dir, d.Error())
		}
		for _, m := range all {
			out[m.Zone] = append(out[m.Zone], offer{dir, m})
		}
	}
	return out, nil
}

// fault notes that a zone's export can't be used.
func (j *joining) fault(code, name, dir, reason string) {
	j.culprit = append(j.culprit, code)
	for i := range j.report.Zones {
		if z := &j.report.Zones[i]; z.Zone == code {
			z.Reason += "; " + reason
			return
		}
	}
	j.report.Zones = append(j.report.Zones, Joined{Zone: code, Name: name, State: JoinOut, Reason: reason, Dir: dir})
}

// take copies what can be used into the zone's own lake, and its rows into the warehouse.
func (j *joining) take(ctx context.Context, offers map[string][]offer, before []Joined) error {
	z := j.z
	own, _, err := lake.Manifests(z.lake())
	if err != nil {
		return err
	}
	for _, m := range own {
		j.now[m.Zone] = m
	}
	if err := warehouse.Begin(ctx, j.w.db.Conn); err != nil {
		return err
	}
	defer warehouse.Rollback(j.w.db.Conn) // nothing where it was committed
	if err := z.writeShared(ctx, j.w.db.Conn, calendar.NewDate(1970, time.January, 1), j.o.Clock(), false); err != nil {
		return err
	}
	codes := map[string]string{} // without case: folders of some systems know none
	for code := range j.now {
		codes[strings.ToLower(code)] = code
	}
	sorted := make([]string, 0, len(offers))
	for code := range offers {
		sorted = append(sorted, code)
	}
	sort.Strings(sorted)
	for i, code := range sorted {
		j.o.Progress(int64(i), int64(len(sorted)), lang.Say("joining zones", "汇集园区"))
		best, why := j.choose(ctx, code, offers[code], codes)
		if why == "" {
			if _, err := lake.Take(best.dir, best.m, z.lake()); err != nil {
				var damage *lake.Damage
				if !errors.As(err, &damage) {
					return err
				}
				why = lang.Phrase("its export is damaged: %v; export it again there", "导出已损坏：%v；请在该园区重新导出", damage)
			}
		}
		if why != "" {
			j.fault(code, best.m.Name, best.dir, why)
			continue
		}
		codes[strings.ToLower(code)] = code
		j.now[code] = best.m
		j.report.Zones = append(j.report.Zones, Joined{Zone: code, Name: best.m.Name, State: JoinSame, Dir: best.dir})
	}
	j.missing(before)
	if err := j.load(ctx); err != nil {
		return err
	}
	return warehouse.Commit(ctx, j.w.db.Conn)
}

// choose is the newest of the exports of a zone, or why none of them can be used.
func (j *joining) choose(ctx context.Context, code string, list []offer, codes map[string]string) (best offer, why string) {
	best = list[0]
	for _, x := range list[1:] {
		if x.m.Origin != best.m.Origin || x.m.Name != best.m.Name {
			return best, lang.Phrase("the code is that of two zones: %s (%s) and %s (%s); give one of them another code: in its taizhang.yaml", "两个园区用了同一个代码：%s（%s）和 %s（%s）；请在其中一个的 taizhang.yaml 中改 code:", best.m.Name, best.dir, x.m.Name, x.dir)
		}
		if x.m.KnownAt > best.m.KnownAt {
			best = x
		}
	}
	if why = j.refusal(best.m, code, codes); why == "" {
		why = j.unlike(ctx, best)
	}
	return best, why
}

// refusal says why a zone can't be joined as its manifest is; empty: it can.
func (j *joining) refusal(m *lake.Manifest, code string, codes map[string]string) string {
	have := j.now[code]
	switch other := codes[strings.ToLower(code)]; {
	case other != "" && other != code:
		return lang.Phrase("the codes %s and %s differ in case only; give one of them another code:", "代码 %s 和 %s 只有大小写不同；请改其中一个的 code:", other, code)
	case strings.EqualFold(code, j.z.Code):
		return lang.Phrase("the code is that of the joined zone itself; give one of them another code:", "与汇集园区自己的代码相同；请改其中一个的 code:")
	case have != nil && have.Origin != "" && m.Origin != "" && have.Origin != m.Origin:
		return lang.Phrase("another zone of this code is joined already (%s); give one of them another code: in its taizhang.yaml", "已汇集了另一个同代码的园区（%s）；请在其中一个的 taizhang.yaml 中改 code:", have.Name)
	case m.Schema < warehouse.Format:
		return lang.Phrase("it was exported by an older program (tables of version %d, here %d): update taizhang there and export again", "由较旧的程序导出（表结构版本%d，这里是%d）：请更新该园区的 taizhang 后重新导出", m.Schema, warehouse.Format)
	case m.Schema > warehouse.Format:
		return lang.Phrase("it was exported by a newer program (tables of version %d, here %d): update taizhang here", "由较新的程序导出（表结构版本%d，这里是%d）：请更新这里的 taizhang", m.Schema, warehouse.Format)
	case m.Timezone != j.z.Timezone:
		return lang.Phrase("its times are those of %s, here of %s", "时区是 %s，这里是 %s", m.Timezone, j.z.Timezone)
	case have != nil && m.KnownAt < have.KnownAt:
		return lang.Phrase("the export is older (%s) than what is joined already (%s)", "导出（%s）比已汇集的（%s）旧", m.KnownAt, have.KnownAt)
	}
	return ""
}

// unlike says how a zone's forms differ from those here, or that they can't be read; empty: they don't.
func (j *joining) unlike(ctx context.Context, best offer) (why string) {
	if t := best.m.Table("ctl.form_column"); t != nil && len(t.Files) > 0 {
		for _, f := range t.Files { // it is about to be read
			if err := lake.Verify(best.dir, f); err != nil {
				return lang.Phrase("its export is damaged: %v; export it again there", "导出已损坏：%v；请在该园区重新导出", err)
			}
		}
	}
	differing, err := lake.Differing(ctx, j.w.db.Conn, best.dir, best.m)
	if err != nil {
		return lang.Phrase("its forms can't be read: %v", "表样读不出来：%v", err)
	}
	if len(differing) > 0 {
		more := ""
		if len(differing) > 5 {
			more = lang.Phrase(" … (%d in all)", " ……（共%d处）", len(differing))
		}
		return lang.Phrase("its forms are declared otherwise than here: %s%s; let both have the same forms and the same program", "表样与这里的不同：%s%s；请统一表样和程序版本", strings.Join(differing[:min(5, len(differing))], ", "), more)
	}
	return ""
}

// missing names the zones that were joined before and have no folder now.
func (j *joining) missing(before []Joined) {
	listed := map[string]bool{}
	for _, z := range j.report.Zones {
		listed[z.Zone] = true
	}
	dirs := map[string]string{}
	for _, b := range before {
		dirs[b.Zone] = b.Dir
	}
	for code, m := range j.now {
		if !listed[code] {
			j.culprit = append(j.culprit, code)
			j.report.Zones = append(j.report.Zones, Joined{Zone: code, Name: m.Name, State: JoinOut, Dir: dirs[code], Reason: lang.Phrase("no folder holds an export of it", "没有文件夹中有它的导出")})
		}
	}
}

// load puts the rows of those zones into the warehouse that have changed there, and takes out what nobody has joined.
func (j *joining) load(ctx context.Context) error {
	conn := j.w.db.Conn
	loaded := map[string]string{}
	err := warehouse.Each(ctx, conn, "select name, fingerprint from ctl.control_state where name like 'lake:%'", func(v []any) error {
		loaded[strings.TrimPrefix(fmt.Sprint(v[0]), "lake:")] = fmt.Sprint(v[1])
		return nil
	})
	if err != nil {
		return err
	}
	for i := range j.report.Zones {
		r := &j.report.Zones[i]
		m := j.now[r.Zone]
		if m == nil {
			continue
		}
		if r.State == JoinOut {
			r.State = JoinKept
		}
		r.Name, r.AsOf, r.KnownAt, r.ExportedAt = m.Name, m.AsOf, m.KnownAt, m.ExportedAt
		r.Rows, _ = m.Rows()
		if loaded[r.Zone] == m.Content() {
			continue
		}
		if r.State == JoinSame {
			r.State = JoinNew
		}
		if err := lake.Load(ctx, conn, j.z.lake(), m); err != nil {
			return err
		}
		name := warehouse.Quote("lake:" + r.Zone)
		if _, err := conn.ExecContext(ctx, "delete from ctl.control_state where name = "+name+"; insert into ctl.control_state values ("+name+", "+warehouse.Quote(m.Content())+")"); err != nil {
			return err
		}
	}
	sort.Slice(j.report.Zones, func(i, k int) bool { return j.report.Zones[i].Zone < j.report.Zones[k].Zone })
	_, err = conn.ExecContext(ctx, `update ctl.submitter set seq = place.n * 10000 + seq % 10000
		from (select zone, cast(row_number() over (order by zone) as integer) as n from ctl.zone) as place where place.zone = submitter.zone and seq <> place.n * 10000 + seq % 10000`)
	return err
}

// publish builds and publishes as of the newest business date of the zones, unless the configuration fixes one.
func (j *joining) publish(ctx context.Context) error {
	z := j.z
	newest, err := j.newest()
	if err != nil {
		return err
	}
	for i := range j.report.Zones {
		if r := &j.report.Zones[i]; r.Reason == "" && r.AsOf < newest.String() {
			r.Reason = lang.Phrase("late: its figures are of %s", "数据较旧：截至%s", r.AsOf)
		}
	}
	if !z.AsOf.Valid() {
		z.AsOf = newest
	}
	isNews, err := j.isNews()
	if err != nil {
		return err
	}
	if isNews {
		out := &Outcome{}
		if err := j.w.publish(ctx, out); err != nil {
			return err
		}
		j.report.Published = true
		j.report.Warnings = append(j.report.Warnings, out.Warnings...)
	}
	text, err := json.MarshalIndent(j.report.Zones, "", " ")
	if err != nil {
		return err
	}
	if err := durable.WriteBytes(filepath.Join(z.Dir, joinedFile), 0o644, append(text, '\n')); err != nil {
		return err
	}
	_, err = lake.Attach(z.lake(), "")
	return err
}

// newest is the newest business date of the zones that can be used; where none can, it says why.
func (j *joining) newest() (calendar.Date, error) {
	if len(j.now) == 0 {
		why := j.reasons()
		for _, w := range j.report.Warnings {
			why += "\n  " + w
		}
		return calendar.NoDate, lang.Errorf("no zone can be joined:%s\nhint: each folder has to hold what a zone exported: taizhang export --to FOLDER --zone ZONE", "没有可以汇集的园区：%s\n建议：每个文件夹中应是园区的导出：taizhang export --to 文件夹 --zone 园区", why)
	}
	newest := calendar.NoDate
	for _, m := range j.now {
		d, err := calendar.ParseDate(m.AsOf)
		if err != nil {
			return calendar.NoDate, err
		}
		if !newest.Valid() || d > newest {
			newest = d
		}
	}
	return newest, nil
}

// isNews says whether there is anything to publish.
func (j *joining) isNews() (bool, error) {
	p, err := j.z.current(j.o.Clock(), j.w.archive)
	if err != nil {
		return false, err
	}
	last, ok := j.z.LastPublication()
	isNew := slices.ContainsFunc(j.report.Zones, func(r Joined) bool { return r.State == JoinNew })
	return !ok || isNew || !last.same(p) || warehouse.Sound(j.z.Published()) != nil || j.o.Rebuild, nil
}
