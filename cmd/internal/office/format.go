package office

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"taizhang/internal/decl"
)

// formatPath is the file that says in which format a zone is kept.
const formatPath = "archive/format.json"

// zoneFormat is the format that this program writes: the number of the last migration.
const zoneFormat = 1

type formatNote struct {
	Format int `json:"format"`
}

// format tells in which format the zone is kept, 0 before the first that was noted, and refuses one that a newer program
// wrote.
func (z *Zone) format() (int, error) {
	text, err := os.ReadFile(filepath.Join(z.Dir, filepath.FromSlash(formatPath)))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the zone's format: %w", err)
	}
	var n formatNote
	if err := json.Unmarshal(text, &n); err != nil {
		return 0, fmt.Errorf("%s is damaged: %w", formatPath, err)
	}
	if n.Format > zoneFormat {
		return n.Format, &Refusal{decl.Say("a newer program has worked in this zone (format %[1]d; this one knows up to %[2]d): install that program again, nothing was changed",
			"这个园区已由更新版本的程序处理过（数据格式第%[1]d版，本程序只到第%[2]d版）：请改用新版本的程序，数据没有改动", n.Format, zoneFormat)}
	}
	return n.Format, nil
}
