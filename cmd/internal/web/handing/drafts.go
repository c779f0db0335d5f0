package handing

import (
	"net/http"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/ingest/finding"
	"taizhang/ingest/receipt"
	"taizhang/internal/zone"
)

// drafts are uploads that are checked and not handed in yet. They are kept in memory alone: what is not handed in never
// lies on the disk.
type drafts struct {
	clock func() time.Time
	mu    sync.Mutex
	list  []*draft // oldest first
}

// draft is what one person uploaded at once for one unit.
type draft struct {
	id, unit, who string
	made          time.Time
	files         []draftFile
	handing       sync.Mutex        // held while it is handed in: a form that is sent twice hands in once
	handed        bool              // all of it lies in the inbox
	said          map[string]string // what was explained by whoever handed it in
	failed        string            // why taking it in failed, "" if it didn't
	done          bool              // the run that took it in has ended
}

// draftFile is one file with what it would get.
type draftFile struct {
	name    string
	content []byte
	sha     string
	report  *finding.Report
	source  receipt.Source
	trouble string // why it could not be checked
	placed  string // where it was put into the inbox, "" before
	before  int64  // newest arrival of the same content before that
}

const (
	draftAge   = 2 * time.Hour
	mostDrafts = 200
	draftBytes = 256 << 20 // of all
	MostFiles  = 40        // at once
)

// keep keeps a draft; the oldest ones give way to it.
func (d *drafts) keep(x *draft) {
	d.mu.Lock()
	defer d.mu.Unlock()
	x.id, _ = account.Secret()
	x.made = d.clock()
	d.list = append(d.list, x)
	size := func() (n int) {
		for _, x := range d.list {
			for _, f := range x.files {
				n += len(f.content)
			}
		}
		return n
	}
	for len(d.list) > 1 && (len(d.list) > mostDrafts || size() > draftBytes || x.made.Sub(d.list[0].made) > draftAge) {
		d.list = d.list[1:]
	}
}

// find gives a unit's draft to whoever made it.
func (d *drafts) find(id, unit, who string) (*draft, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.list, func(x *draft) bool {
		return x.id == id && x.unit == unit && x.who == who && d.clock().Sub(x.made) <= draftAge
	})
	if i < 0 {
		return nil, &frame.Fault{Status: http.StatusNotFound, Back: "/units/" + unit,
			Says: "这次上传的页面已经过期：只保留两小时，系统重启后也不再保留。已经报送的在“报送记录”里；记录里没有的，请重新选择文件。"}
	}
	return d.list[i], nil
}

// open lists a person's drafts of a unit that are not handed in, the newest first. Of those with the same files only the
// newest is: what was checked before it was mended is nobody's to hand in any more.
func (d *drafts) open(unit, who string) (out []openDraft) {
	d.mu.Lock()
	defer d.mu.Unlock()
	seen := map[string]bool{}
	for _, x := range slices.Backward(d.list) {
		if x.unit != unit || x.who != who || d.clock().Sub(x.made) > draftAge {
			continue
		}
		var names []string
		for _, f := range x.files {
			names = append(names, f.name)
		}
		slices.Sort(names)
		key := strings.Join(names, "/")
		if seen[key] || x.handed {
			seen[key] = true
			continue
		}
		seen[key] = true
		o := openDraft{ID: x.id, Made: x.made}
		for _, f := range x.files {
			if f.trouble == "" {
				o.Files = append(o.Files, f.name)
			}
		}
		if len(o.Files) > 0 {
			out = append(out, o)
		}
	}
	return out
}

// openDraft is a draft that is not handed in.
type openDraft struct {
	ID    string
	Files []string
	Made  time.Time
}

// placed notes that a file of a draft lies in the inbox, as it was sent.
func (d *drafts) placed(f *draftFile, sent draftFile, at string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f.name, f.sha, f.placed, f.before = filepath.Base(at), sent.sha, at, sent.before
}

// hand notes that all of a draft lies in the inbox.
func (d *drafts) hand(x *draft) {
	d.mu.Lock()
	defer d.mu.Unlock()
	x.handed = true
}

// explain keeps what was explained in a draft that could not be handed in.
func (d *drafts) explain(x *draft, said map[string]string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	x.said = said
}

// end notes that the run which took a draft in has ended; its bytes are let go of.
func (d *drafts) end(x *draft, failed string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	x.done, x.failed = true, failed
	for i := range x.files {
		x.files[i].content, x.files[i].source = nil, receipt.Source{}
	}
}

// draftState is how far a draft has come.
type draftState struct {
	handed, done bool
	failed       string
	said         map[string]string
	files        []draftFile
}

func (d *drafts) state(x *draft) draftState {
	d.mu.Lock()
	defer d.mu.Unlock()
	return draftState{x.handed, x.done, x.failed, x.said, slices.Clone(x.files)}
}

// SafeFile makes a name that a browser sent fit for a file of the inbox: no folders, no signs that some system forbids,
// nothing that hides it or makes it another program's lock.
func SafeFile(name string) string {
	if !utf8.ValidString(name) {
		name = strings.ToValidUTF8(name, "_")
	}
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '/' {
			return -1
		}
		return r
	}, name)
	name = strings.TrimLeft(strings.TrimSpace(name), ".~$ ")
	name = zone.SafeName(name)
	if name == "" || name == "." {
		name = "未命名.xlsx"
	}
	const most = 180 // bytes, with room for a number behind it
	if len(name) > most {
		ext := path.Ext(name)
		if len(ext) > 10 {
			ext = ""
		}
		base := strings.TrimSuffix(name, ext)
		for len(base)+len(ext) > most {
			_, n := utf8.DecodeLastRuneInString(base)
			base = base[:len(base)-n]
		}
		name = base + ext
	}
	return name
}
