package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	_ "time/tzdata" // offices' PCs have no zone database

	duckdb "github.com/duckdb/duckdb-go/v2"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// Options of an opened database. The zero value is right for a zone of the
// built-in time zone on a small machine.
type Options struct {
	TimeZone    string // default Asia/Shanghai
	MemoryLimit string // default MostMemory
	Threads     int    // default: oneThread
}

// DB is an opened database with one pinned connection: transactions, temporary
// tables and settings belong to a connection, so everything goes through one.
type DB struct {
	Conn *sql.Conn
	db   *sql.DB
	path string

	leaves bool // the process ends with it
}

// Open opens a warehouse for reading and writing and creates it where it is
// missing. The caller holds its Lock. Where a foreign program (a DuckDB shell)
// holds the file, the error is a *HeldError.
func Open(path string, o Options) (*DB, error) {
	if err := durable.Ask(durable.OpenDB, role); err != nil {
		return nil, lang.Errorf("open %s: %w", "打开 %s：%w", path, err)
	}
	return open(path, "read_write", o)
}

// role is the name of a warehouse among the steps of writing ([durable.Step]).
const role = "warehouse"

// ReadOnly opens a database file that nobody writes, such as a publication. All readers of a process share its settings: DuckDB
// refuses to open a file twice with different ones.
func ReadOnly(path string, o Options) (*DB, error) { return open(path, "read_only", o) }

// OpenMemory opens an empty database in memory.
func OpenMemory(o Options) (*DB, error) { return open("", "", o) }

// blockSize of a warehouse: every column of every table takes a block at least, so DuckDB's own 256 KB make the file of
// an office three times as large as it need be, and it is copied by every run. Files of millions of rows grow by 7 %.
const blockSize = "65536"

// storageVersion of a warehouse: any DuckDB since then opens it. The driver's own choice is that of 2024, which spells out
// three kilobytes of statistics for every column: a file a third larger, and opened in twice the time.
const storageVersion = "v1.4.0"

// logLimit is how long the write-ahead log grows before it is folded into the file. DuckDB's own 16 MB have a thousand
// workbooks folded in several times over, each time with all rows before them, which costs more than the log itself.
const logLimit = "64MB"

// rowGroups is how many groups of 122,880 rows wait until they are written. DuckDB's own five are a hundred megabytes while a
// return of a million rows is stored, and make the file no smaller.
const rowGroups = "1"

// shims are functions that Trino has under a name of its own and DuckDB under
// another, where texts that both run need one name: array_join puts texts
// together, nulls left out. They live in the connection, so that no file needs them.
const shims = "create or replace temp macro array_join(items, between_them) as array_to_string(items, between_them)"

// MostMemory is what DuckDB may use. What doesn't fit goes to a file beside the database, but not all can.
const MostMemory = "2GB"

// oneThread is enough for what we ask. Most statements of a build or a workbook are too small to be shared out, and DuckDB's
// threads ask for work without a pause while there is none: over 5 million rows a build takes nearly twice the processor
// time on two, a workbook a third more. What people type runs on more (queries/fence).
const oneThread = 1

func open(path, mode string, o Options) (*DB, error) {
	q := url.Values{}
	if mode != "" {
		q.Set("access_mode", mode)
	}
	q.Set("autoinstall_known_extensions", "false")
	q.Set("autoload_known_extensions", "false")
	q.Set("memory_limit", orDefault(o.MemoryLimit, MostMemory))
	if mode == "read_write" { // of a new file
		q.Set("default_block_size", blockSize)
		q.Set("storage_compatibility_version", storageVersion)
		q.Set("checkpoint_threshold", logLimit)
		q.Set("write_buffer_row_group_count", rowGroups)
	}
	q.Set("threads", strconv.Itoa(max(o.Threads, oneThread)))
	dsn, attach, err := source(path, mode, q)
	if err != nil {
		return nil, lang.Errorf("open %s: %w", "打开 %s：%w", path, err)
	}
	db, err := sql.Open("duckdb", dsn)
	if err != nil {
		return nil, asHeld(path, err)
	}
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		db.Close()
		return nil, asHeld(path, err)
	}
	d := &DB{Conn: conn, db: db, path: path}
	for _, s := range attach {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			d.Close()
			return nil, asHeld(path, err)
		}
	}
	zone := orDefault(o.TimeZone, "Asia/Shanghai")
	for _, s := range []string{
		"set TimeZone = " + Quote(zone),
		"set preserve_insertion_order = true",
		shims,
	} {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			d.Close()
			return nil, lang.Errorf("open %s: %w", "打开 %s：%w", path, err)
		}
	}
	if mode == "read_only" {
		return d, nil
	}
	if err := registerIncoming(conn); err != nil {
		d.Close()
		return nil, lang.Errorf("open %s: %w", "打开 %s：%w", path, err)
	}
	return d, nil
}

