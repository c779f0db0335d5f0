package queries

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/engine"
	"taizhang/internal/lang"
	"taizhang/internal/lineage"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// Reader answers questions from one publication. It may be used by several
// goroutines; they take turns. A publication that replaces the file while it
// is open is seen by the next Open.
type Reader struct {
	Catalogue *metric.Catalogue

	path   string
	db     *warehouse.DB // of a publication; nil where another engine is asked
	engine engine.Engine
	loc    *time.Location
	point  warehouse.Point   // the publication's own
	models []warehouse.Model // those of the publication once they were needed, see published
	seq    map[string]int    // submitter name → place in 机构序列
	names  map[string]string // submitter code → name
	places map[[2]string]int // of a zone (code) and a submitter of it (name): place in its 机构序列
	zones  map[string]string // code → name

	sharedNames bool // units of several zones have one name

	edited map[string]bool // models whose text is not the one that the publication was built from
	prefix string          // of the names of what it restates, apart from those of other readers of the file
	graph  *lineage.Graph  // of the models, once asked for

	heldBack int  // checks that failed since
	earlier  bool // a newer publication can't be read

	closing []func() error // what is done once it is closed

	mu       sync.Mutex
	restated []*restatement // newest last
	serial   int
}

// restatement is a set of models evaluated at a set of points.
type restatement struct {
	key    string
	prefix string
	wanted map[string]bool
	*warehouse.Restated
}

// Open opens a publication. The catalogue is nil for the built-in metrics.
func Open(path string, c *metric.Catalogue) (*Reader, error) {
	if c == nil {
		var err error
		if c, err = metric.Load(); err != nil {
			return nil, err
		}
	}
	db, err := warehouse.ReadOnly(path, warehouse.Options{})
	if err != nil {
		return nil, err
	}
	r := &Reader{Catalogue: c, path: path, db: db, seq: map[string]int{}, names: map[string]string{}, places: map[[2]string]int{}, zones: map[string]string{}, prefix: "p"}
	r.engine = engine.Embedded(db)
	if err := r.load(context.Background()); err != nil {
		db.Close()
		return nil, lang.Errorf("%s is no publication of taizhang: %w", "%s 不是本程序发布的文件：%w", path, err)
	}
	if err := warehouse.CanRead(context.Background(), db.Conn); err != nil {
		db.Close()
		return nil, lang.Errorf("%s can't be read: %w", "%s 读不出来：%w", path, err)
	}
	if err := db.Conn.QueryRowContext(context.Background(), "select count(*) from ctl.check_result where severity = 'error' and failing > 0").Scan(&r.heldBack); err != nil {
		return nil, errors.Join(lang.Errorf("%s: %w", "%s：%w", path, err), db.Close())
	}
	return r, nil
}

// HeldBack is how many checks failed in the run after this publication: its figures were not published, these are the ones
// before. 0: nothing is held back.
func (r *Reader) HeldBack() int { return r.heldBack }

// IsEarlier notes that a newer publication than this one can't be read.
func (r *Reader) IsEarlier() { r.earlier = true }

// Earlier says whether a newer publication than this one can't be read.
func (r *Reader) Earlier() bool { return r.earlier }

// OpenEngine answers from what another engine has published. The reader closes it.
func OpenEngine(ctx context.Context, e engine.Engine, c *metric.Catalogue) (*Reader, error) {
	if c == nil {
		var err error
		if c, err = metric.Load(); err != nil {
			return nil, err
		}
	}
	r := &Reader{Catalogue: c, engine: e, seq: map[string]int{}, names: map[string]string{}, places: map[[2]string]int{}, zones: map[string]string{}, prefix: "p"}
	if err := r.load(ctx); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return r, nil
}

func (r *Reader) load(ctx context.Context) error {
	tz := "Asia/Shanghai"
	if got, err := r.texts(ctx, "select timezone from ctl.zone where timezone is not null limit 1"); err != nil {
		return err
	} else if len(got) > 0 {
		tz = got[0]
	}
	loc, err := time.LoadLocation(tz)
	if err != nil {
		return err
	}
	r.loc = loc
	if r.point, err = r.ownPoint(ctx); err != nil {
		return err
	}
	units, err := r.table(ctx, "select code, name, coalesce(seq, 9999), zone from ctl.submitter order by zone desc, code")
	if err != nil {
		return err
	}
	for _, v := range units.Rows {
		code, name, zone := text0(v[0]), text0(v[1]), text0(v[3])
		seq, _ := v[2].(int64)
		r.names[code] = name
		_, seen := r.seq[name]
		r.sharedNames = r.sharedNames || seen
		r.seq[name] = int(seq)
		r.places[[2]string{zone, name}] = int(seq)
	}
	if err := r.loadAliases(ctx); err != nil {
		return err
	}
	zones, err := r.table(ctx, "select zone, coalesce(name, zone) from ctl.zone")
	if err != nil {
		return err
	}
	for _, v := range zones.Rows {
		r.zones[text0(v[0])] = text0(v[1])
	}
	return nil
}

