package office

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// FormatPath is the file that says in which format a zone is kept.
const FormatPath = "archive/format.json"

// zoneFormat is the format in which this program keeps a zone: what archive, journal and warehouse together mean. It is
// raised where an older program would go on wrongly with what this one wrote; that of the warehouse alone (its migrations)
// is warehouse.Format. Formats so far:
//
//	0  zones of programs that noted none
//	1  the format is noted
const zoneFormat = 1

type formatNote struct {
	Format int `json:"format"`
}

// Format tells in which format the zone is kept, 0 before the first that was noted, and refuses one that a newer program
// wrote.
func (z *Zone) Format() (int, error) { return formatIn(z.Dir) }

func formatIn(dir string) (int, error) {
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(FormatPath)))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, lang.Errorf("read the zone's format: %w", "读取园区格式：%w", err)
	}
	return readFormat(text)
}

func readFormat(text []byte) (int, error) {
	var n formatNote
	if err := json.Unmarshal(text, &n); err != nil {
		return 0, lang.Errorf("%s is damaged: %w", "%s 已损坏：%w", FormatPath, err)
	}
	if n.Format > zoneFormat {
		return n.Format, newerZone(n.Format, zoneFormat)
	}
	return n.Format, nil
}

func newerZone(format, known int) error {
	return &Refusal{lang.Say("a newer program has worked in this zone (format %[1]d; this one knows up to %[2]d): use that program again; nothing was changed",
		"这个园区已由更新版本的程序处理过（数据格式第%[1]d版，本程序只到第%[2]d版）：请改用那个版本的程序；数据没有改动", format, known)}
}

// noteFormat says in which format the zone is kept from now on.
func (z *Zone) noteFormat() error {
	format, err := z.Format()
	if err != nil || format == zoneFormat {
		return err
	}
	text, err := json.Marshal(formatNote{zoneFormat})
	if err != nil {
		return err
	}
	return durable.WriteBytes(filepath.Join(z.Dir, filepath.FromSlash(FormatPath)), 0o600, append(text, '\n'))
}

// OlderName is what a warehouse is kept as before it is migrated.
func (z *Zone) OlderName() string { return z.Warehouse() + ".older" }

// keepOlder copies a warehouse of an older format before it is migrated, and refuses one of a newer format. The copy is
// there until a doctor mends.
func (w *work) keepOlder(ctx context.Context) error {
	n, err := warehouse.FormatOf(ctx, w.db.Conn)
	if err != nil || n < 0 || n == warehouse.Format {
		return err
	}
	if n > warehouse.Format {
		return newerZone(n, warehouse.Format)
	}
	err = w.db.Checkpoint(ctx)
	if err = errors.Join(err, w.close()); err != nil {
		return err
	}
	w.o.Log.Warn(lang.Phrase("the warehouse is of an older program: it is migrated, and kept as it was", "数据库由较旧的程序写成：正在升级，原来的已保留"), "from", n, "to", warehouse.Format, "kept", w.z.OlderName())
	if err := durable.Write(w.z.OlderName(), 0o600, durable.Copy(w.z.Warehouse())); err != nil {
		return lang.Errorf("keep the warehouse as it was before it is migrated: %w", "升级前保存原数据库：%w", err)
	}
	w.db, err = warehouse.Open(w.z.Warehouse(), warehouse.Options{TimeZone: w.z.Timezone})
	return err
}
