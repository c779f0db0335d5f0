package ingest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"taizhang/ingest/read"
	"taizhang/ingest/sheet"
	"taizhang/internal/archive"
	"taizhang/internal/durable"
)

// plantFaults makes the reader fail by the name of the file. Whoever waits for the time of a file to end waits for
// timeUp to be closed.
func plantFaults(in *Intake, started chan<- string, timeUp <-chan struct{}, release <-chan struct{}) {
	open := in.read.Guard.Open
	in.read.Guard.Open = func(ctx context.Context, name string, content []byte, lim sheet.Limits) (*sheet.Book, error) {
		switch {
		case strings.Contains(name, "恐慌"):
			var none []int
			_ = none[len(content)]
		case strings.Contains(name, "退出"):
			runtime.Goexit()
		case strings.Contains(name, "循环"): // as a loop of rows that never ends
			alive := read.Until(ctx)
			started <- name
			for {
				alive()
			}
		case strings.Contains(name, "卡住"): // a loop that nothing ends
			started <- name
			<-release
		}
		return open(ctx, name, content, lim)
	}
	in.read.Guard.Timeout = func(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancelCause(ctx)
		go func() {
			select {
			case <-timeUp:
				cancel(context.DeadlineExceeded)
			case <-ctx.Done():
			}
		}()
		return ctx, func() { cancel(nil) }
	}
	now := make(chan time.Time)
	close(now)
	in.read.Guard.Grace = func() <-chan time.Time { return now }
}

// TestFaultsCostOneFile: a panic, a loop and a reader that never comes back each cost their own file; it is sent back
// with a reason, and the files beside it are taken in.
func TestFaultsCostOneFile(t *testing.T) {
	o := newOffice(t)
	for _, name := range []string{"1好.xlsx", "2恐慌.xlsx", "3退出.xlsx", "4循环.xlsx", "5卡住.xlsx", "6好.xlsx"} {
		folder := "青山街道/"
		if name == "6好.xlsx" {
			folder = "财政局/"
		}
		o.drop(folder+name, goodBook())
	}
	started, timeUp, release := make(chan string), make(chan struct{}), make(chan struct{})
	defer close(release)
	plantFaults(o.in, started, timeUp, release)
	go func() { // the time is up once both loops run
		<-started
		<-started
		close(timeUp)
	}()
	outcomes, waiting := o.run()
	got := strings.Join(outcomes, "\n")
	for _, want := range []string{"2恐慌.xlsx: rejected damaged", "3退出.xlsx: rejected damaged", "4循环.xlsx: rejected too_slow", "5卡住.xlsx: rejected too_slow"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if len(outcomes) != 6 || len(waiting) > 0 {
		t.Errorf("%q, waiting %q", outcomes, waiting)
	}
	log := o.log.String()
	if strings.Count(log, "could not be read") != 4 || !strings.Contains(log, "went on after its time") {
		t.Errorf("log: %s", log)
	}
	if left, err := o.a.Pending(); err != nil || len(left) > 0 {
		t.Errorf("pending %v %v", left, err)
	}
}

// TestStoppedRunRejectsNothing: a run that is stopped says nothing about the files; the next one takes them in.
func TestStoppedRunRejectsNothing(t *testing.T) {
	o := newOffice(t)
	o.drop("青山街道/循环.xlsx", goodBook())
	open := o.in.read.Guard.Open
	ctx, stop := context.WithCancel(context.Background())
	o.in.read.Guard.Open = func(ctx context.Context, name string, content []byte, lim sheet.Limits) (*sheet.Book, error) {
		stop()
		return open(ctx, name, content, lim)
	}
	s, err := o.start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Inbox(o.in.Zone.Inbox())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2022, 8, 15, 9, 0, 0, 0, o.in.Zone.Location)
	if _, err := s.TakeIn(ctx, files, func(string) time.Time { return at }); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	o.in.read.Guard.Open = open
	outcomes, waiting := o.run()
	o.want(outcomes, waiting, "循环.xlsx: accepted", "")
}