// loadAliases reads what else units are called, so what they were called before. Where several zones stand together their units
// begin with the zone's name, and an alias could be meant of any.
func (r *Reader) loadAliases(ctx context.Context) error {
	if r.db == nil { // what was built last may be older
		if have, err := r.engine.Columns(ctx); err != nil || have["ctl.submitter_alias"] == nil {
			return err
		}
	} else if have, err := r.texts(ctx, "select table_name from duckdb_tables() where schema_name = 'ctl' and table_name = 'submitter_alias'"); err != nil || len(have) == 0 {
		return err
	}
	aliases, err := r.table(ctx, "select a.alias, min(s.name) from ctl.submitter_alias as a join ctl.submitter as s on s.zone = a.zone and s.code = a.code where (select count(*) from ctl.zone) = 1 group by a.alias having min(s.name) = max(s.name)")
	if err != nil {
		return err
	}
	for _, v := range aliases.Rows {
		alias := text0(v[0])
		_, isCode := r.names[alias]
		if _, isName := r.seq[alias]; !isCode && !isName {
			r.names[alias] = text0(v[1])
		}
	}
	return nil
}

// published are the models' texts, which figures as they were published don't need. The caller holds the lock.
func (r *Reader) published(ctx context.Context) ([]warehouse.Model, error) {
	if r.models == nil {
		var err error
		if r.models, err = r.engine.Models(ctx); err != nil {
			return nil, err
		}
	}
	return r.models, nil
}

// ownPoint is the point that was published.
func (r *Reader) ownPoint(ctx context.Context) (p warehouse.Point, err error) {
	t, err := r.table(ctx, "select as_of, known_at, from_on from ctl.run")
	if err != nil {
		return p, err
	}
	if len(t.Rows) == 0 {
		return p, lang.Errorf("ctl.run is empty", "ctl.run 是空的")
	}
	v := t.Rows[len(t.Rows)-1]
	for i, into := range map[int]*calendar.Date{0: &p.AsOf, 2: &p.From} {
		day, err := time.Parse(time.DateOnly, text0(v[i]))
		if err != nil {
			return p, err
		}
		*into = calendar.Of(day)
	}
	p.KnownAt, err = warehouse.ParseWallClock(text0(v[1]), r.loc)
	return p, err
}

// Close closes the publication.
func (r *Reader) Close() error {
	err := r.engine.Close()
	for _, f := range r.closing {
		err = errors.Join(err, f())
	}
	return err
}

// Leave is for a process that ends once the reader is closed: what DuckDB holds in memory goes with it, and taking it apart
// before would cost a short command a tenth of its time.
func (r *Reader) Leave() {
	if r.db != nil {
		r.db.Leave()
	}
}

// OnClose has something done once the publication is closed.
func (r *Reader) OnClose(f func() error) { r.closing = append(r.closing, f) }

// Path of the publication.
func (r *Reader) Path() string { return r.path }

// Location is the zone's time zone.
func (r *Reader) Location() *time.Location { return r.loc }

// Published is the publication's own as-of date, known-at time and start.
func (r *Reader) Published() warehouse.Point { return r.point }

// Reach is the last day that can be asked about: what is owed and which days
// are working days is known up to there.
func (r *Reader) Reach() calendar.Date {
	return calendar.NewDate(r.point.AsOf.Year()+1, time.December, 31)
}

// At fills in what a point leaves open. Another year starts on its own 1
// January. Equal points are filled in to values that are the same.
func (r *Reader) At(p warehouse.Point) warehouse.Point {
	if !isSet(p.AsOf) {
		p.AsOf = r.point.AsOf
	}
	if p.KnownAt.IsZero() {
		p.KnownAt = r.point.KnownAt
	}
	if !isSet(p.From) {
		p.From = r.point.From
		if p.AsOf.Year() != r.point.AsOf.Year() {
			p.From = calendar.NewDate(p.AsOf.Year(), time.January, 1)
		}
	}
	p.KnownAt = p.KnownAt.Round(0).In(r.loc)
	return p
}

// isSet: the zero Date is 1 January 1970, which no office asks for.
func isSet(d calendar.Date) bool { return d != 0 && d.Valid() }

// isPublished: what was built holds at the point.
func (r *Reader) isPublished(p warehouse.Point) bool {
	return len(r.edited) == 0 && p.AsOf == r.point.AsOf && p.From == r.point.From && p.KnownAt.Equal(r.point.KnownAt)
}

// source gives names to read models from at the given points: the materialised
// ones where there is one and it is the publication's, else restated ones.
func (r *Reader) source(ctx context.Context, points []warehouse.Point, wanted ...string) (*warehouse.Restated, error) {
	return r.sourceOf(ctx, nil, points, wanted...)
}

