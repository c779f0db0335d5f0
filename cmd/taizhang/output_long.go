package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"

	"taizhang/internal/lang"
	"taizhang/internal/result"
)

// keptRows is how many bytes of a result are kept in memory until it is written; a longer one waits in a temporary file.
const keptRows = 8 << 20

// longText is a result as a table or md, of any length: the widths and which columns hold numbers are known only once all
// rows are, which wait until then.
type longText struct {
	w       io.Writer
	format  string
	columns []string
	right   []bool
	widths  []int
	most    int          // bytes that are kept in memory
	kept    bytes.Buffer // the rows, a text after its length each
	file    *os.File     // those that came before what is kept
}

func newLongText(w io.Writer, format string, columns []result.Column) *longText {
	t := &longText{w: w, format: format, right: make([]bool, len(columns)), widths: make([]int, len(columns)), most: keptRows}
	for i, c := range columns {
		t.columns = append(t.columns, c.Name)
		t.widths[i] = textWidth(c.Name)
	}
	return t
}

// Row takes a row.
func (t *longText) Row(values []any) error {
	for i, v := range values {
		text := cellText(v, t.format)
		t.right[i] = t.right[i] || isNumber(v)
		if t.format == "table" {
			t.widths[i] = max(t.widths[i], textWidth(text))
		}
		t.kept.Write(binary.AppendUvarint(nil, uint64(len(text))))
		t.kept.WriteString(text)
	}
	if t.kept.Len() <= t.most {
		return nil
	}
	if t.file == nil {
		file, err := os.CreateTemp("", "taizhang-*.rows")
		if err != nil {
			return lang.Errorf("a long result needs room for a temporary file: %w", "结果较长，需要临时文件，无法建立：%w", err)
		}
		t.file = file
	}
	if _, err := t.kept.WriteTo(t.file); err != nil {
		return lang.Errorf("a long result needs room for a temporary file: %w", "结果较长，临时文件写不下：%w", err)
	}
	return nil
}

// End writes all rows.
func (t *longText) End() error {
	rows := io.Reader(&t.kept)
	if t.file != nil {
		if _, err := t.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		rows = io.MultiReader(t.file, &t.kept)
	}
	in, out := bufio.NewReaderSize(rows, 1<<16), bufio.NewWriterSize(t.w, 1<<16)
	line, err := tableLines(out, t.widths, t.right), error(nil)
	if t.format == "md" {
		line, err = beginMarkdown(out, t.columns, t.right)
	} else {
		err = line(t.columns)
	}
	if err != nil {
		return err
	}
	cells := make([]string, len(t.columns))
	for {
		for i := range cells {
			n, err := binary.ReadUvarint(in)
			if i == 0 && errors.Is(err, io.EOF) {
				return out.Flush()
			}
			if err != nil {
				return err
			}
			text := make([]byte, n)
			if _, err := io.ReadFull(in, text); err != nil {
				return err
			}
			cells[i] = string(text)
		}
		if err := line(cells); err != nil {
			return err
		}
	}
}

// discard removes the temporary file.
func (t *longText) discard() error {
	if t.file == nil {
		return nil
	}
	return errors.Join(t.file.Close(), os.Remove(t.file.Name()))
}