// TestFatalFile: a file that takes the whole program down each time it is read is given up in the end, also by a
// rebuild; one that was only in the way of a kill is read.
func TestFatalFile(t *testing.T) {
	o := newOffice(t)
	at := time.Date(2022, 8, 15, 9, 0, 0, 0, o.in.Zone.Location)
	var events []archive.Event
	for i, name := range []string{"致命.xlsx", "无辜.xlsx"} {
		book := goodBook()
		if i == 0 {
			book = withParts(t, book, map[string][]byte{"x": []byte("y")})
		}
		hash, err := o.a.Put(book)
		if err != nil {
			t.Fatal(err)
		}
		folder := []string{"财政局", "青山街道"}[i]
		o.drop(folder+"/"+name, book)
		events = append(events, archive.Event{Event: archive.Arrive, Seq: o.a.NextArrival(), At: at, Hash: hash, Name: name, Folder: folder, Path: folder + "/" + name, Size: int64(len(book))})
	}
	if err := o.a.Append(events...); err != nil {
		t.Fatal(err)
	}
	open := o.in.read.Guard.Open
	reads := 0
	kill, stop := context.WithCancel(context.Background())
	o.in.read.Guard.Open = func(ctx context.Context, name string, content []byte, lim sheet.Limits) (*sheet.Book, error) {
		if strings.Contains(name, "致命") { // the program ends here
			reads++
			stop()
			<-ctx.Done()
		}
		return open(ctx, name, content, lim)
	}
	var s *Session
	for i := range 10 {
		var err error
		if s, err = o.start(kill); err == nil {
			break
		}
		if i == 9 {
			t.Fatal(err)
		}
		kill, stop = context.WithCancel(context.Background())
	}
	defer stop()
	if got := strings.Join(outcomesOf(s), "\n"); got != "致命.xlsx: rejected damaged\n无辜.xlsx: accepted" {
		t.Errorf("came of it:\n%s", got)
	}
	if reads != maxRetries {
		t.Errorf("read %d times", reads)
	}
	again := &Session{In: o.in, Archive: o.a, Conn: emptyWarehouse(t, o.in.Forms).Conn, Log: s.Log}
	if err := again.Resume(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := again.Replay(context.Background(), events); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(outcomesOf(again), "\n"); got != "致命.xlsx: rejected damaged\n无辜.xlsx: accepted" || reads != maxRetries {
		t.Errorf("a rebuild: %s, read %d times", got, reads)
	}
}

// TestTablesWithoutEnd: a sheet made of tables and merged areas costs more than it weighs, but only its time.
func TestTablesWithoutEnd(t *testing.T) {
	in := testIntake(t, officeZone)
	var b strings.Builder
	for range 20_000 {
		b.WriteString("问题编号 | 问题来源 | 责任清单 | 问题描述 | 牵头单位 | 交办日期 | 办结时限 | 办理状态\n\n")
	}
	book := parseBook(b.String()).xlsx()
	var merged strings.Builder
	merged.WriteString("</sheetData><mergeCells>")
	for range 50_000 {
		merged.WriteString(`<mergeCell ref="A1:IV60"/>`)
	}
	merged.WriteString("</mergeCells>")
	book = rezip(t, book, nil, func(_ string, body []byte) []byte {
		return bytes.Replace(body, []byte("</sheetData>"), []byte(merged.String()), 1)
	})
	in.Zone.Limits.Time = 200 * time.Millisecond
	began := time.Now()
	p, _, err := in.read.Read(context.Background(), read.File{Name: "a.xlsx", Folder: "青山街道", Content: book, ReceivedAt: time.Date(2022, 8, 15, 9, 0, 0, 0, in.Zone.Location)})
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if p.Failed == nil || p.Failed.Findings[0].Rule != sheet.TooSlow {
		t.Errorf("it came to an end: %+v", p.Failed)
	}
}

// TestNotStored: a file with a value that the tables don't take is sent back with a reason, and the one beside it is taken in.
func TestNotStored(t *testing.T) {
	o := newOffice(t)
	o.drop("青山街道/1.xlsx", goodBook())
	o.drop("财政局/2.xlsx", parseBook("问题台账\n本期无").xlsx())
	if _, err := o.db.Conn.ExecContext(context.Background(), "alter table raw.problem alter key_text type integer"); err != nil {
		t.Fatal(err)
	}
	outcomes, waiting := o.run()
	o.want(outcomes, waiting, "2.xlsx: accepted_with_warnings\n1.xlsx: rejected not_stored", "")
}

// TestEngineFault: what fails for a reason that lies in no row (a full disk at the commit, a table that is gone, a folder
// that can't be read) rejects nothing, however often: the files wait in the inbox, and are taken in once it is mended.
func TestEngineFault(t *testing.T) {
	ctx := context.Background()
	for name, fault := range map[string]struct{ breakIt, mend func(o *office) }{
		"full disk": {
			func(o *office) {
				restore := durable.SetHook(func(s durable.Step) error {
					if s.Op == durable.Commit {
						return &os.PathError{Op: "write", Path: "warehouse.duckdb.wal", Err: syscall.ENOSPC}
					}
					return nil
				})
				o.t.Cleanup(restore)
			},
			func(*office) { durable.SetHook(func(durable.Step) error { return nil }) },
		},
		"table gone": {
			func(o *office) {
				if _, err := o.db.Conn.ExecContext(ctx, "alter table raw.problem rename to elsewhere"); err != nil {
					o.t.Fatal(err)
				}
			},
			func(o *office) {
				if _, err := o.db.Conn.ExecContext(ctx, "alter table raw.elsewhere rename to problem"); err != nil {
					o.t.Fatal(err)
				}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.drop("青山街道/1.xlsx", goodBook())
			o.drop("财政局/2.xlsx", parseBook("问题台账\n本期无").xlsx())
			fault.breakIt(o)
			for range maxRetries + 3 {
				s, err := o.start(ctx)
				if err == nil {
					files, _ := Inbox(o.in.Zone.Inbox())
					_, err = s.TakeIn(ctx, files, func(string) time.Time { return time.Date(2022, 8, 15, 9, 0, 0, 0, o.in.Zone.Location) })
				}
				if err == nil || strings.Contains(strings.Join(outcomesOf(s), ""), "rejected") {
					t.Fatalf("no error, or something was rejected: %v %s", err, outcomesOf(s))
				}
				if _, err := os.Stat(o.path("青山街道/1.xlsx")); err != nil {
					t.Fatalf("it has left the inbox: %v", err)
				}
			}
			fault.mend(o)
			outcomes, _ := o.run()
			if got := strings.Join(outcomes, "\n"); !strings.HasSuffix(got, "1.xlsx: accepted") {
				t.Errorf("once it is mended: %s", got)
			}
			if files, _ := Inbox(o.in.Zone.Inbox()); len(files) > 0 {
				t.Errorf("%d files are left in the inbox", len(files))
			}
		})
	}
}