// manyPoints are so many that reading the columns in use again costs less than keeping all of them at each.
const manyPoints = 6

// sourceOf is source restricted to some forms (nil: all): what models say of
// one form doesn't depend on the returns of another, and history over many
// points costs in proportion to the returns.
func (r *Reader) sourceOf(ctx context.Context, forms []string, points []warehouse.Point, wanted ...string) (*warehouse.Restated, error) {
	o := warehouse.RestateOptions{Edited: r.edited, Pruned: len(points) >= manyPoints}
	if len(points) == 1 {
		o.Tables = map[string]bool{metric.ObligationTable: true} // coverage and its own metrics read it
	}
	if len(points) == 1 && r.isPublished(points[0]) {
		return &warehouse.Restated{}, nil
	}
	var key strings.Builder
	for _, p := range points {
		fmt.Fprintf(&key, "%s %s %s;", p.AsOf, p.KnownAt.Format(warehouse.Stamp), p.From)
	}
	if len(forms) > 0 {
		in := make([]string, len(forms))
		for i, f := range forms {
			in[i] = warehouse.Quote(f)
		}
		only := " where form in (" + strings.Join(in, ", ") + ")"
		o.Inputs = map[string]string{"raw.return": "select * from raw.return" + only, "ctl.obligation": "select * from ctl.obligation" + only}
		key.WriteString(only)
	}
	all, prefix := map[string]bool{}, ""
	for i, s := range r.restated {
		if s.key != key.String() {
			continue
		}
		for w := range s.wanted {
			all[w] = true
		}
		if hasAll(s.wanted, wanted) {
			return s.Restated, nil
		}
		r.restated = append(r.restated[:i:i], r.restated[i+1:]...)
		o.Earlier, prefix = s.Restated, s.prefix
		break
	}
	for _, w := range wanted {
		all[w] = true
	}
	names := make([]string, 0, len(all))
	for n := range all {
		names = append(names, n)
	}
	sort.Strings(names)
	if prefix == "" {
		r.serial++
		prefix = fmt.Sprintf("%s%d_", r.prefix, r.serial)
	}
	models, err := r.published(ctx)
	if err != nil {
		return nil, err
	}
	got, err := r.engine.Restate(ctx, models, o, prefix, points, names...)
	if err != nil {
		if o.Earlier != nil {
			err = errors.Join(err, r.engine.Forget(context.WithoutCancel(ctx), o.Earlier))
		}
		return nil, err
	}
	const kept = 8 // a weekly workbook asks at three or four points
	if len(r.restated) >= kept {
		oldest := r.restated[0]
		r.restated = r.restated[1:]
		if err := r.engine.Forget(ctx, oldest.Restated); err != nil {
			return nil, err
		}
	}
	r.restated = append(r.restated, &restatement{key.String(), prefix, all, got})
	return got, nil
}

// forget drops what was restated.
func (r *Reader) forget(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var faults []error
	for _, s := range r.restated {
		faults = append(faults, r.engine.Forget(ctx, s.Restated))
	}
	r.restated = nil
	return errors.Join(faults...)
}

func hasAll(set map[string]bool, names []string) bool {
	for _, n := range names {
		if !set[n] {
			return false
		}
	}
	return true
}

// SelectAt runs a SELECT of our own (a workbook's table, a saved query's body)
// over the models as they stand at a point. It is not fenced: texts that
// people type go through Fenced.
func (r *Reader) SelectAt(ctx context.Context, p warehouse.Point, query string) (result.Table, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p = r.At(p)
	if !r.isPublished(p) {
		models, err := r.published(ctx)
		if err != nil {
			return result.Table{}, err
		}
		var wanted []string
		for _, m := range models {
			if strings.Contains(query, m.Name) {
				wanted = append(wanted, m.Name)
			}
		}
		src, err := r.source(ctx, []warehouse.Point{p}, wanted...)
		if err != nil {
			return result.Table{}, err
		}
		query = src.Rewrite(query)
	}
	return r.table(ctx, query)
}

// table runs a query and reads it whole.
func (r *Reader) table(ctx context.Context, query string, args ...any) (result.Table, error) {
	return r.engine.Table(ctx, query, args...)
}

// texts are the texts in the first column of a query.
func (r *Reader) texts(ctx context.Context, query string) ([]string, error) {
	t, err := r.table(ctx, query)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, row := range t.Rows {
		if s, ok := row[0].(string); ok {
			out = append(out, s)
		}
	}
	return out, nil
}

// blame is what of the declarations makes a statement fail, else why it failed.
func (r *Reader) blame(ctx context.Context, why error) error {
	if r.db == nil {
		return why
	}
	return r.Catalogue.Blame(ctx, r.db.Conn, why)
}
