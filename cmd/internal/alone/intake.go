package main

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/ingest"
	"taizhang/ingest/finding"
	"taizhang/internal/archive"
	"taizhang/internal/warehouse"
)

// fill puts the files of a zone's inbox into its archive, as if they had been received on the morning of its business day.
func fill(dir string) error {
	z, err := office.Load(dir)
	if err != nil {
		return err
	}
	if err := z.EnsureFolders(); err != nil {
		return err
	}
	a, err := archive.Open(z.Archive())
	if err != nil {
		return err
	}
	defer a.Close()
	at := z.AsOf.Time(z.Location).Add(9 * time.Hour)
	var events []archive.Event
	err = filepath.WalkDir(z.Inbox(), func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		sha, err := a.Put(content)
		if err != nil {
			return err
		}
		path, err := filepath.Rel(z.Inbox(), name)
		if err != nil {
			return err
		}
		folder, _, _ := strings.Cut(filepath.ToSlash(path), "/")
		events = append(events, archive.Event{Event: archive.Arrive, Seq: a.NextArrival() + len(events), At: at, Hash: sha,
			Name: d.Name(), Folder: folder, Path: filepath.ToSlash(path), Size: int64(len(content))})
		return nil
	})
	if err != nil {
		return err
	}
	return a.Append(events...)
}

// together is how many archived files are taken in at once, as by a run.
const together = 200

// intake reads, judges and stores all arrivals of a zone's archive.
func intake(ctx context.Context, dir, file string) error {
	z, err := office.Load(dir)
	if err != nil {
		return err
	}
	in, err := z.CheckIntake()
	if err != nil {
		return err
	}
	a, err := archive.View(z.Archive())
	if err != nil {
		return err
	}
	defer a.Close()
	for _, old := range []string{file, file + ".wal"} {
		if err := os.Remove(old); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	db, err := warehouse.Open(file, warehouse.Options{TimeZone: z.Timezone})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := warehouse.Schema(ctx, db.Conn); err != nil {
		return err
	}
	if err := ingest.EnsureTables(ctx, db.Conn, z.Forms); err != nil {
		return err
	}
	s := &ingest.Session{In: in, Archive: a, Conn: db.Conn, Log: slog.New(slog.DiscardHandler)}
	if err := s.Resume(ctx); err != nil {
		return err
	}
	var todo []archive.Event
	for e, err := range a.All() {
		if err != nil {
			return err
		}
		if e.Event != archive.Arrive {
			continue
		}
		if todo = append(todo, e); len(todo) == together {
			if err := s.Replay(ctx, todo); err != nil {
				return err
			}
			todo = todo[:0]
		}
	}
	if err := s.Replay(ctx, todo); err != nil {
		return err
	}
	if err := db.Checkpoint(ctx); err != nil {
		return err
	}
	fmt.Println(told(s.Taken))
	return db.Close()
}

// told is what became of the returns, in a line.
func told(reports []*finding.Report) string {
	rows, outcomes := 0, map[finding.Outcome]int{}
	for _, r := range reports {
		for _, ret := range r.Returns {
			rows += ret.Rows
			outcomes[ret.Outcome]++
		}
	}
	return fmt.Sprint(len(reports), " files, ", rows, " rows, outcomes ", outcomes)
}
