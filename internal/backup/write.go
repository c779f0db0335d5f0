package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// ErrChanging is of a file that was written to each time it was read.
var ErrChanging = lang.Errorf("it is being written to", "正在被写入")

// turns is in how many backups every older piece has been read again.
const turns = 16

// What is written in one go: many syncs of a medium cost hardly more than one, but memory is bounded.
const (
	batchFiles = 256
	batchBytes = 48 << 20
)

// Writer makes one set.
type Writer struct {
	s    *Store
	set  *Set
	last *Set             // the newest whole set before, nil for none
	was  map[string]*File // its files, by path
	sums map[string]*File // its files that have several pieces, by sum

	batch   durable.Batch
	held    int64
	pending []string // pieces of the batch

	// Copied and CopiedBytes are the pieces that were not in the store yet; Read how many were read and compared.
	Copied      int
	CopiedBytes int64
	Read        int
	// Damaged are pieces that no longer hold what was written; they are gone from the store, and copied again where the
	// file is still there.
	Damaged []string
}

// Begin begins a set. Of the pieces that are there a sixteenth is read again, all of them where all says so.
func (s *Store) Begin(ctx context.Context, at time.Time, program string, all bool) (*Writer, error) {
	if err := s.inventory(); err != nil {
		return nil, err
	}
	sets, _, err := s.Sets()
	if err != nil {
		return nil, err
	}
	w := &Writer{s: s, set: &Set{At: at, Program: program, Facts: map[string]int64{}}, was: map[string]*File{}, sums: map[string]*File{}}
	if len(sets) > 0 {
		w.last = sets[len(sets)-1]
		w.set.Turn = w.last.Turn + 1
		for i := range w.last.Files {
			f := &w.last.Files[i]
			w.was[f.Path] = f
			if len(f.Pieces) > 0 {
				w.sums[f.Sum] = f
			}
		}
	}
	w.set.Name = at.UTC().Format("20060102T150405Z")
	for n := 2; ; n++ { // a clock set back, or two within a second
		if w.last == nil || w.set.Name > w.last.Name {
			break
		}
		w.set.Name = w.last.Name + "-" + strconv.Itoa(n)
	}
	return w, w.readAgain(ctx, all)
}

// Last is the newest whole set before this one, nil for none.
func (w *Writer) Last() *Set { return w.last }

// Facts is what is to be known of the set again.
func (w *Writer) Facts() map[string]int64 { return w.set.Facts }

// readAgain reads older pieces and forgets those that are damaged.
func (w *Writer) readAgain(ctx context.Context, all bool) error {
	for name := range w.s.have {
		if err := ctx.Err(); err != nil {
			return err
		}
		if turn, err := strconv.ParseUint(name[:2], 16, 8); !all && (err != nil || int(turn)%turns != w.set.Turn%turns) {
			continue
		}
		w.Read++
		if _, err := w.s.read(name); err != nil {
			w.Damaged = append(w.Damaged, name)
			delete(w.s.have, name)
			if err := durable.Remove(w.s.piece(name)); err != nil {
				return lang.Errorf("a damaged piece of a backup: %w", "备份中有一块损坏：%w", err)
			}
		}
	}
	return nil
}

// AddKnown adds a file of known content, without reading it where the store has that content.
func (w *Writer) AddKnown(file, path, sum string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	f := File{Path: path, Size: info.Size(), Mode: info.Mode().Perm(), Modified: info.ModTime(), Sum: sum}
	if before := w.sums[sum]; before != nil {
		f.Pieces = before.Pieces
	}
	if w.holds(&f) {
		w.set.Files = append(w.set.Files, f)
		return nil
	}
	before := len(w.set.Files)
	if err := w.Add(file, path); err != nil {
		return err
	}
	if got := w.set.Files[before].Sum; got != sum {
		w.set.Files = w.set.Files[:before]
		return lang.Errorf("%s is damaged: its content has the hash %s", "%s 已损坏：其内容的校验值为 %s", path, got[:12])
	}
	return nil
}

// AddKept adds a file that isn't there any more, or damaged, but whose content the store holds; false where it doesn't.
func (w *Writer) AddKept(path, sum string) bool {
	before := w.was[path]
	if before == nil || before.Sum != sum || !w.holds(before) {
		return false
	}
	for _, name := range before.pieces() {
		if _, err := w.s.read(name); err != nil {
			return false
		}
	}
	w.set.Files = append(w.set.Files, *before)
	return true
}

// holds says whether the store has all of a file.
func (w *Writer) holds(f *File) bool {
	var size int64
	for _, name := range f.pieces() {
		n, ok := w.s.have[name]
		if !ok {
			return false
		}
		size += n
	}
	return size == f.Size
}

