package warehouse

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// Publication is what Publish made.
type Publication struct {
	Path     string        // the file readers should open
	Deferred bool          // a reader held the fixed name: Path is taizhang-<time>.duckdb beside it
	Bytes    int64         // size of the file
	Tables   int           // tables counted in the check
	Notes    []string      // what was found there and had to go
	Took     time.Duration // copy, check, sync, rename
}

// Publish copies a closed, checkpointed warehouse to dir/taizhang.duckdb:
// write a new file, read it whole, fsync, remove what writers left beside the
// one before (DuckDB would take it for the new one's log), rename over, fsync
// the folder, and read it under its final name. Readers keep the file they
// opened. The caller still holds the zone's Lock, and no
// DuckDB of this process has the warehouse open: closing any other handle of
// an open database drops DuckDB's own lock on it.
//
// Where the rename fails (on Windows a reader locks the file) the copy stays
// as taizhang-<time>.duckdb; the next Publish removes it. The publication that
// it replaces is kept in dir/history, unless somebody has written to it.
func Publish(ctx context.Context, dbPath, dir string) (Publication, error) {
	p, err := publish(ctx, dbPath, dir, true)
	if err != nil {
		err = lang.Errorf("publish %s: %w", "发布 %s：%w", filepath.Base(dbPath), err)
	}
	return p, err
}

// PublishAlone is Publish without a way back: no earlier publication is kept,
// also none of those before, since they hold what had to go.
func PublishAlone(ctx context.Context, dbPath, dir string) (Publication, error) {
	if err := os.RemoveAll(filepath.Join(dir, historyDir)); err != nil {
		return Publication{}, lang.Errorf("remove kept publications: %w", "清除保留的发布：%w", err)
	}
	p, err := publish(ctx, dbPath, dir, false)
	if err != nil {
		err = lang.Errorf("publish %s: %w", "发布 %s：%w", filepath.Base(dbPath), err)
	}
	return p, err
}

func publish(ctx context.Context, dbPath, dir string, kept bool) (p Publication, err error) {
	start := time.Now()
	if info, err := os.Stat(dbPath + ".wal"); err == nil && info.Size() > 0 {
		return p, lang.Errorf("the write-ahead log is not empty: checkpoint and close the warehouse first", "预写日志未清空：要先写入磁盘并关闭数据库")
	}
	if err := durable.MkdirAll(dir, 0o755); err != nil {
		return p, err
	}
	target := filepath.Join(dir, Published)
	next, err := durable.Stage(dir, 0o644, durable.Copy(dbPath))
	if err != nil {
		return p, err
	}
	defer next.Discard()
	p.Bytes = next.Size()
	fingerprint, err := whole(ctx, next.Name())
	if err != nil {
		return p, lang.Errorf("the copy doesn't hold: %w\nhint: where the warehouse itself is damaged, `taizhang rebuild` makes it anew from the archive", "副本有损坏：%w\n建议：如果是数据库本身损坏，执行 taizhang rebuild 可由档案重新生成", err)
	}
	if p.Tables, err = check(ctx, next.Name()); err != nil {
		return p, lang.Errorf("the copy doesn't hold: %w", "副本有损坏：%w", err)
	}
	p.Path = target
	if kept {
		var trouble *Trouble
		switch err := sound(target, marks(dir)); {
		case err == nil:
			if err := keep(dir, start); err != nil {
				return p, lang.Errorf("keep the publication before: %w", "保留上一次发布：%w", err)
			}
		case errors.As(err, &trouble):
			p.Notes = append(p.Notes, lang.Phrase("%s; it is replaced, and not kept", "%s；已另行发布，这一份不保留", trouble))
		case !errors.Is(err, fs.ErrNotExist):
			return p, lang.Errorf("keep the publication before: %w", "保留上一次发布：%w", err)
		}
	}
	if err := noteMark(dir, next.Name(), fingerprint); err != nil {
		return p, err
	}
	removed, err := removeSidecars(target)
	if len(removed) > 0 {
		p.Notes = append(p.Notes, lang.Phrase("removed what a program that had opened the publication for writing had left: %s", "已清除以写入方式打开发布文件的程序留下的内容：%s", strings.Join(removed, ", ")))
	}
	if err == nil {
		if err = next.Place(target); err != nil && next.Name() == "" { // it has its name, but perhaps not on the disk
			return p, err
		}
	}
	if err != nil {
		p.Path = filepath.Join(dir, "taizhang-"+start.Format("20060102-150405")+".duckdb")
		p.Deferred = true
		if err := next.Place(p.Path); err != nil {
			return p, err
		}
	}
	if err := readBack(ctx, p.Path); err != nil {
		return p, lang.Errorf("%s is in place, but can't be read there: %w", "%s 已就位，但在那里读不出来：%w", p.Path, err)
	}
	removeOldCopies(dir, p.Path)
	p.Took = time.Since(start)
	return p, nil
}

