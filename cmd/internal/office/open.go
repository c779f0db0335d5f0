package office

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"taizhang/ingest"
	"taizhang/ingest/forms"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/zone"
)

// Zone is a zone with everything that is declared in it.
type Zone struct {
	*zone.Zone
	Forms   *forms.Set
	Metrics *metric.Catalogue
	Models  []fs.FS // the zone's own models, if any

	config  []byte
	learned []byte // the text of learned.yaml, nil if there is none
	read    string // the fingerprint of the files that it was read from; "" where it can't be told
}

// Load reads a zone's folder. Errors carry file, line and column.
func Load(dir string) (*Zone, error) {
	read := filesIn(dir) // before they are read: what changes meanwhile makes another
	config, err := os.ReadFile(filepath.Join(dir, zone.FileName))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, lang.Errorf("%s is not a zone: it has no %s (make one with: taizhang init DIR)", "%s 不是园区：其中没有 %s（新建用：taizhang init 文件夹）", dir, zone.FileName)
		}
		return nil, err
	}
	if _, err := formatIn(dir); err != nil {
		return nil, err
	}
	z, err := load(dir, config)
	if err != nil {
		return nil, err
	}
	z.read = read
	return z, nil
}

// Declared tells by what declarations a zone was read: equal texts of two zones of one folder are equal declarations. ""
// where it can't be told.
func (z *Zone) Declared() string { return z.read }

