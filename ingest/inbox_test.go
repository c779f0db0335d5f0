package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"taizhang/ingest/finding"
	"taizhang/internal/archive"
	"taizhang/internal/warehouse"
)

// withMacros adds a VBA project to a workbook.
func withMacros(t testing.TB, content []byte) []byte {
	t.Helper()
	return withParts(t, content, map[string][]byte{"xl/vbaProject.bin": []byte("\xd0\xcf\x11\xe0 a macro")})
}

// withParts adds members to a zip package.
func withParts(t testing.TB, content []byte, parts map[string][]byte) []byte {
	t.Helper()
	return rezip(t, content, parts, func(_ string, body []byte) []byte { return body })
}

// rezip writes a zip package again, each member as change makes it, and adds others.
func rezip(t testing.TB, content []byte, added map[string][]byte, change func(name string, body []byte) []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, body []byte) {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range r.File {
		p, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		put(f.Name, change(f.Name, body))
	}
	for name, body := range added {
		put(name, body)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// office is a zone whose inbox a test fills and whose session it runs.
type office struct {
	t   *testing.T
	in  *Intake
	a   *archive.Archive
	db  *warehouse.DB
	log bytes.Buffer

	now   time.Time           // of the machine; zero: its own
	pause func(time.Duration) // what happens while a session waits
}

func newOffice(t *testing.T) *office {
	t.Helper()
	in := testIntake(t, officeZone)
	a, err := archive.Open(in.Zone.Archive())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return &office{t: t, in: in, a: a, db: emptyWarehouse(t, in.Forms), pause: func(time.Duration) {}}
}

func (o *office) path(name string) string {
	return filepath.Join(o.in.Zone.Inbox(), filepath.FromSlash(name))
}

func (o *office) drop(name string, content []byte) {
	o.t.Helper()
	if err := os.MkdirAll(filepath.Dir(o.path(name)), 0o755); err != nil {
		o.t.Fatal(err)
	}
	if err := os.WriteFile(o.path(name), content, 0o644); err != nil {
		o.t.Fatal(err)
	}
}

// run takes in what lies in the inbox: what came of each file, in order, and why others wait.
func (o *office) run() (outcomes, waiting []string) {
	o.t.Helper()
	s, waits := o.session(time.Date(2022, 8, 15, 9, 0, 0, 0, o.in.Zone.Location))
	for _, w := range waits {
		waiting = append(waiting, w.Path+": "+w.Wait.Chinese)
	}
	return outcomesOf(s), waiting
}

// session takes in what lies in the inbox as a run of its own, received at a time.
func (o *office) session(at time.Time) (*Session, []Dropped) {
	o.t.Helper()
	s, err := o.start(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	files, err := Inbox(o.in.Zone.Inbox())
	if err != nil {
		o.t.Fatal(err)
	}
	waits, err := s.TakeIn(context.Background(), files, func(string) time.Time { return at })
	if err != nil {
		o.t.Fatal(err)
	}
	return s, waits
}

func (o *office) start(ctx context.Context) (*Session, error) {
	s := &Session{In: o.in, Archive: o.a, Conn: o.db.Conn, Log: slog.New(slog.NewTextHandler(&o.log, nil)), Pause: func(d time.Duration) {
		if d != quiet {
			o.t.Errorf("a pause of %v", d)
		}
		o.pause(d)
	}}
	if !o.now.IsZero() {
		s.Clock = func() time.Time { return o.now }
	}
	return s, s.Start(ctx)
}

func outcomesOf(s *Session) (out []string) {
	for _, r := range s.Taken {
		for _, ret := range r.Returns {
			line := r.File + ": " + string(ret.Outcome)
			if ret.Outcome == finding.Rejected {
				line += " " + ret.Findings[0].Rule
			}
			out = append(out, line)
		}
	}
	return out
}

func (o *office) want(outcomes, waiting []string, wantOutcomes, wantWaiting string) {
	o.t.Helper()
	if got := strings.Join(outcomes, "\n"); got != wantOutcomes {
		o.t.Errorf("came of it:\n%s\nwant\n%s", got, wantOutcomes)
	}
	if got := strings.Join(waiting, "\n"); got != wantWaiting {
		o.t.Errorf("waiting:\n%s\nwant\n%s", got, wantWaiting)
	}
}

const goodReturn = `青山街道问题台账（2022年第32周）
问题编号,问题来源,责任清单,问题描述,牵头单位,交办日期,办结时限,办理状态
Q-1,走访调研,基层治理,路灯不亮,青山街道,2022-08-01,2022-08-31,办理中
Q-2,走访调研,基层治理,井盖破损,青山街道,2022-08-01,2022-08-31,办理中
`

func goodBook() []byte {
	return parseBook(strings.ReplaceAll(goodReturn, ",", " | ")).xlsx()
}

// TestGrowingText: a CSV that arrives in two steps waits although it stands still for a while, and is taken in whole.
func TestGrowingText(t *testing.T) {
	o := newOffice(t)
	half := strings.Index(goodReturn, "Q-2")
	o.drop("青山街道/台账.csv", []byte(goodReturn[:half]))
	o.pause = func(time.Duration) { // the second step comes while intake looks on
		f, err := os.OpenFile(o.path("青山街道/台账.csv"), os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = io.WriteString(f, goodReturn[half:])
		}
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	outcomes, waiting := o.run()
	o.want(outcomes, waiting, "", "青山街道/台账.csv: "+waitGrowing.Chinese)
	o.pause = func(time.Duration) {}
	outcomes, waiting = o.run()
	o.want(outcomes, waiting, "台账.csv: accepted", "")
	if n := o.rows("problem"); n != 2 {
		t.Errorf("%d rows", n)
	}
}

func (o *office) rows(form string) (n int) {
	o.t.Helper()
	if err := o.db.Conn.QueryRowContext(context.Background(), "select count(*) from raw."+form).Scan(&n); err != nil {
		o.t.Fatal(err)
	}
	return n
}

// TestGrowingBook: a workbook that isn't whole yet waits, and needs no waiting once it is.
func TestGrowingBook(t *testing.T) {
	o := newOffice(t)
	book := goodBook()
	o.pause = func(time.Duration) { t.Error("the content says all: nothing to watch") }
	o.drop("青山街道/台账.xlsx", book[:len(book)/2])
	outcomes, waiting := o.run()
	o.want(outcomes, waiting, "", "青山街道/台账.xlsx: "+waitPartial.Chinese)
	o.drop("青山街道/台账.xlsx", book)
	outcomes, waiting = o.run()
	o.want(outcomes, waiting, "台账.xlsx: accepted", "")
}

// TestStalledCopy: a copy that has stalled is left alone until it is whole, however long the pause, and is said to have
// stopped after a day.
func TestStalledCopy(t *testing.T) {
	noise := make([]byte, 8<<10)
	rand.NewChaCha8([32]byte{}).Read(noise)
	container, err := excelize.Encrypt(withParts(t, goodBook(), map[string][]byte{"docProps/thumbnail.bin": noise}), &excelize.Options{Password: "VelvetSweatshop"}) // OLE2, as .xls are
	if err != nil {
		t.Fatal(err)
	}
	for name, whole := range map[string][]byte{"断了.xlsx": goodBook(), "断了.et": container} {
		for _, n := range []int{5, 600, len(whole) / 2, len(whole) - 600, len(whole) - 1} {
			if n == len(whole)-1 && name == "断了.et" {
				continue // the last sector needn't be filled up
			}
			o := newOffice(t)
			o.drop("青山街道/"+name, whole[:n])
			for _, later := range []time.Duration{0, time.Minute, settled, 23 * time.Hour, 25 * time.Hour, 400 * 24 * time.Hour} {
				o.now = time.Now().Add(later)
				outcomes, waiting := o.run()
				o.want(outcomes, waiting, "", "青山街道/"+name+": "+waitPartial.Chinese)
				files, err := Inbox(o.in.Zone.Inbox())
				if err != nil || len(files) != 1 {
					t.Fatal(files, err)
				}
				want := waitPartial
				if later > stopped {
					want = waitStopped
				}
				if got := files[0].WaitAt(o.now); got != want {
					t.Errorf("%s, %d of %d bytes after %v: %s", name, n, len(whole), later, got)
				}
			}
			o.drop("青山街道/"+name, whole) // the copy goes on
			outcomes, waiting := o.run()
			o.want(outcomes, waiting, name+": accepted", "")
		}
	}
}

// TestDownloads: what a browser or an office program hasn't finished is not taken in, and shown.
func TestDownloads(t *testing.T) {
	o := newOffice(t)
	o.drop("青山街道/台账.xlsx.crdownload", goodBook())
	o.drop("青山街道/台账.csv.part", []byte(goodReturn))
	o.drop("青山街道/A1B2C3.TMP", goodBook())
	o.drop("青山街道/.sync/旧/台账.csv", []byte(goodReturn))
	o.drop(".回收站/台账.xlsx", goodBook())
	for i := range hiddenShown + 3 {
		o.drop(fmt.Sprintf("青山街道/.git/%02d", i), []byte("x"))
	}
	o.drop("青山街道/部分.csv", []byte(goodReturn)) // .part is an ending
	outcomes, waiting := o.run()
	temporary := "没有下载完或没有保存完的临时文件，不读取"
	want := []string{".回收站/台账.xlsx: " + waitHidden.Chinese, "青山街道/.git: 隐藏文件夹（名称以“.”开头），另有3个文件不读取"}
	for i := range hiddenShown {
		want = append(want, fmt.Sprintf("青山街道/.git/%02d: %s", i, waitHidden.Chinese))
	}
	want = append(want, "青山街道/.sync/旧/台账.csv: "+waitHidden.Chinese, "青山街道/A1B2C3.TMP: "+temporary, "青山街道/台账.csv.part: "+temporary, "青山街道/台账.xlsx.crdownload: "+temporary)
	o.want(outcomes, waiting, "部分.csv: accepted", strings.Join(want, "\n"))
}

// TestGrowingPreallocated: Windows takes the room of a file on a share before its content comes.
func TestGrowingPreallocated(t *testing.T) {
	o := newOffice(t)
	book := goodBook()
	o.drop("青山街道/台账.xlsx", append(bytes.Clone(book[:300]), make([]byte, len(book)-300)...))
	o.drop("青山街道/台账.csv", append([]byte(goodReturn[:300]), make([]byte, len(goodReturn)-300)...))
	outcomes, waiting := o.run()
	o.want(outcomes, waiting, "", "青山街道/台账.csv: "+waitGrowing.Chinese+"\n青山街道/台账.xlsx: "+waitPartial.Chinese)
	o.now = time.Now().Add(time.Hour) // nobody copies any more: a text can't tell that it isn't whole, a workbook can
	outcomes, waiting = o.run()
	o.want(nil, waiting, "", "青山街道/台账.xlsx: "+waitPartial.Chinese)
	if len(outcomes) != 1 || !strings.HasPrefix(outcomes[0], "台账.csv: ") {
		t.Errorf("%q", outcomes)
	}
}

// TestDamagedIsNotGrowing: a package that is damaged although its end is there is sent back at once, not taken for one whose
// content is still to come.
func TestDamagedIsNotGrowing(t *testing.T) {
	o := newOffice(t)
	book := goodBook()
	directory := bytes.LastIndex(book, []byte("PK\x01\x02"))
	book[directory+2] = 'x'
	if !bytes.HasSuffix(book, make([]byte, 4)) {
		t.Fatal("the end of a small package is no longer zeroes: the test is beside the point")
	}
	o.drop("青山街道/台账.xlsx", book)
	outcomes, waiting := o.run()
	o.want(outcomes, waiting, "台账.xlsx: rejected damaged", "")
}

// TestClockOfAnotherMachine: files with times ahead of ours or long past are watched or not, but never lost.
func TestClockOfAnotherMachine(t *testing.T) {
	for name, shift := range map[string]time.Duration{"ahead": 26 * time.Hour, "a little behind": -time.Minute, "long ago": -26 * time.Hour} {
		o := newOffice(t)
		o.drop("青山街道/台账.csv", []byte(goodReturn))
		o.now = time.Now().Add(-shift)
		watched := false
		o.pause = func(time.Duration) { watched = true }
		outcomes, waiting := o.run()
		o.want(outcomes, waiting, "台账.csv: accepted", "")
		if watched != (shift > -settled) {
			t.Errorf("%s: watched %v", name, watched)
		}
	}
}

// TestFilesThatStay: what is not a file of its own, or not a return yet, stays where it is.
func TestFilesThatStay(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need rights on Windows")
	}
	o := newOffice(t)
	secret := filepath.Join(t.TempDir(), "台账.csv")
	if err := os.WriteFile(secret, []byte(goodReturn), 0o600); err != nil {
		t.Fatal(err)
	}
	o.drop("青山街道/空的.csv", nil)
	o.drop("青山街道/~$台账.xlsx", []byte("x"))
	o.drop("青山街道/.~lock.台账.ods#", []byte("x"))
	o.drop("青山街道/.DS_Store", []byte("x"))
	o.drop("青山街道/._台账.csv", []byte("x"))
	o.drop("青山街道/.台账.csv", []byte(goodReturn))
	for link, to := range map[string]string{"青山街道/链接.csv": secret, "链接的街道": filepath.Dir(secret), "青山街道/断链.csv": secret + "x"} {
		if err := os.Symlink(to, o.path(link)); err != nil {
			t.Fatal(err)
		}
	}
	outcomes, waiting := o.run()
	o.want(outcomes, waiting, "", strings.Join([]string{
		"链接的街道: 链接文件，不读取",
		"青山街道/.~lock.台账.ods#: Excel/WPS 打开文件时的临时文件",
		"青山街道/.台账.csv: 隐藏文件（名称以“.”开头），不读取",
		"青山街道/~$台账.xlsx: Excel/WPS 打开文件时的临时文件",
		"青山街道/断链.csv: 链接文件，不读取",
		"青山街道/空的.csv: 空文件（0字节），可能还没有复制完",
		"青山街道/链接.csv: 链接文件，不读取",
	}, "\n"))

	// A link that takes a file's place after it was listed is not followed either.
	o.drop("青山街道/换掉.csv", []byte(goodReturn))
	listed := time.Now().Add(-time.Minute).Truncate(time.Second)
	if err := os.Chtimes(o.path("青山街道/换掉.csv"), listed, listed); err != nil {
		t.Fatal(err)
	}
	o.pause = func(time.Duration) {
		if err := os.Remove(o.path("青山街道/换掉.csv")); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(secret, o.path("青山街道/换掉.csv")); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(secret, listed, listed); err != nil { // in all else it is the file that was listed
			t.Fatal(err)
		}
	}
	if outcomes, _ := o.run(); len(outcomes) > 0 {
		t.Errorf("a link was followed: %q", outcomes)
	}
}

// TestLinkedInbox: the inbox itself may be a link to a share.
func TestLinkedInbox(t *testing.T) {
	o := newOffice(t)
	share := t.TempDir()
	if err := os.MkdirAll(filepath.Dir(o.in.Zone.Inbox()), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(share, o.in.Zone.Inbox()); err != nil {
		t.Skip(err)
	}
	o.drop("青山街道/台账.xlsx", goodBook())
	outcomes, waiting := o.run()
	o.want(outcomes, waiting, "台账.xlsx: accepted", "")
}

// TestTooLarge: a file beyond the limit is archived whole, though never held in memory, and sent back.
func TestTooLarge(t *testing.T) {
	o := newOffice(t)
	o.in.Zone.Limits.FileBytes = 1000
	content := []byte(strings.Repeat("很长的一行,", 200))
	o.drop("青山街道/大文件.csv", content)
	o.drop("青山街道/台账.csv", []byte(goodReturn))
	outcomes, waiting := o.run()
	o.want(outcomes, waiting, "台账.csv: accepted\n大文件.csv: rejected too_large", "")
	if kept, err := o.a.Get(archive.Hash(content)); err != nil || !bytes.Equal(kept, content) {
		t.Errorf("the original: %v", err)
	}
	if _, err := os.Stat(o.path("青山街道/大文件.csv")); !os.IsNotExist(err) {
		t.Errorf("it is still in the inbox: %v", err)
	}
}
