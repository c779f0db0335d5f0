//go:build unix

package ingest

import (
	"bytes"
	"context"
	"database/sql/driver"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/xuri/excelize/v2"

	"taizhang/ingest/read"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/internal/warehouse"
)

// cpuTime is the CPU time of the process so far, garbage collection and DuckDB included.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkLoadGoals loads 2,000 ledgers of 55 rows, those of 40 units over 50 weeks, into DuckDB:
//
//   - as a script does with excelize and the Appender: the cells as text into one table, in one transaction;
//
//   - the same work with our reader: the cells, typed by what they hold, into one table by the Appender;
//
//   - as intake does: read, matched to their form, typed and checked by the form, judged against what came before, and
//     committed in groups with their findings.
//
//     go test ./ingest -run '^$' -bench LoadGoals -benchtime 1x
func BenchmarkLoadGoals(b *testing.B) {
	const units, weeks = 40, 50
	config := "zone: 示范区\nsubmitters:\n"
	for i := range units {
		config += fmt.Sprintf("  - {code: u%02d, name: 第%02d街道办事处}\n", i, i)
	}
	in := testIntake(b, config)
	var files []read.File
	text := ledgerText(55)
	for w := range weeks {
		sunday := time.Date(2022, 8, 14, 9, 0, 0, 0, in.Zone.Location).AddDate(0, 0, 7*w)
		for u := range units {
			unit := in.Zone.Submitters[u].Name
			t := strings.Replace(text, "填报单位：青山街道", "填报单位："+unit, 1)
			t = strings.Replace(t, "2022年8月14日", sunday.Format("2006年1月2日"), 1)
			t = strings.ReplaceAll(t, "QS2022-", fmt.Sprintf("QS%02d-", u))
			files = append(files, read.File{Name: fmt.Sprintf("第%d周.xlsx", w), Folder: unit, Content: parseBook(t).xlsx(), ReceivedAt: sunday.AddDate(0, 0, 1)})
		}
	}
	columns := strings.Repeat(", varchar", 15)
	for b.Loop() {
		var took []time.Duration
		for _, f := range []func(){
			func() { appendAll(b, in, files, columns, appendPlain) },
			func() { appendAll(b, in, files, columns, appendTyped) },
			func() { takeAll(b, in, files) },
		} {
			runtime.GC()
			began := cpuTime()
			f()
			took = append(took, cpuTime()-began)
		}
		same, whole := float64(took[0])/float64(took[1]), float64(took[0])/float64(took[2])
		b.Logf("%d ledgers of 55 rows into tables: excelize and Appender %v; our reader and Appender %v: %.1f x less (goal 6); intake as a whole %v (%v a file): %.1f x less",
			len(files), took[0], took[1], same, took[2], took[2]/time.Duration(len(files)), whole)
		b.ReportMetric(same, "x-excelize-load")
		b.ReportMetric(whole, "x-excelize-intake")
	}
}

// takeAll does what a session does between the archive and the receipts.
func takeAll(b *testing.B, in *Intake, files []read.File) {
	db := emptyWarehouse(b, in.Forms)
	s := &Session{In: in, Conn: db.Conn}
	ctx := context.Background()
	if err := s.reload(ctx); err != nil {
		b.Fatal(err)
	}
	rows := 0
	for from := 0; from < len(files); from += group {
		var todo []arrival
		for i, f := range files[from:min(from+group, len(files))] {
			todo = append(todo, arrival{seq: from + i + 1, sha: read.Sha256hex(f.Content), file: f})
		}
		read, err := s.readAll(ctx, todo)
		if err != nil {
			b.Fatal(err)
		}
		reports, err := s.judgeAndStore(ctx, todo, read)
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range reports {
			rows += r.Returns[0].Rows
		}
	}
	if rows != 55*len(files) {
		b.Fatalf("%d rows", rows)
	}
}

// appendAll loads files into one table in one transaction.
func appendAll(b *testing.B, in *Intake, files []read.File, columns string, load func(app *duckdb.Appender, file int32, content []byte) error) {
	db := emptyWarehouse(b, in.Forms)
	ctx := context.Background()
	types := make([]string, 0, 16)
	for i, t := range strings.Split("file integer"+columns, ", ") {
		if i > 0 {
			t = fmt.Sprintf("c%d %s", i, t)
		}
		types = append(types, t)
	}
	if _, err := db.Conn.ExecContext(ctx, "create table plain ("+strings.Join(types, ", ")+")"); err != nil {
		b.Fatal(err)
	}
	if err := warehouse.Begin(ctx, db.Conn); err != nil {
		b.Fatal(err)
	}
	err := db.Conn.Raw(func(raw any) error {
		app, err := duckdb.NewAppenderFromConn(raw.(driver.Conn), "", "plain")
		if err != nil {
			return err
		}
		for i := range files {
			if err := load(app, int32(i), files[i].Content); err != nil {
				return err
			}
		}
		return app.Close()
	})
	if err == nil {
		err = warehouse.Commit(ctx, db.Conn)
	}
	if err != nil {
		b.Fatal(err)
	}
}

// appendTyped is the equal of appendPlain: dates come as ISO texts, numbers as plain decimals.
func appendTyped(app *duckdb.Appender, file int32, content []byte) error {
	book, err := anyfile.Open(context.Background(), "a.xlsx", content, sheet.Limits{})
	if err != nil {
		return err
	}
	vals := make([]driver.Value, 16)
	return book.Each(0, func(r *sheet.Row) error {
		clear(vals)
		vals[0] = file
		for i := range r.Cells {
			if c := &r.Cells[i]; c.Col < 16 {
				vals[c.Col] = c.Text
			}
		}
		return app.AppendRow(vals...)
	})
}

func appendPlain(app *duckdb.Appender, file int32, content []byte) error {
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{RawCellValue: true})
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := f.Rows(f.GetSheetList()[0])
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return err
		}
		vals := []driver.Value{file}
		for c := range 15 {
			if c < len(cells) {
				vals = append(vals, cells[c])
			} else {
				vals = append(vals, nil)
			}
		}
		if err := app.AppendRow(vals...); err != nil {
			return err
		}
	}
	return nil
}
