package zone

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// UnknownFolder is the folder of the outbox for receipts whose submitter can't be told.
const UnknownFolder = "_unknown"

func (z *Zone) path(parts ...string) string {
	return filepath.Join(append([]string{z.Dir}, parts...)...)
}

// File returns the path of the zone's configuration.
func (z *Zone) File() string { return z.path(FileName) }

// Inbox returns the folder into which returns are put, one folder for each submitter.
func (z *Zone) Inbox() string { return z.path("inbox") }

// InboxOf returns a submitter's folder of the inbox.
func (z *Zone) InboxOf(s Submitter) string { return z.path("inbox", SafeName(s.Name)) }

// Outbox returns the folder in which receipts are put.
func (z *Zone) Outbox() string { return z.path("outbox") }

// OutboxOf returns a submitter's folder of the outbox.
func (z *Zone) OutboxOf(s Submitter) string { return z.path("outbox", SafeName(s.Name)) }

// OutboxUnknown returns the outbox folder of returns whose submitter can't be told.
func (z *Zone) OutboxUnknown() string { return z.path("outbox", UnknownFolder) }

// TemplateName is the name of the workbook with everything that a submitter owes, as reminders ask for it.
func TemplateName(submitter string) string { return SafeName("报送表_" + submitter + ".xlsx") }

// Archive returns the folder of originals and the journal.
func (z *Zone) Archive() string { return z.path("archive") }

// Warehouse returns the path of the warehouse, which has one owner.
func (z *Zone) Warehouse() string { return z.path("warehouse.duckdb") }

// Published returns the folder of what anybody may read.
func (z *Zone) Published() string { return z.path("published") }

// PublishedFile returns the path of the published warehouse.
func (z *Zone) PublishedFile() string { return z.path("published", "taizhang.duckdb") }

// Consolidated returns the folder of the consolidated workbooks (汇总台账).
func (z *Zone) Consolidated() string { return z.path("published", "汇总台账") }

// Summaries returns the folder of the weekly workbooks.
func (z *Zone) Summaries() string { return z.path("summaries") }

// Forms returns the folder of the zone's own form declarations; it need not exist.
func (z *Zone) Forms() string { return z.path("forms") }

// EnsureFolders makes the folders that are missing: those of the zone, and one
// in the inbox for each submitter that has none there under any of its names.
// A submitter's that can't be made holds nobody up: see FolderTroubles.
func (z *Zone) EnsureFolders() error {
	for _, dir := range []string{z.Inbox(), z.Outbox(), z.Archive(), z.Published(), z.Summaries()} {
		if err := durable.MkdirAll(dir, 0o755); err != nil {
			return lang.Errorf("make the zone's folders: %w", "建立园区的文件夹：%w", err)
		}
	}
	entries, err := os.ReadDir(z.Inbox())
	if err != nil {
		return lang.Errorf("read the inbox: %w", "读取收件箱：%w", err)
	}
	has := map[string]bool{}
	for _, e := range entries {
		if s, ok := z.Match(e.Name()); ok && e.IsDir() {
			has[s.Code] = true
		}
	}
	for _, s := range z.Submitters {
		if has[s.Code] {
			continue
		}
		_ = durable.MkdirAll(z.InboxOf(s), 0o755)
	}
	return nil
}

// FolderTroubles says of each submitter that has no folder for receipts or
// returns, though something of that name is there, what stands in the way. A
// folder that isn't there yet is none.
func (z *Zone) FolderTroubles() []error {
	var out []error
	for _, s := range z.Submitters {
		for _, dir := range []string{z.InboxOf(s), z.OutboxOf(s)} {
			if info, err := os.Stat(dir); err == nil && !info.IsDir() {
				out = append(out, lang.Errorf("%s: a file stands where the folder of %s should be", "%s：%s的文件夹所在位置有一个同名文件", dir, s.Name))
			} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
				out = append(out, err)
			}
		}
	}
	return out
}

// Logs is the folder of the log's files.
func (z *Zone) Logs() string { return z.path("logs") }
