package office

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"taizhang/ingest"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// sayConcealed tells that a column holds secrets from now on; what was written from it before is told once it is known.
func (w *work) sayConcealed(x ingest.Concealed) {
	w.masked = append(w.masked, x)
	w.o.Log.Warn(lang.Phrase("what a column held as written is masked now, as its form says since, in rows, in their keys and in what was said of them",
		"这一列以前按原文保存，现按表样的要求已隐去，关键列和审核意见中的也已隐去"), "form", x.Form, "column", x.Title, "rows", x.Rows, "texts", x.Said)
}

// sayPlain names the files that still hold what was masked in this run, and how they are removed.
func (w *work) sayPlain(ctx context.Context) (said []string, err error) {
	if len(w.masked) == 0 {
		return nil, nil
	}
	var values []string
	for _, x := range w.masked {
		values = append(values, x.Values...)
	}
	files, err := w.z.PlainFiles(ctx, values)
	if err != nil {
		return nil, err
	}
	if len(files) > 0 {
		said = append(said, PlainNote(w.z, files).Error())
	}
	return append(said, elsewhereNote(w.z).Error()), nil
}

// elsewhereNote says what outside of the zone holds as written what was masked in this run: copies that were made before.
func elsewhereNote(z *Zone) lang.Text {
	if last, err := z.LastBackup(); err == nil && last != nil {
		return lang.Say("backups in %[1]s up to %[2]s and lakes that were exported before hold it as written, too: make a new backup and let the others go with: taizhang backup %[3]s --keep 1; the next taizhang export to each lake replaces its files",
			"%[1]s 中截至 %[2]s 的备份和以前导出的数据湖中也是原文：请重新备份并清除旧备份：taizhang backup %[3]s --keep 1；对每个数据湖再执行一次 taizhang export，其中的文件即被替换", last.Dir, last.Name, Typed(last.Dir))
	}
	return lang.Say("backups and lakes that were made before hold it as written, too: make a new backup with --keep 1; the next taizhang export to each lake replaces its files",
		"以前做的备份和导出的数据湖中也是原文：请用 taizhang backup --keep 1 重新备份；对每个数据湖再执行一次 taizhang export，其中的文件即被替换")
}

// PlainNote says which files still hold as written what is masked now, and how they are removed.
func PlainNote(z *Zone, files []string) lang.Text {
	return lang.Say("%[1]d files that were written before still hold as written what a form says to mask: %[2]s; to remove them: %[3]s (originals in archive and the senders' own receipts hold it, too)",
		"表样要求隐去的内容，以前写出的%[1]d个文件中仍是原文：%[2]s；删除请执行：%[3]s（archive 中的原件、各单位自己的回执中也有）", len(files), strings.Join(files, lang.Phrase(", ", "、")), RemoveCommand(z, files))
}

// RemoveCommand is what to type to remove files of the zone.
func RemoveCommand(z *Zone, files []string) string {
	words := []string{"rm"}
	if runtime.GOOS == "windows" {
		words[0] = "del"
	}
	for _, f := range files {
		words = append(words, Typed(filepath.Join(z.Dir, filepath.FromSlash(f))))
	}
	return strings.Join(words, " ")
}

// PlainFiles are the kept publications, databases set aside and issued papers that hold values as they were written which
// their form says to mask, by their paths in the zone. More values than those of kept publications may be given.
func (z *Zone) PlainFiles(ctx context.Context, values []string) (files []string, err error) {
	kept, err := warehouse.History(z.Published())
	if err != nil {
		return nil, err
	}
	paths := []string{z.OlderName(), z.Warehouse() + ".damaged"}
	for _, k := range kept {
		paths = append(paths, k.Path)
	}
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		plain, err := z.plainIn(ctx, path)
		if err != nil {
			continue // it can't be read, which is told as that
		}
		if len(plain) > 0 {
			rel, _ := filepath.Rel(z.Dir, path)
			files = append(files, filepath.ToSlash(rel))
			values = append(values, plain...)
		}
	}
	values = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(values))), func(v string) bool { return utf8.RuneCountInString(v) < 2 })
	if len(values) == 0 {
		return files, nil
	}
	err = z.walk(z.Summaries(), func(path, rel string) error {
		quotes, err := fileQuotes(path, values...)
		if quotes {
			files = append(files, rel)
		}
		return err
	})
	return files, err
}

// plainIn are the values that a database holds as written of columns that are to be masked.
func (z *Zone) plainIn(ctx context.Context, path string) (values []string, err error) {
	db, err := warehouse.ReadOnly(path, warehouse.Options{TimeZone: z.Timezone})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	columns, err := warehouse.Strings(ctx, db.Conn, "select table_name || '.' || column_name from information_schema.columns where table_schema = 'raw' and data_type = 'VARCHAR'")
	if err != nil {
		return nil, err
	}
	for _, f := range z.Forms.Forms {
		for _, c := range f.Columns {
			if !c.Type.Sensitive() || !slices.Contains(columns, f.ID+"."+c.Field) {
				continue
			}
			query := fmt.Sprintf("select distinct %[1]s from %[2]s where %[1]s is not null", warehouse.Ident(c.Field), ingest.RawTable(f).Name)
			if slices.Contains(columns, f.ID+"."+c.Field+"_hash") {
				query += fmt.Sprintf(" and %s is null", warehouse.Ident(c.Field+"_hash"))
			}
			plain, err := warehouse.Strings(ctx, db.Conn, query)
			if err != nil {
				return nil, err
			}
			values = append(values, plain...)
		}
	}
	return values, nil
}