// Add adds a file. One that has the size and time that it had in the set before is taken to be the same.
func (w *Writer) Add(file, path string) error { return w.add(file, path, -1) }

// AddHead adds the first bytes of a file that only grows.
func (w *Writer) AddHead(file, path string, size int64) error { return w.add(file, path, size) }

func (w *Writer) add(file, path string, head int64) error {
	for range 3 {
		in, err := os.Open(file)
		if err != nil {
			return err
		}
		f, err := w.read(in, path, head)
		_ = in.Close() // nothing was written through it
		if errors.Is(err, ErrChanging) {
			continue
		}
		if err == nil {
			w.set.Files = append(w.set.Files, *f)
		}
		return err
	}
	return fmt.Errorf("%s: %w", path, ErrChanging)
}

func (w *Writer) read(in *os.File, path string, head int64) (*File, error) {
	info, err := in.Stat()
	if err != nil {
		return nil, err
	}
	f := &File{Path: path, Size: info.Size(), Mode: info.Mode().Perm(), Modified: info.ModTime()}
	if head >= 0 {
		f.Size = head
	} else if before := w.was[path]; before != nil && before.Size == f.Size && before.Modified.Equal(f.Modified) && before.Modified.Before(w.last.At.Add(-2*time.Second)) && w.holds(before) {
		f.Sum, f.Pieces = before.Sum, before.Pieces
		return f, nil
	}
	h, rest := sha256.New(), f.Size
	for first := true; first || rest > 0; first = false {
		piece := make([]byte, min(rest, pieceBytes))
		if _, err := io.ReadFull(in, piece); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
				return nil, ErrChanging
			}
			return nil, err
		}
		rest -= int64(len(piece))
		h.Write(piece)
		name := hashOf(piece)
		if err := w.keep(name, piece); err != nil {
			return nil, err
		}
		f.Pieces = append(f.Pieces, name)
	}
	if head < 0 {
		after, err := in.Stat()
		if err != nil {
			return nil, err
		}
		if after.Size() != info.Size() || !after.ModTime().Equal(info.ModTime()) {
			return nil, ErrChanging
		}
	}
	f.Sum = hex.EncodeToString(h.Sum(nil))
	if len(f.Pieces) == 1 {
		f.Pieces = nil
	}
	return f, nil
}

// keep puts a piece into the store unless it is there.
func (w *Writer) keep(name string, content []byte) error {
	if size, ok := w.s.have[name]; ok && size == int64(len(content)) {
		return nil
	}
	path := w.s.piece(name)
	if err := durable.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	w.batch.Add(path, 0o600, content)
	w.s.have[name] = int64(len(content))
	w.pending = append(w.pending, name)
	w.held += int64(len(content))
	w.Copied++
	w.CopiedBytes += int64(len(content))
	if len(w.pending) >= batchFiles || w.held >= batchBytes {
		return w.flush()
	}
	return nil
}

// flush puts what waits onto the medium, and reads it back.
func (w *Writer) flush() error {
	defer func() { w.pending, w.held = nil, 0 }()
	err := w.batch.Commit()
	for _, name := range w.pending {
		if err == nil {
			if _, err = w.s.read(name); err != nil {
				err = lang.Errorf("what was just written can't be read back: %w", "刚写入的内容读不回来：%w", err)
			}
			w.Read++
		}
	}
	if err != nil {
		for _, name := range w.pending {
			delete(w.s.have, name)
		}
	}
	return err
}

// Drop takes files out of the set again.
func (w *Writer) Drop(drop func(path, sum string) bool) {
	kept := w.set.Files[:0]
	for _, f := range w.set.Files {
		if !drop(f.Path, f.Sum) {
			kept = append(kept, f)
		}
	}
	w.set.Files = kept
}

// Discard ends a set that was not committed: what was copied stays for the next one.
func (w *Writer) Discard() { w.batch.Discard() }

// Commit makes the set whole: everything is on the medium and was read back, and every piece is there.
func (w *Writer) Commit() (*Set, error) {
	if err := w.flush(); err != nil {
		return nil, err
	}
	for i := range w.set.Files {
		if f := &w.set.Files[i]; !w.holds(f) {
			return nil, lang.Errorf("%s: the backup lacks a part of it", "%s：备份缺少其中一部分", f.Path)
		}
	}
	if err := w.s.writeManifest(w.set); err != nil {
		return nil, lang.Errorf("end the backup: %w", "结束备份：%w", err)
	}
	return w.set, nil
}

