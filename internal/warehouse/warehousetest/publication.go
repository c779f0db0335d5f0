package warehousetest

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/tools/txtar"

	"taizhang/internal/warehouse"
)

// Publish makes a publication from what fill loads, and gives its path.
func Publish(t testing.TB, asOf string, knownAt time.Time, fill func(*warehouse.DB)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "warehouse.duckdb")
	db, err := warehouse.Open(path, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	Fill(t, db)
	Run(t, db, asOf, knownAt, asOf[:4]+"-01-01")
	fill(db)
	BuildModels(t, db)
	if err := db.Checkpoint(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	p, err := warehouse.Publish(context.Background(), path, filepath.Join(t.TempDir(), "published"))
	if err != nil {
		t.Fatal(err)
	}
	return p.Path
}

// Evening is the known-at time of most publications of tests, as wall clock.
var Evening = time.Date(2022, 8, 15, 18, 0, 0, 0, time.UTC)

// PublishRandom makes a publication of a random zone on 2022-08-15.
func PublishRandom(t testing.TB, seed uint64) string {
	t.Helper()
	return Publish(t, "2022-08-15", Evening, func(db *warehouse.DB) { Random{Seed: seed}.Fill(t, db) })
}

// small is the publication of PublishSmall: its folder, made once for all tests of a package.
var small struct {
	sync.Mutex
	name string
	fs.FS
}

// PublishSmall makes a publication, on 2022-08-15, of a zone whose figures can be worked out by hand.
func PublishSmall(t testing.TB) string {
	t.Helper()
	small.Lock()
	defer small.Unlock()
	if small.FS == nil {
		path := Publish(t, "2022-08-15", Evening, func(db *warehouse.DB) { FillSmall(t, db) })
		held := fstest.MapFS{}
		err := fs.WalkDir(os.DirFS(filepath.Dir(path)), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(filepath.Join(filepath.Dir(path), name))
			held[name] = &fstest.MapFile{Data: data, Mode: 0o644}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		small.name, small.FS = filepath.Base(path), held
	}
	dir := filepath.Join(t.TempDir(), "published")
	if err := os.CopyFS(dir, small.FS); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, small.name)
}

// FillSmall loads the zone whose figures can be worked out by hand.
func FillSmall(t testing.TB, db *warehouse.DB) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(smallZone)).Files {
		if err := InsertCSV(context.Background(), db, f.Name, string(f.Data)); err != nil {
			t.Fatal(err)
		}
	}
}

