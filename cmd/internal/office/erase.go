package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"taizhang/ingest/receipt"
	"taizhang/ingest/secret"
	"taizhang/internal/archive"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/opc"
	"taizhang/internal/warehouse"
)

// Person is who is to be erased, by exactly one number.
type Person struct {
	ID    string // 身份证号
	Phone string // where it belongs to one person alone
}

// Erasure is what erasing a person concerns.
type Erasure struct {
	Masked     string // the number, as it may be shown
	Rows       []ErasedRow
	Originals  []Original // files in the archive that hold the number; they stay as they are
	Unreadable []Original // files in the archive that can't be looked into
	Files      []string   // receipts and extracts that are removed, relative to the zone
	Mentions   []string   // issued papers and rows of texts that quote the masked number; they stay
	Kept       []string   // kept publications, which are removed

	hashes  []string
	through int
	done    bool // erased before, and nothing was received since
}

// ErasedRow is a row of a return, loaded or refused.
type ErasedRow struct {
	Return, Form, Submitter, File, Sheet string
	Row                                  int
	Loaded                               bool
}

// Original is a file in the archive.
type Original struct {
	Path, File, Folder, Received string
	Cells                        []string
	arrival                      int
}

// PlanErasure looks for a person without changing anything. The caller holds the zone's lock.
func (z *Zone) PlanErasure(ctx context.Context, p Person, o Options) (*Erasure, error) {
	o.fill()
	a, w, err := z.openForErasure(ctx, &o)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	defer w.close()
	return w.findPerson(ctx, p)
}

// Erase leaves a person's rows out of everything that is computed from what was received so far: it notes so in the
// journal, makes the warehouse anew without them and publishes. The caller holds the zone's lock.
func (z *Zone) Erase(ctx context.Context, p Person, reason string, o Options) (*Erasure, *Outcome, error) {
	o.fill()
	if strings.TrimSpace(reason) == "" {
		return nil, nil, refuse("an erasure needs a reason: --reason TEXT", "清除个人记录须说明原因：--reason 原因")
	}
	a, w, err := z.openForErasure(ctx, &o)
	if err != nil {
		return nil, nil, err
	}
	defer a.Close()
	found, err := w.findPerson(ctx, p)
	if err = errors.Join(err, w.close()); err != nil {
		return nil, nil, err
	}
	if found.done {
		return found, &Outcome{}, nil
	}
	err = a.Append(archive.Event{Event: archive.ErasePerson, Seq: a.NextDecision(), At: o.Clock().In(z.Location), Reason: secret.MaskText(reason),
		Through: found.through, Hashes: found.hashes, Files: found.Files})
	if err != nil {
		return nil, nil, err
	}
	// From here on a kill costs nothing: opening carries out what the journal has and the warehouse lacks.
	if w, err = z.open(ctx, a, &o); err != nil {
		return found, nil, err
	}
	defer w.close()
	out := &Outcome{}
	if err := w.publish(ctx, out); err != nil {
		return found, out, lang.Errorf("erased from the warehouse, but the published file still holds the person until a run publishes: %w", "已从数据库清除，但在下次发布之前，发布文件中仍有此人：%w", err)
	}
	return found, out, z.lostError(lang.Say("erased", "已清除"), w.lost) // the warehouse made anew lacks them
}

func (z *Zone) openForErasure(ctx context.Context, o *Options) (*archive.Archive, *work, error) {
	if err := errors.Join(z.refuseJoined(), z.EnsureFolders()); err != nil {
		return nil, nil, err
	}
	a, err := archive.Open(z.Archive())
	if err != nil {
		return nil, nil, err
	}
	w, err := z.open(ctx, a, o)
	if err != nil {
		a.Close()
		return nil, nil, err
	}
	return a, w, nil
}

