package service

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"taizhang/cmd/internal/office"
)

// earlierNote reads the note that earlier programs kept of the weekly written last: its due time and the note's file.
// "" where there is none.
func earlierNote(z *office.Zone) (due time.Time, path string, err error) {
	path = filepath.Join(z.Summaries(), "schedule.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return due, "", nil
	}
	if err != nil {
		return due, "", err
	}
	var note struct {
		Summary time.Time `json:"summary"`
	}
	if err := json.Unmarshal(text, &note); err != nil {
		return due, "", fmt.Errorf("%s: %w", path, err)
	}
	return note.Summary, path, nil
}
