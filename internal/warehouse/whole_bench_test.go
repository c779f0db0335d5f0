package warehouse

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// BenchmarkWhole measures what reading every block before a publication costs, beside the whole publication: of a
// warehouse of TAIZHANG_BENCH_ROWS rows (default 100,000), or of the file TAIZHANG_BENCH_FILE.
func BenchmarkWhole(b *testing.B) {
	file := os.Getenv("TAIZHANG_BENCH_FILE")
	if file == "" {
		rows, err := strconv.Atoi(os.Getenv("TAIZHANG_BENCH_ROWS"))
		if err != nil {
			rows = 100_000
		}
		file = filepath.Join(b.TempDir(), FileName)
		db, err := Open(file, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := Schema(ctx, db.Conn); err != nil {
			b.Fatal(err)
		}
		for _, s := range []string{
			"insert into ctl.run values (date '2022-08-15', timestamp '2022-08-15 12:00:00', date '2022-01-01')",
			fmt.Sprintf(`create table raw.problem as select 'xt' as zone, printf('%%06d-1', i // 40) as return_id, 'Sheet1' as sheet, (i %% 40)::integer as row_no, 'W-' || i as key_text,
				'W-' || i as problem_no, '走访调研' as source, '问题' || hash(i) || hash(i + 1) as description, date '2022-01-01' + (i %% 200)::integer as assigned_on, (i %% 97) * 1.5::decimal(18, 2) as amount
				from range(%d) as t(i)`, rows),
		} {
			if _, err := db.Conn.ExecContext(ctx, s); err != nil {
				b.Fatal(err)
			}
		}
		if err := db.Checkpoint(ctx); err != nil {
			b.Fatal(err)
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
	info, err := os.Stat(file)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	dir := b.TempDir()
	var reading, publishing time.Duration
	for b.Loop() {
		begin := time.Now()
		if _, err := whole(ctx, file); err != nil {
			b.Fatal(err)
		}
		reading += time.Since(begin)
		begin = time.Now()
		if _, err := Publish(ctx, file, dir); err != nil {
			b.Fatal(err)
		}
		publishing += time.Since(begin)
	}
	b.ReportMetric(float64(reading.Milliseconds())/float64(b.N), "ms-reading")
	b.ReportMetric(float64(publishing.Milliseconds())/float64(b.N), "ms-publishing")
	b.ReportMetric(100*float64(reading)/float64(publishing), "%-of-publishing")
}