// load is Load for a zone whose taizhang.yaml is given.
func load(dir string, config []byte) (_ *Zone, err error) {
	z := &Zone{}
	sub := func(name string) fs.FS {
		p := filepath.Join(dir, name)
		if info, err := os.Stat(p); err != nil || !info.IsDir() {
			return nil
		}
		return os.DirFS(p)
	}
	var own []fs.FS
	if f := sub("forms"); f != nil {
		own = append(own, f)
	}
	if z.Forms, err = forms.Load(own...); err != nil {
		return nil, err
	}
	if f := sub("queries"); f != nil {
		z.Metrics, err = metric.LoadDir(f)
	} else {
		z.Metrics, err = metric.Load()
	}
	if err != nil {
		return nil, err
	}
	if f := sub("models"); f != nil {
		z.Models = append(z.Models, f)
	}
	if z.Zone, err = zone.Parse(filepath.Join(dir, zone.FileName), config, known(z.Forms, z.Metrics)); err != nil {
		return nil, err
	}
	z.config = config
	z.learned, err = os.ReadFile(filepath.Join(dir, forms.LearnedFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return z, z.apply(filepath.Join(dir, forms.LearnedFile))
}

// apply makes forms and submitters known by what the zone has learned.
func (z *Zone) apply(file string) error {
	l, err := forms.ParseLearned(file, z.learned)
	if err != nil {
		return err
	}
	if err := l.Apply(z.Forms); err != nil {
		return err
	}
	var faults []error
	for _, x := range l.Aliases() {
		if err := z.Learn(x.Meant, x.Written); err != nil {
			faults = append(faults, l.Refuse(x, err))
		}
	}
	return errors.Join(faults...)
}

// Teach writes down what somebody has confirmed; it holds from the next run on. Lessons that are known already are left
// out; the others are returned. Nothing is written where one of them is refused.
func (z *Zone) Teach(lessons []forms.Lesson) ([]forms.Lesson, error) {
	file := filepath.Join(z.Dir, forms.LearnedFile)
	l, err := forms.ParseLearned(file, z.learned)
	if err != nil {
		return nil, err
	}
	var fresh []forms.Lesson
	for _, x := range lessons {
		if x.Form == "" {
			if s, ok := z.Match(x.Written); ok && s.Name == x.Meant {
				continue
			}
			err = z.Learn(x.Meant, x.Written)
		} else {
			err = z.Forms.Learn(x)
		}
		if err != nil {
			return nil, &Refusal{err}
		}
		if !l.Has(x) {
			l.Lessons = append(l.Lessons, x)
			fresh = append(fresh, x)
		}
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	text := l.Text()
	z.learned = text
	return fresh, durable.WriteBytes(file, 0o644, text)
}

// Lessons are the spellings that the zone has learned, in their order in learned.yaml.
func (z *Zone) Lessons() ([]forms.Lesson, error) {
	l, err := forms.ParseLearned(filepath.Join(z.Dir, forms.LearnedFile), z.learned)
	if err != nil {
		return nil, err
	}
	return l.Lessons, nil
}

// Forget takes a learned spelling back, from the next run on: what was read by it stays as it was read. A spelling that
// isn't known is refused.
func (z *Zone) Forget(x forms.Lesson) error {
	file := filepath.Join(z.Dir, forms.LearnedFile)
	l, err := forms.ParseLearned(file, z.learned)
	if err != nil {
		return err
	}
	if !l.Forget(x) {
		return refuse("%q isn't kept as a spelling of %s", "没有记住过“%s”就是“%s”", x.Written, x.Meant)
	}
	z.learned = l.Text()
	return durable.WriteBytes(file, 0o644, z.learned)
}

// Fingerprint tells by names, sizes and times of their files whether declarations may have changed since it was taken
// before; "" where it can't be told.
func (z *Zone) Fingerprint() string { return filesIn(z.Dir) }

func filesIn(dir string) string {
	var b strings.Builder
	for _, name := range []string{zone.FileName, forms.LearnedFile, "forms", "models", "queries"} {
		err := filepath.WalkDir(filepath.Join(dir, name), func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err == nil {
				fmt.Fprintf(&b, "%s %d %d\n", path, info.Size(), info.ModTime().UnixNano())
			}
			return err
		})
		if err != nil {
			return ""
		}
	}
	return b.String()
}

// known is what taizhang.yaml may name.
func known(set *forms.Set, c *metric.Catalogue) zone.Known {
	k := zone.Known{}
	for _, f := range set.Forms {
		k.Forms = append(k.Forms, zone.FormInfo{ID: f.ID, Title: f.Title, Frequency: f.Frequency, Mode: string(f.Mode)})
	}
	if c != nil {
		k.Labels = map[string]string{}
		for _, m := range c.Metrics {
			k.Metrics = append(k.Metrics, m.ID)
			k.Labels[m.Label] = m.ID
			if m.Unit == metric.Ratio {
				k.Ratios = append(k.Ratios, m.ID)
			}
		}
	}
	return k
}

// bundle is the declarations in force, as the archive keeps them for `rebuild`.
type bundle struct {
	Config  string            `json:"config"`
	Forms   map[string]string `json:"forms"`
	Learned string            `json:"learned,omitempty"`
}

func (z *Zone) bundle() ([]byte, error) {
	b := bundle{Config: string(z.config), Forms: map[string]string{}, Learned: string(z.learned)}
	for _, f := range z.Forms.Forms {
		b.Forms[f.ID] = string(f.Source)
	}
	return json.MarshalIndent(b, "", " ")
}

// fromBundle makes the zone as it was declared at some time.
func (z *Zone) fromBundle(text []byte) (*Zone, error) {
	var b bundle
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, lang.Errorf("read archived declarations: %w", "读取存档的配置：%w", err)
	}
	old := &Zone{Metrics: z.Metrics, Models: z.Models, config: []byte(b.Config), learned: []byte(b.Learned)}
	var err error
	if old.Forms, err = forms.FromTexts(b.Forms); err != nil {
		return nil, lang.Errorf("archived declarations: %w", "存档的配置：%w", err)
	}
	k := known(old.Forms, nil) // metrics come and go: a target is no business of intake
	k.Archived = true
	if old.Zone, err = zone.Parse(filepath.Join(z.Dir, zone.FileName), old.config, k); err != nil {
		return nil, lang.Errorf("archived declarations: %w", "存档的配置：%w", err)
	}
	if err := old.apply(forms.LearnedFile); err != nil {
		return nil, lang.Errorf("archived declarations: %w", "存档的配置：%w", err)
	}
	return old, nil
}

// intake prepares intake by the zone's declarations.
func (z *Zone) intake() (*ingest.Intake, error) {
	keys, err := z.keys()
	if err != nil {
		return nil, err
	}
	return ingest.New(z.Zone, z.Forms, keys, z.limits()), nil
}

// CheckIntake prepares intake for looking only: where the zone has no keys yet, none are made.
func (z *Zone) CheckIntake() (*ingest.Intake, error) {
	if _, err := os.Stat(filepath.Join(z.Archive(), KeyFile)); errors.Is(err, fs.ErrNotExist) {
		return ingest.New(z.Zone, z.Forms, secret.Keys{"zone": make([]byte, 32)}, z.limits()), nil
	}
	return z.intake()
}

func (z *Zone) limits() sheet.Limits {
	l := z.Limits
	return sheet.Limits{
		FileBytes: l.FileBytes, InflatedBytes: l.InflatedBytes, Ratio: l.Ratio, Parts: l.Parts,
		Sheets: l.Sheets, Rows: l.Rows, Columns: l.Columns, CellBytes: l.CellBytes, SharedStrings: l.SharedStrings,
		Depth: l.Depth, GridBytes: l.Memory,
	}
}

const KeyFile = "keys.json"

// keys reads the secrets of the keyed hashes, making them in a new zone. Each form with a hash_scope has its own.
func (z *Zone) keys() (secret.Keys, error) {
	path := filepath.Join(z.Archive(), KeyFile)
	stored, err := z.storedKeys(path)
	if err != nil {
		return nil, err
	}
	want := []string{"zone"}
	for _, f := range z.Forms.Forms {
		if f.HashScope != "" {
			want = append(want, f.HashScope)
		}
	}
	made, keys := false, secret.Keys{}
	for _, w := range want {
		if stored[w] == "" {
			b := make([]byte, 32)
			if _, err := rand.Read(b); err != nil {
				return nil, lang.Errorf("make a key: %w", "生成密钥：%w", err)
			}
			stored[w] = base64.StdEncoding.EncodeToString(b)
			made = true
		}
		k, err := base64.StdEncoding.DecodeString(stored[w])
		if err != nil {
			return nil, lang.Errorf("%s: key %s: %w", "%s：密钥 %s：%w", path, w, err)
		}
		keys[w] = k
	}
	if _, ok := keys[""]; !ok {
		keys[""] = keys["zone"]
	}
	if made {
		if err := z.storeKeys(path, stored); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// storedKeys reads the file of keys; none in a zone that took nothing in yet. One that is gone or empty once returns were
// taken in with it is never made anew.
func (z *Zone) storedKeys(path string) (map[string]string, error) {
	stored := map[string]string{}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if z.tookIn() {
			return nil, lang.Errorf("%s is gone, but returns were taken in with it%s", "%s 不见了，但以前接收报表时用过其中的密钥%s", path, z.putBackHint())
		}
		return stored, nil
	case err != nil:
		return nil, lang.Errorf("read keys: %w", "读取密钥：%w", err)
	}
	if err := json.Unmarshal(text, &stored); err != nil {
		return nil, fmt.Errorf("%s: %w%s", path, err, z.putBackHint())
	}
	if stored["zone"] == "" && z.tookIn() {
		return nil, lang.Errorf("%s holds no key, but returns were taken in with one%s", "%s 中没有密钥，但以前接收报表时用过密钥%s", path, z.putBackHint())
	}
	return stored, nil
}

// tookIn says whether the journal tells of anything.
func (z *Zone) tookIn() bool {
	info, err := os.Stat(filepath.Join(z.Archive(), "journal.jsonl"))
	return err == nil && info.Size() > 0
}

func (z *Zone) storeKeys(path string, stored map[string]string) error {
	text, err := json.MarshalIndent(stored, "", " ")
	if err != nil {
		return err
	}
	if err := durable.MkdirAll(z.Archive(), 0o700); err != nil {
		return lang.Errorf("write keys: %w", "写入密钥：%w", err)
	}
	if err := durable.WriteBytes(path, 0o600, text); err != nil {
		return lang.Errorf("write keys: %w", "写入密钥：%w", err)
	}
	return nil
}