// Retain removes all sets but the newest keep and the newest of each of the newest monthly months, then the pieces that
// no set holds; 0 and 0 keep all. It gives the names of those removed. While a manifest can't be read no piece goes.
func (s *Store) Retain(keep, monthly int) (removed []string, err error) {
	sets, damaged, err := s.Sets()
	if err != nil {
		return nil, err
	}
	stays := map[string]bool{}
	months := map[string]bool{}
	for i := len(sets) - 1; i >= 0; i-- {
		month := sets[i].At.Format("2006-01")
		first := !months[month] && len(months) < monthly
		if first {
			months[month] = true
		}
		if keep == 0 && monthly == 0 || len(sets)-i <= keep || first || i == len(sets)-1 {
			stays[sets[i].Name] = true
		}
	}
	used := map[string]bool{}
	var gone []string
	for _, set := range sets {
		if !stays[set.Name] {
			removed = append(removed, set.Name)
			gone = append(gone, filepath.Join(s.dir, setsDir, set.Name+".json"))
			continue
		}
		for i := range set.Files {
			for _, p := range set.Files[i].pieces() {
				used[p] = true
			}
		}
	}
	if err := durable.Remove(gone...); err != nil {
		return nil, lang.Errorf("remove old backups: %w", "清除旧备份：%w", err)
	}
	if len(damaged) > 0 {
		return removed, nil
	}
	var unused []string
	for name := range s.have {
		if !used[name] {
			unused = append(unused, s.piece(name))
			delete(s.have, name)
		}
	}
	if err := durable.Remove(unused...); err != nil {
		return removed, lang.Errorf("remove what only old backups held: %w", "清除只有旧备份才用的内容：%w", err)
	}
	return removed, nil
}

// Lacking gives the sets of which a piece is missing or has another size.
func (s *Store) Lacking() ([]string, error) {
	if s.have == nil {
		if err := s.inventory(); err != nil {
			return nil, err
		}
	}
	sets, _, err := s.Sets()
	var out []string
	w := Writer{s: s}
	for _, set := range sets {
		for i := range set.Files {
			if !w.holds(&set.Files[i]) {
				out = append(out, set.Name)
				break
			}
		}
	}
	return out, err
}

// Extract writes a file of a set to a path, in place of what is there, checks it against its hash and reads it back.
func (s *Store) Extract(f *File, to string) error {
	if err := durable.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return s.extract(f, f.Size, to)
}

// ExtractHead writes the first bytes of a file of a set.
func (s *Store) ExtractHead(f *File, size int64, to string) error { return s.extract(f, size, to) }

func (s *Store) extract(f *File, size int64, to string) error {
	whole, written := sha256.New(), sha256.New()
	err := durable.Write(to, f.Mode, func(out io.Writer) error {
		rest := size
		parts := &pieceReader{store: s, names: f.pieces(), whole: whole}
		n, err := durable.Sparse(out, io.TeeReader(io.LimitReader(parts, size), written))
		if err != nil {
			return err
		}
		rest -= n
		if _, err := io.Copy(io.Discard, parts); err != nil { // beyond the head that was asked for
			return err
		}
		if rest > 0 || hex.EncodeToString(whole.Sum(nil)) != f.Sum {
			return lang.Errorf("the backup of %s is damaged", "%s 的备份已损坏", f.Path)
		}
		return nil
	})
	if err != nil {
		return err
	}
	back, err := os.Open(to)
	if err != nil {
		return err
	}
	defer back.Close()
	now := sha256.New()
	if _, err := io.Copy(now, back); err != nil {
		return err
	}
	if hex.EncodeToString(now.Sum(nil)) != hex.EncodeToString(written.Sum(nil)) {
		return lang.Errorf("%s: what was just written can't be read back", "%s：刚写入的内容读不回来", to)
	}
	return os.Chtimes(to, time.Time{}, f.Modified)
}

// pieceReader reads the pieces of a file one after another.
type pieceReader struct {
	store *Store
	names []string
	whole hash.Hash // of all that was read
	rest  []byte
}

func (r *pieceReader) Read(b []byte) (int, error) {
	for len(r.rest) == 0 {
		if len(r.names) == 0 {
			return 0, io.EOF
		}
		content, err := r.store.read(r.names[0])
		if err != nil {
			return 0, lang.Errorf("from the backup: %w", "从备份：%w", err)
		}
		r.whole.Write(content)
		r.rest, r.names = content, r.names[1:]
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Content gives a small file of a set.
func (s *Store) Content(f *File) ([]byte, error) {
	var out []byte
	for _, name := range f.pieces() {
		content, err := s.read(name)
		if err != nil {
			return nil, err
		}
		out = append(out, content...)
	}
	if hashOf(out) != f.Sum {
		return nil, lang.Errorf("the backup of %s is damaged", "%s 的备份已损坏", f.Path)
	}
	return out, nil
}
