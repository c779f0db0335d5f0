package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"taizhang/internal/lake"
	"taizhang/internal/tooltest"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/transform"
	"taizhang/transform/mart"
)

// outgrown is what all models, figures and an export of a generated zone cost in a process of its own.
type outgrown struct {
	Rows, Returns          int64
	Warehouse              int64   // bytes
	Models, Figures, Marts float64 // seconds: models and checks; figures of the day; figures of every week
	ModelsMemory, Memory   int64   // bytes resident at most: by the end of the models, at the end
	Spill                  int64   // bytes put aside at most, models and figures
	Publish, Export        float64 // seconds
	Files                  int
	Exported               int64 // bytes
	Again                  float64
	CPUModels, CPUExport   float64 // seconds of processors
	CPUWeeks               float64 // of figures and weeks
	Failed                 string  // what ended it
}

const outgrownMark = "OUTGROWN "

// TestOutgrowing measures how far one machine goes and writes it into docs/benchmarks.md: make bench-scale. Each size runs in
// a process of its own, so that memory is its own; one that the disk can't hold is left out and said.
func TestOutgrowing(t *testing.T) {
	sizes := os.Getenv("TAIZHANG_BENCH_SCALE")
	if sizes == "" {
		t.Skip("takes minutes: make bench-scale")
	}
	if n, err := strconv.ParseInt(os.Getenv("TAIZHANG_BENCH_SCALE_ONE"), 10, 64); err == nil {
		text, err := json.Marshal(outgrow(t, n))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(outgrownMark + string(text))
		return
	}
	var all []outgrown
	for _, size := range strings.Split(sizes, ",") {
		rows, err := strconv.ParseInt(strings.ReplaceAll(size, "_", ""), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		c := exec.Command(os.Args[0], "-test.run=^TestOutgrowing$", "-test.timeout=0")
		c.Env = append(os.Environ(), fmt.Sprintf("TAIZHANG_BENCH_SCALE_ONE=%d", rows))
		out, err := c.CombinedOutput()
		_, line, found := strings.Cut(string(out), outgrownMark)
		if !found {
			all = append(all, outgrown{Rows: rows, Failed: fmt.Sprintf("not measured here (ended: %v)", err)})
			t.Errorf("%d rows: %v\n%.2000s", rows, err, out)
			continue
		}
		var o outgrown
		if err := json.NewDecoder(strings.NewReader(line)).Decode(&o); err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", o)
		all = append(all, o)
	}
	writeOutgrown(t, all)
}

// weeksUpTo is the size up to which the figures of every week are built as well: their cost grows with the rows of every
// week's ledgers, half a minute of processor time for a million rows.
const weeksUpTo = 10_500_000

// outgrow builds, publishes and exports a zone of that many typed rows.
func outgrow(t *testing.T, rows int64) (o outgrown) {
	ctx := context.Background()
	dir := t.TempDir()
	db, err := warehouse.Open(filepath.Join(dir, warehouse.FileName), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	count := func(q string) (n int64) {
		t.Helper()
		if err := db.Conn.QueryRowContext(ctx, q).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	warehousetest.Fill(t, db)
	warehousetest.Run(t, db, "2023-12-18", time.Date(2023, 12, 18, 18, 0, 0, 0, time.UTC), "2023-01-01")
	perReturn := warehousetest.Big{Rows: 1}
	probe, err := warehouse.OpenMemory(warehouse.Options{})
	must(err)
	warehousetest.Fill(t, probe)
	perReturn.Fill(t, probe)
	must(probe.Conn.QueryRowContext(ctx, "select count(*) from raw.return").Scan(&o.Returns))
	must(probe.Close())
	warehousetest.Big{Rows: int(rows / o.Returns)}.Fill(t, db)
	o.Rows = count("select sum(rows_loaded)::bigint from raw.return")
	must(db.Checkpoint(ctx))

	stop := make(chan struct{})
	spilled := make(chan int64)
	go func() { spilled <- mostOf(filepath.Join(dir, warehouse.FileName+".tmp"), stop) }()
	begun := time.Now()
	since := func() float64 {
		s := time.Since(begun).Seconds()
		begun = time.Now()
		return s
	}
	cpu := warehousetest.CPU()
	must(warehouse.Begin(ctx, db.Conn))
	result, err := transform.Run(ctx, db.Conn, transform.Options{Full: true})
	must(err)
	must(result.Err())
	o.Models, o.ModelsMemory, o.CPUModels = since(), residentMost(), (warehousetest.CPU() - cpu).Seconds()
	if o.Rows <= weeksUpTo {
		stats, err := mart.Build(ctx, db.Conn, mart.Options{Full: true})
		must(err)
		o.Figures, o.Marts, o.CPUWeeks = stats.Metric.Seconds(), stats.History.Seconds(), (warehousetest.CPU()-cpu).Seconds()-o.CPUModels
	}
	must(warehouse.Commit(ctx, db.Conn))
	must(db.Checkpoint(ctx))
	must(db.Close())
	close(stop)
	o.Spill, o.Memory = <-spilled, residentMost()
	begun = time.Now()
	p, err := warehouse.Publish(ctx, filepath.Join(dir, warehouse.FileName), filepath.Join(dir, "published"))
	must(err)
	o.Publish, o.Warehouse = since(), p.Bytes
	export := func() lake.Report {
		r, err := lake.Export(ctx, p.Path, lake.Options{Dir: filepath.Join(dir, "lake"), Clock: time.Now})
		must(err)
		return r[0]
	}
	cpu = warehousetest.CPU()
	r := export()
	o.Export, o.Files, o.CPUExport = since(), len(r.Written), (warehousetest.CPU() - cpu).Seconds()
	_, o.Exported = r.Manifest.Rows()
	if r := export(); len(r.Written) != 0 {
		t.Errorf("the second export wrote %d files", len(r.Written))
	}
	o.Again = since()
	return o
}

func orNot(seconds, processors float64) string {
	switch {
	case seconds == 0:
		return "–"
	case processors == 0:
		return fmt.Sprintf("%.1f", seconds)
	}
	return fmt.Sprintf("%.1f (%.1f)", seconds, processors)
}

// mostOf is the largest size that a folder had until stop, looked at often.
func mostOf(dir string, stop chan struct{}) (most int64) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		var size int64
		_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				if info, err := d.Info(); err == nil {
					size += info.Size()
				}
			}
			return nil
		})
		most = max(most, size)
		select {
		case <-stop:
			return most
		case <-tick.C:
		}
	}
}