const smallZone = `
-- ctl.zone --
zone, name, timezone
xt, 湘潭高新区, Asia/Shanghai
-- ctl.submitter --
zone, code, name, kind, seq
xt, cyj, 产业局, department, 1
xt, smj, 双马街道, street, 2
-- ctl.obligation --
zone, submitter, form, mode, period, period_start, period_end, due_at
xt, cyj, problem, ledger, 2022-W31, 2022-08-01, 2022-08-07, 2022-08-08 12:00:00
xt, cyj, problem, ledger, 2022-W32, 2022-08-08, 2022-08-14, 2022-08-15 12:00:00
xt, smj, problem, ledger, 2022-W32, 2022-08-08, 2022-08-14, 2022-08-15 12:00:00
xt, cyj, incentive, period, 2022-06, 2022-06-01, 2022-06-30, 2022-07-07 23:59:59
xt, cyj, incentive, period, 2022-07, 2022-07-01, 2022-07-31, 2022-08-05 23:59:59
-- raw.return --
zone, return_id, arrival, file, archive, submitter, form, mode, period, period_start, period_end, cutoff, status, is_nil, rows_loaded, rows_refused, values_emptied, errors, warnings, received_at, due_at, late
xt, 1-1, 1, 产业局/问题台账31.xlsx, aa/1, cyj, problem, ledger, 2022-W31, 2022-08-01, 2022-08-07, 2022-08-07, accepted, false, 2, 0, 0, 0, 0, 2022-08-08 09:00:00, 2022-08-08 12:00:00, false
xt, 2-1, 2, 产业局/问题台账32.xlsx, aa/2, cyj, problem, ledger, 2022-W32, 2022-08-08, 2022-08-14, 2022-08-14, partially_accepted, false, 7, 1, 2, 1, 0, 2022-08-15 09:00:00, 2022-08-15 12:00:00, false
xt, 3-1, 3, 产业局/问题台账32改.xlsx, aa/3, cyj, problem, ledger, 2022-W32, 2022-08-08, 2022-08-14, 2022-08-14, rejected, false, 0, 0, 0, 9, 0, 2022-08-15 10:00:00, 2022-08-15 12:00:00, false
xt, 4-1, 4, 产业局/兑付6.xlsx, aa/4, cyj, incentive, period, 2022-06, 2022-06-01, 2022-06-30, 2022-06-30, accepted, false, 2, 0, 0, 0, 0, 2022-07-08 09:00:00, 2022-07-07 23:59:59, true
xt, 5-1, 5, 产业局/兑付6改.xlsx, aa/5, cyj, incentive, period, 2022-06, 2022-06-01, 2022-06-30, 2022-06-30, accepted, false, 3, 0, 0, 0, 0, 2022-07-20 09:00:00, 2022-07-07 23:59:59, true
-- raw.return_column --
zone, return_id, sheet, field, col, title, header_row, from_row, to_row
xt, 2-1, 表1, problem_no, B, 编号, 3, 4, 100
xt, 2-1, 表1, status, H, 状态, 3, 4, 100
-- raw.finding --
zone, return_id, seq, severity, rule, sheet, cell, value, message, hint
xt, 2-1, 1, error, required, 表1, C9, , 问题来源未填, 请填写
-- raw.decision --
zone, seq, kind, return_id, submitter, form, period, decided_at, effective_on
xt, 1, withdraw, 1-1, , , , 2022-08-16 09:00:00, 2022-08-16
-- raw.problem --
zone, return_id, sheet, row_no, problem_no, list, street, lead_unit, assigned_on, deadline, status, closed_on, satisfaction
xt, 1-1, 表1, 4, 1, 企业难题, 双马街道, 产业局, 2022-07-01, 2022-08-01, 办理中, ,
xt, 1-1, 表1, 5, 2, 企业难题, smj,      cyj,   2022-07-01, 2022-08-20, 办理中, ,
xt, 2-1, 表1, 4, 1, 企业难题, 双马街道, 产业局, 2022-07-01, 2022-08-01, 已办结, 2022-08-10, 满意
xt, 2-1, 表1, 5, 2, 企业难题, 双马街道, 产业局, 2022-07-01, 2022-08-20, 已办结, 2022-07-05, 不满意
xt, 2-1, 表1, 6, 3, 实事项目, ,         产业局, 2022-08-09, 2022-08-14, 办理中, ,
xt, 2-1, 表1, 7, 4, 实事项目, ,         产业局, 2022-08-08, 2022-08-22, 未启动, ,
xt, 2-1, 表1, 8, 5, 安全生产, ,         产业局, 2022-08-15, ,           长期推进, ,
xt, 2-1, 表1, 9, 6, 安全生产, ,         产业局, 2022-08-01, 2022-08-10, 已办结, ,
xt, 2-1, 表1, 10, 7, 安全生产, ,        产业局, 2022-08-01, 2022-08-10, 已办结, 2022-08-03,
-- raw.incentive --
zone, return_id, sheet, row_no, enterprise, enterprise_code, programme, paid_amount, paid_on
xt, 4-1, 表1, 2, 甲, A, 智能制造, 100.10, 2022-06-01
xt, 4-1, 表1, 3, 乙, B, 智能制造, 200.20, 2022-06-02
xt, 5-1, 表1, 2, 甲, A, 智能制造, 0.10, 2022-06-01
xt, 5-1, 表1, 3, 甲公司, A, 制造强省, 0.20, 2022-06-30
xt, 5-1, 表1, 4, 丙, , 制造强省, 0.30, 2021-12-31
`
