package workbook

import (
	"bufio"
	"math"
	"strconv"
	"strings"
	"time"
)

// writeRows writes a sheet's rows as XML; ids are the file's styles of the
// canvas's looks. Text is stored with its cell: a list of shared strings would
// have to be held in memory.
func (c *canvas) writeRows(w *bufio.Writer, ids []int) {
	letters := make([]string, c.lastCol+1)
	for i := range letters {
		letters[i] = columnName(i + 1)
	}
	styles := make([]string, len(ids))
	for i, id := range ids {
		styles[i] = strconv.Itoa(id)
	}
	var buf []byte
	for i, r := range c.rows {
		if r.height <= 0 && len(r.cells) == 0 && r.list == nil {
			continue
		}
		no := strconv.Itoa(i + 1)
		buf = append(append(append(buf[:0], `<row r="`...), no...), '"')
		if r.height > 0 {
			buf = append(buf, ` ht="`...)
			buf = strconv.AppendFloat(buf, math.Round(r.height*100)/100, 'f', -1, 64)
			buf = append(buf, `" customHeight="1"`...)
		}
		buf = append(buf, '>')
		columns := len(r.cells)
		if r.list != nil {
			columns = len(r.list.cols)
		}
		for j := range columns {
			var x cell
			if r.list != nil {
				x = r.at(j)
			} else if x = r.cells[j]; x.style == 0 {
				continue
			}
			buf = append(append(append(buf, `<c r="`...), letters[j]...), no...)
			buf = append(append(append(buf, `" s="`...), styles[x.style-1]...), '"')
			formula := ""
			if len(c.formula) > 0 {
				formula = c.formula[[2]int{j + 1, i + 1}]
			}
			buf = appendCell(buf, x.value, formula)
		}
		buf = append(buf, "</row>"...)
		_, _ = w.Write(buf)
	}
}

// appendCell writes what follows a cell's address and style.
func appendCell(buf []byte, value any, formula string) []byte {
	var n []byte
	var scratch [32]byte
	text, isText := "", false
	switch v := value.(type) {
	case nil:
		if formula == "" {
			return append(buf, "/>"...)
		}
		isText = true
	case string:
		text, isText = v, true
	case int:
		n = strconv.AppendInt(scratch[:0], int64(v), 10)
	case int32:
		n = strconv.AppendInt(scratch[:0], int64(v), 10)
	case int64:
		n = strconv.AppendInt(scratch[:0], v, 10)
	case float64:
		n = strconv.AppendFloat(scratch[:0], v, 'g', -1, 64)
	case float32:
		n = strconv.AppendFloat(scratch[:0], float64(v), 'g', -1, 32)
	case bool:
		buf = append(buf, ` t="b"`...)
		n = append(scratch[:0], '0')
		if v {
			n[0] = '1'
		}
	case time.Time:
		if serial, ok := serialDate(v); ok {
			n = strconv.AppendFloat(scratch[:0], serial, 'f', -1, 64)
		} else {
			text, isText = v.Format(time.DateOnly), true
		}
	default:
		text, isText = textOf(Cell{Value: v}), true
	}
	switch {
	case formula != "":
		if isText {
			buf = append(buf, ` t="str"`...)
			n = appendText(nil, text)
		}
		buf = append(appendText(append(buf, "><f>"...), formula), "</f>"...)
		return append(append(append(buf, "<v>"...), n...), "</v></c>"...)
	case isText:
		buf = append(buf, ` t="inlineStr"><is><t`...)
		if text != strings.TrimSpace(text) || strings.Contains(text, "\n") {
			buf = append(buf, ` xml:space="preserve"`...)
		}
		buf = append(buf, '>')
		return append(appendText(buf, text), "</t></is></c>"...)
	}
	return append(append(append(buf, "><v>"...), n...), "</v></c>"...)
}

// appendText escapes text for XML. A literal _x0041_ would be read as an
// escape of its own, so its underscore is escaped.
func appendText(buf []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); i++ {
		var to string
		switch s[i] {
		case '&':
			to = "&amp;"
		case '<':
			to = "&lt;"
		case '>':
			to = "&gt;"
		case '_':
			if i+6 < len(s) && s[i+1] == 'x' && s[i+6] == '_' && isHex(s[i+2:i+6]) {
				to = "_x005F_"
				break
			}
			continue
		default:
			continue
		}
		buf = append(append(buf, s[from:i]...), to...)
		from = i + 1
	}
	return append(buf, s[from:]...)
}

func isHex(s string) bool {
	for i := 0; i < len(s); i++ {
		if !strings.ContainsRune("0123456789abcdefABCDEF", rune(s[i])) {
			return false
		}
	}
	return true
}

// serialDate is a time as spreadsheets count it: days since the last day of
// 1899, with a 29 February 1900 that never was.
func serialDate(t time.Time) (float64, bool) {
	days := t.Sub(time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)).Hours() / 24
	if days < 1 || t.Year() > 9999 {
		return 0, false
	}
	if days >= 60 {
		days++
	}
	return math.Round(days*86400*1000) / 86400 / 1000, true
}

func (c *canvas) writeMerges(w *bufio.Writer) {
	if len(c.merges) == 0 {
		return
	}
	_, _ = w.WriteString(`<mergeCells count="` + strconv.Itoa(len(c.merges)) + `">`)
	for _, m := range c.merges {
		_, _ = w.WriteString(`<mergeCell ref="` + m.String() + `"/>`)
	}
	_, _ = w.WriteString(`</mergeCells>`)
}