// residentMost is how much memory this process has had at most, 0 where the system doesn't tell.
func residentMost() int64 { return residentMostOf(os.Getpid()) }

// residentMostOf is residentMost of a process of this machine that runs.
func residentMostOf(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// writeOutgrown puts the measurements into docs/benchmarks.md, in place of those of the same sizes; the other sizes stay.
func writeOutgrown(t *testing.T, all []outgrown) {
	t.Helper()
	measured := tooltest.Measured()
	tooltest.Section(t, "../../docs/benchmarks.md", "## One machine's limits", func(was string) string {
		lines := map[int64]string{}
		for line := range strings.Lines(was) { // typed rows | … | measured
			cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
			if rows, err := strconv.ParseInt(strings.TrimSpace(cells[0]), 10, 64); err == nil && len(cells) == outgrownColumns && !slices.ContainsFunc(all, func(o outgrown) bool { return o.near(rows) }) {
				lines[rows] = line
			}
		}
		for _, o := range all {
			lines[o.Rows] = o.line(measured)
		}
		text := "Written by `make bench-scale`: a generated zone of 25 units that hand in all sixteen forms for two years, in one DuckDB file (memory limit 2 GB, the program's own). " +
			fmt.Sprintf("All models are built and checked from nothing, then (up to %d rows) the figures of the day and of every week as known then and now, then it is published and exported. ", weeksUpTo) +
			"In brackets: seconds of processors, which say more than the clock where the machine does other work too. Each size is a process of its own; memory is what was resident at most, " +
			"spill what DuckDB put aside on the disk at most (looked at 20 times a second); the load is the machine's, with 2 cores, at the end.\n\n" +
			"| typed rows | returns | models, s (CPU) | memory, MiB | figures, s | weeks, s (CPU of both) | memory, MiB | spill, MiB | file, MiB | publish, s | export, s (CPU) | rows/s | lake, MiB (files) | export again, s | measured |\n" +
			strings.Repeat("|---", outgrownColumns) + "|\n"
		for _, rows := range slices.Sorted(maps.Keys(lines)) {
			text += strings.TrimSuffix(lines[rows], "\n") + "\n"
		}
		return text
	})
}

const outgrownColumns = 15

// near is whether that many rows are the same size: generated zones miss the size asked for by a few rows in a hundred.
func (o outgrown) near(rows int64) bool { return o.Rows*9 < rows*10 && rows*9 < o.Rows*10 }

// line is a row of the table.
func (o outgrown) line(measured string) string {
	if o.Failed != "" {
		return fmt.Sprintf("| %d | %s %s| %s |\n", o.Rows, o.Failed, strings.Repeat("| ", outgrownColumns-3), measured)
	}
	return fmt.Sprintf("| %d | %d | %.1f (%.1f) | %d | %s | %s | %d | %d | %d | %.1f | %.1f (%.1f) | %.0f | %d (%d) | %.1f | %s |\n", o.Rows, o.Returns, o.Models, o.CPUModels, o.ModelsMemory>>20, orNot(o.Figures, 0), orNot(o.Marts, o.CPUWeeks), o.Memory>>20, o.Spill>>20, o.Warehouse>>20,
		o.Publish, o.Export, o.CPUExport, float64(o.Rows)/o.Export, o.Exported>>20, o.Files, o.Again, measured)
}