// findPerson lists everything that an erasure concerns.
func (w *work) findPerson(ctx context.Context, p Person) (*Erasure, error) {
	text, phone := p.ID, false
	if p.ID == "" {
		text, phone = p.Phone, true
	}
	number, masked, ok := secret.PersonNumber(text, phone)
	if !ok {
		return nil, refuse("%s is not a whole number of the kind asked for", "%s 不是所要的完整号码", masked)
	}
	e := &Erasure{Masked: masked, hashes: w.session.In.PersonHashes(number)}
	if phone {
		ids, err := w.owners(ctx, e.hashes)
		if err != nil {
			return nil, err
		}
		if len(ids) > 1 {
			return nil, refuse("%s belongs to %d persons; erase each by --person", "%s 属于%d个人；请用 --person 逐一清除", masked, len(ids))
		}
		e.hashes = append(e.hashes, ids...)
	}
	slices.Sort(e.hashes)
	for _, n := range w.archive.Arrivals() {
		e.through = max(e.through, n)
	}
	if err := w.findRows(ctx, e); err != nil {
		return nil, err
	}
	if err := w.findOriginals(ctx, e, number); err != nil {
		return nil, err
	}
	if len(e.Rows) == 0 && len(e.Originals) == 0 {
		return nil, refuse("nobody with the number %s is known here", "没有号码为 %s 的人", masked)
	}
	if err := w.z.findPapers(e); err != nil {
		return nil, err
	}
	before, err := w.archive.ErasedPersons()
	if err != nil {
		return nil, err
	}
	for _, b := range before {
		e.done = e.done || len(e.Rows)+len(e.Files) == 0 && b.Through == e.through && slices.Equal(b.Hashes, e.hashes)
	}
	kept, err := warehouse.History(w.z.Published())
	if err != nil {
		return nil, err
	}
	for _, k := range kept {
		e.Kept = append(e.Kept, k.Name)
	}
	return e, nil
}

// sensitiveTables lists the raw tables with hashed columns, with a condition on these columns.
func (w *work) sensitiveTables(hashes []string) map[string]string {
	list := "'" + strings.Join(hashes, "', '") + "'" // hex digits
	out := map[string]string{}
	for _, f := range w.z.Forms.Forms {
		var any []string
		for _, c := range f.Columns {
			if c.Type.Sensitive() {
				any = append(any, warehouse.Ident(c.Field+"_hash")+" in ("+list+")")
			}
		}
		for _, h := range hashes {
			any = append(any, "contains(key_text, '"+h+"')")
		}
		out[f.ID] = "(" + strings.Join(any, " or ") + ")"
	}
	return out
}