// source is the driver's name for a file with its settings. The driver reads
// it as a URL but takes the path as it stands, so that no escape helps: a path
// with # loses its settings, one with % or a control character isn't opened at
// all. Such files are attached to a database in memory. A question mark DuckDB
// itself takes for the beginning of parameters, and puts the name of its log
// before it, through links too: there is no way to write to such a folder.
func source(path, mode string, settings url.Values) (dsn string, attach []string, err error) {
	query := settings.Encode()
	if path == "" {
		return "?" + query, nil, nil
	}
	if path, err = filepath.Abs(path); err != nil { // a relative one may look like a scheme: md:zone
		return "", nil, err
	}
	if strings.Contains(path, "?") {
		return "", nil, lang.Errorf("DuckDB can't keep a database in a folder with a question mark in its name; rename the folder", "数据库所在文件夹的名称不能含问号；请改文件夹名")
	}
	if u, err := url.Parse(path + "?" + query); err == nil && u.RawQuery == query {
		return path + "?" + query, nil, nil
	}
	settings.Del("access_mode")
	options := ""
	if mode == "read_only" {
		options = " (read_only)"
	}
	return "?" + settings.Encode(), []string{"attach " + Quote(path) + " as zone" + options, "use zone"}, nil
}

// Path of the file, empty in memory.
func (d *DB) Path() string { return d.path }

// Checkpoint folds the write-ahead log into the file, so that the file alone
// is the whole warehouse and may be copied once closed.
func (d *DB) Checkpoint(ctx context.Context) error {
	if err := durable.Ask(durable.Checkpoint, role); err != nil {
		return lang.Errorf("checkpoint: %w", "写入磁盘：%w", err)
	}
	_, err := d.Conn.ExecContext(ctx, "checkpoint")
	return err
}

// Leave has Close leave a database that was only read to the end of the process.
func (d *DB) Leave() { d.leaves = true }

// Close closes the connection and the database.
func (d *DB) Close() error {
	if d == nil || d.db == nil {
		return nil
	}
	db := d.db
	d.db = nil
	if d.leaves {
		if _, err := os.Stat(d.path + ".tmp"); errors.Is(err, fs.ErrNotExist) { // else it has put rows on disk, which closing removes
			return nil
		}
	}
	return errors.Join(d.Conn.Close(), db.Close())
}

var pidInMessage = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`PID (\d+)`) })

// asHeld turns DuckDB's «conflicting lock» into a *HeldError. Windows tells of it in the language of the computer: there the
// file is asked instead.
func asHeld(path string, err error) error {
	var de *duckdb.Error
	text := err.Error()
	isIO := errors.As(err, &de) && de.Type == duckdb.ErrorTypeIO
	if (isIO || de == nil) && (strings.Contains(text, "Conflicting lock") || openElsewhere(path)) {
		h := &HeldError{}
		if m := pidInMessage().FindStringSubmatch(text); m != nil {
			h.PID, _ = strconv.Atoi(m[1])
		}
		return h
	}
	return lang.Errorf("open %s: %w", "打开 %s：%w", path, err)
}

// Quote writes a text as an SQL string literal.
func Quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Ident writes a name as a quoted SQL identifier.
func Ident(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func orDefault(s, d string) string {
	if s == "" {
		return d
	}
	return s
}
