package office

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// BackupNote is what the zone keeps of its last whole backup.
type BackupNote struct {
	Dir   string    `json:"dir"`
	Name  string    `json:"name"`
	At    time.Time `json:"at"`
	Files int       `json:"files"`
	Bytes int64     `json:"bytes"`
	Lost  int       `json:"lost,omitempty"` // originals that are in no backup
}

// BackupNoteName is the file of the zone that holds the note.
const BackupNoteName = "backup.json"

// LastBackup tells of the last whole backup of the zone, nil where none is known.
func (z *Zone) LastBackup() (*BackupNote, error) {
	text, err := os.ReadFile(filepath.Join(z.Dir, BackupNoteName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, lang.Errorf("read when the last backup was made: %w", "读取上次备份的时间：%w", err)
	}
	var n BackupNote
	if json.Unmarshal(text, &n) != nil { // it is only a note: the backups themselves are whole or not
		return nil, nil
	}
	return &n, nil
}

// NoteBackup keeps what is known of a backup that is whole.
func (z *Zone) NoteBackup(n BackupNote) error {
	text, err := json.MarshalIndent(n, "", " ")
	if err != nil {
		return err
	}
	return durable.WriteBytes(filepath.Join(z.Dir, BackupNoteName), 0o600, append(text, '\n'))
}

// JournalPath is the journal's place in a set.
const JournalPath = "archive/journal.jsonl"

// Facts of a set: what the one who copies tells the one who restores.
const (
	FactJournal   = "journal"   // length of the journal
	FactPublished = "published" // length of the journal that the publication was made from
	FactUnsettled = "unsettled" // 1: a publication was being made, and nobody finished it
	FactErasure   = "erasure"   // the last erasure of a person
)