// owners gives the identity hashes of the rows that hold one of the hashes.
func (w *work) owners(ctx context.Context, hashes []string) ([]string, error) {
	var out []string
	for form, where := range w.sensitiveTables(hashes) {
		for _, c := range w.z.Forms.Get(form).Columns {
			if c.Type != "id" {
				continue
			}
			ids, err := warehouse.Strings(ctx, w.db.Conn, fmt.Sprintf(`select distinct %s from raw.%s where %s`, warehouse.Ident(c.Field+"_hash"), warehouse.Ident(form), where))
			if err != nil {
				return nil, lang.Errorf("look the number up: %w", "查找号码：%w", err)
			}
			out = append(out, ids...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func (w *work) findRows(ctx context.Context, e *Erasure) error {
	tables := w.sensitiveTables(e.hashes)
	for _, f := range w.z.Forms.Forms {
		q := fmt.Sprintf(`select r.return_id, coalesce(s.name, r.submitter), r.file, x.sheet, x.row_no from raw.%s as x join raw.return as r using (zone, return_id)
			left join ctl.submitter as s on s.zone = r.zone and s.code = r.submitter where %s order by r.arrival, x.row_no`, warehouse.Ident(f.ID), tables[f.ID])
		err := warehouse.Each(ctx, w.db.Conn, q, func(v []any) error {
			e.Rows = append(e.Rows, ErasedRow{Return: fmt.Sprint(v[0]), Form: f.PlainTitle(), Submitter: fmt.Sprint(v[1]), File: fmt.Sprint(v[2]), Sheet: fmt.Sprint(v[3]), Row: int(v[4].(int32)), Loaded: true})
			return nil
		})
		if err != nil {
			return lang.Errorf("look for rows of %s: %w", "查找 %s 的记录：%w", f.ID, err)
		}
		var quoting []string
		for _, c := range f.Columns {
			if c.Type == "text" {
				quoting = append(quoting, "contains("+warehouse.Ident(c.Field)+", "+warehouse.Quote(e.Masked)+")")
			}
		}
		if len(quoting) == 0 {
			continue
		}
		err = warehouse.Each(ctx, w.db.Conn, fmt.Sprintf(`select return_id, sheet, row_no from raw.%s where (%s) and not %s order by 1, 3`, warehouse.Ident(f.ID), strings.Join(quoting, " or "), tables[f.ID]), func(v []any) error {
			e.Mentions = append(e.Mentions, fmt.Sprintf("%s %v %v row %v", f.PlainTitle(), v[0], v[1], v[2]))
			return nil
		})
		if err != nil {
			return lang.Errorf("look for texts of %s: %w", "查找 %s 的文字：%w", f.ID, err)
		}
	}
	err := warehouse.Each(ctx, w.db.Conn, fmt.Sprintf(`select q.return_id, coalesce(s.name, r.submitter), r.file, q.sheet, q.row_no, r.form from raw.quarantine as q join raw.return as r using (zone, return_id)
		left join ctl.submitter as s on s.zone = r.zone and s.code = r.submitter where q.key_text <> '' and (%s) order by r.arrival, q.row_no`, keyConditions(e.hashes)), func(v []any) error {
		title := fmt.Sprint(v[5])
		if f := w.z.Forms.Get(title); f != nil {
			title = f.PlainTitle()
		}
		e.Rows = append(e.Rows, ErasedRow{Return: fmt.Sprint(v[0]), Form: title, Submitter: fmt.Sprint(v[1]), File: fmt.Sprint(v[2]), Sheet: fmt.Sprint(v[3]), Row: int(v[4].(int32))})
		return nil
	})
	if err != nil {
		return lang.Errorf("look for refused rows: %w", "查找未计入的记录：%w", err)
	}
	return nil
}

func keyConditions(hashes []string) string {
	var any []string
	for _, h := range hashes {
		any = append(any, "contains(q.key_text, '"+h+"')")
	}
	return strings.Join(any, " or ")
}

// findOriginals looks into every file of the archive: also those that were rejected, and sheets that are no form.
func (w *work) findOriginals(ctx context.Context, e *Erasure, number string) error {
	for ev, err := range w.archive.All() {
		if err != nil {
			return err
		}
		if ev.Event != archive.Arrive {
			continue
		}
		o := Original{Path: "archive/" + ev.Hash[:2] + "/" + ev.Hash, File: secret.MaskText(ev.Name), Folder: secret.MaskText(ev.Folder), Received: ev.At.In(w.z.Location).Format("2006-01-02 15:04"), arrival: ev.Seq}
		content, err := w.archive.Get(ev.Hash)
		if errors.Is(err, archive.ErrErased) {
			continue
		}
		if err != nil { // lost or damaged: it holds nobody's erasure up
			e.Unreadable = append(e.Unreadable, o)
			continue
		}
		if o.Cells, err = w.session.In.Mentions(ctx, ev.Name, content, number); err != nil {
			e.Unreadable = append(e.Unreadable, o)
		} else if len(o.Cells) > 0 {
			e.Originals = append(e.Originals, o)
		}
	}
	return nil
}

// findPapers finds what was written for others: receipts of the files that hold the number, and receipts, extracts and
// other papers that quote it masked.
func (z *Zone) findPapers(e *Erasure) error {
	holds := map[int]bool{}
	for _, o := range e.Originals {
		holds[o.arrival] = true
	}
	for _, r := range e.Rows {
		var n int
		if _, err := fmt.Sscanf(r.Return, "%d-", &n); err == nil {
			holds[n] = true
		}
	}
	return errors.Join(
		z.walk(z.Outbox(), func(path, rel string) error {
			if !strings.HasPrefix(filepath.Base(path), "回执_") {
				return nil
			}
			quotes, err := holds[receipt.ArrivalOf(filepath.Base(path))], error(nil)
			if !quotes { // such as one that lists the rows that vanished
				quotes, err = fileQuotes(path, e.Masked)
			}
			if quotes {
				e.Files = append(e.Files, rel)
			}
			return err
		}),
		z.walk(z.Summaries(), func(path, rel string) error {
			quotes, err := fileQuotes(path, e.Masked)
			if err != nil || !quotes {
				return err
			}
			if strings.HasPrefix(rel, "summaries/by-submitter/") {
				e.Files = append(e.Files, rel)
			} else {
				e.Mentions = append(e.Mentions, rel)
			}
			return nil
		}))
}

func (z *Zone) walk(dir string, f func(path, rel string) error) error {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		rel, err := filepath.Rel(z.Dir, path)
		if err != nil {
			return err
		}
		return f(path, filepath.ToSlash(rel))
	})
	if err != nil {
		return lang.Errorf("look through %s: %w", "检查 %s：%w", dir, err)
	}
	return nil
}

// partBytes is how much of one part of an Office file of ours is looked through.
const partBytes = 1 << 30

// fileQuotes says whether a file holds one of some texts: as it stands, or in a part of an Office file.
func fileQuotes(path string, texts ...string) (bool, error) {
	quotes := func(content []byte) bool {
		return slices.ContainsFunc(texts, func(text string) bool { return bytes.Contains(content, []byte(text)) })
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	if quotes(content) {
		return true, nil
	}
	p, err := opc.Open(content, opc.DefaultLimits())
	var bad *opc.Error
	if errors.As(err, &bad) && bad.Reason == opc.Damaged {
		return false, nil // no Office file
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	for _, part := range p.Names() {
		b, err := p.Read(part, partBytes)
		if err != nil {
			return false, fmt.Errorf("%s: %w", path, err)
		}
		if quotes(b) {
			return true, nil
		}
	}
	return false, nil
}

// removeErased removes what the journal says goes with erasures that the publication doesn't know of yet: receipts and
// extracts, and databases that were set aside.
func (z *Zone) removeErased(a *archive.Archive) error {
	events, err := a.ErasedPersons()
	if err != nil {
		return err
	}
	last, _ := z.LastPublication()
	var files []string
	for _, e := range events {
		if e.Seq <= last.Erasure {
			continue
		}
		files = append(files, z.Warehouse()+".damaged", z.Warehouse()+".rebuild", z.OlderName())
		for _, f := range e.Files {
			if !filepath.IsLocal(filepath.FromSlash(f)) {
				return lang.Errorf("the journal names %s, which is not in the zone", "日志中写有 %s，但它不在本区之内", f)
			}
			files = append(files, filepath.Join(z.Dir, filepath.FromSlash(f)))
		}
	}
	if err := durable.Remove(files...); err != nil { // settled: no power cut brings them back
		return lang.Errorf("remove what holds an erased person: %w", "清除含有此人的内容：%w", err)
	}
	return nil
}

// unerased says whether the journal has erasures that the warehouse doesn't know of: a kill came between, or an older
// warehouse was put back.
func (w *work) unerased(ctx context.Context) (bool, error) {
	last, err := lastErasure(w.archive)
	if err != nil || last == 0 {
		return false, err
	}
	var have int
	if err := w.db.Conn.QueryRowContext(ctx, "select coalesce(max(seq), 0) from raw.decision where kind = 'erase'").Scan(&have); err != nil {
		return false, lang.Errorf("read erasures: %w", "读取清除记载：%w", err)
	}
	return have < last, nil
}

// lastErasure is the number of the last erasure, 0 where there is none.
func lastErasure(a *archive.Archive) (int, error) {
	events, err := a.ErasedPersons()
	n := 0
	for _, e := range events {
		n = max(n, e.Seq)
	}
	return n, err
}