// Newest is the path of the newest publication in dir: the fixed name, or
// where a reader kept that locked the newest taizhang-<time>.duckdb beside it.
func Newest(dir string) (string, error) {
	best := filepath.Join(dir, Published)
	info, err := os.Stat(best)
	var newest time.Time
	if err == nil {
		newest = info.ModTime()
	}
	copies, _ := filepath.Glob(filepath.Join(dir, "taizhang-*.duckdb"))
	for _, c := range copies {
		if i, e := os.Stat(c); e == nil && i.ModTime().After(newest) {
			best, newest, err = c, i.ModTime(), nil
		}
	}
	return best, err
}

// check opens the copy as a reader would and reads the run row and every table.
func check(ctx context.Context, path string) (int, error) {
	db, err := ReadOnly(path, Options{})
	if err != nil {
		return 0, err
	}
	defer db.Close()
	var runs int
	if err := db.Conn.QueryRowContext(ctx, "select count(*) from ctl.run where as_of is not null and known_at is not null").Scan(&runs); err != nil {
		return 0, err
	}
	if runs != 1 {
		return 0, lang.Errorf("ctl.run has %d rows", "ctl.run 有%d行", runs)
	}
	names, err := Strings(ctx, db.Conn, `select '"' || schema_name || '"."' || replace(table_name, '"', '""') || '"' from duckdb_tables() where not internal and not temporary order by 1`)
	if err != nil {
		return 0, err
	}
	counts := make([]string, len(names))
	for i, n := range names {
		counts[i] = "select count(*) as n from " + n
	}
	// A sum of subqueries takes four times as long to plan.
	q := "select cast(coalesce(sum(n), 0) as bigint) from (" + strings.Join(counts, " union all ") + ")"
	var rows int64
	if err := db.Conn.QueryRowContext(ctx, q).Scan(&rows); err != nil {
		return 0, err
	}
	return len(names), nil
}

// whole reads a staged file whole. Blocks that nothing uses may never have been
// written: where a checksum doesn't hold, reading every value decides.
func whole(ctx context.Context, path string) (fingerprint uint64, err error) {
	fingerprint, err = scan(path)
	var damaged *DamagedError
	if errors.Is(err, errLayout) || errors.As(err, &damaged) {
		if readAll(ctx, path) == nil {
			err = nil
		}
	}
	return fingerprint, err
}

// Whole reads a closed database file whole: every block against its checksum, and where one doesn't hold every value. The
// error says what is damaged.
func Whole(ctx context.Context, path string) error {
	_, err := whole(ctx, path)
	if errors.Is(err, errLayout) { // a file of another engine's version, that can be read
		return nil
	}
	return err
}

// readAll reads every value of every table.
func readAll(ctx context.Context, path string) error {
	db, err := ReadOnly(path, Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	tables, err := Strings(ctx, db.Conn, `select 'select ' || string_agg('bit_xor(hash("' || replace(column_name, '"', '""') || '"))', ', ')
		|| ' from "' || schema_name || '"."' || replace(table_name, '"', '""') || '"'
		from duckdb_columns() where database_name = current_database() and not internal and table_oid in (select table_oid from duckdb_tables() where not temporary)
		group by schema_name, table_name order by 1`)
	for _, q := range tables {
		if err == nil {
			_, err = Strings(ctx, db.Conn, q)
		}
	}
	return err
}

// readBack opens a publication under its final name, as readers will. A writer
// that still lives may have begun a log anew meanwhile: once it is removed again.
func readBack(ctx context.Context, path string) error {
	read := func() error {
		if left := sidecars(path); len(left) > 0 {
			if _, err := removeSidecars(path); err != nil {
				return err
			}
		}
		db, err := ReadOnly(path, Options{})
		if err != nil {
			return err
		}
		defer db.Close()
		runs, err := Strings(ctx, db.Conn, "select cast(as_of as varchar) from ctl.run")
		if err == nil && len(runs) != 1 {
			err = lang.Errorf("ctl.run has %d rows", "ctl.run 有%d行", len(runs))
		}
		return err
	}
	if err := read(); err == nil {
		return nil
	}
	return read()
}

// removeOldCopies removes copies of earlier publications that nobody holds.
func removeOldCopies(dir, keep string) {
	copies, _ := filepath.Glob(filepath.Join(dir, "taizhang-*.duckdb"))
	for _, c := range copies {
		if c != keep {
			_, _ = removeSidecars(c)
			os.Remove(c)
		}
	}
}
