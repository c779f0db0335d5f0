package data

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// csvFile writes a grid as Excel saves a sheet as CSV: what is shown, CRLF, empty
// cells where merged ones were. With gbk it is GB18030, else UTF-8 with a mark.
func csvFile(g *grid, gbk bool) ([]byte, error) {
	var buf bytes.Buffer
	if !gbk {
		buf.WriteString("\ufeff")
	}
	w := csv.NewWriter(&buf)
	w.UseCRLF = true
	for _, r := range g.rows {
		line := make([]string, len(r.cells))
		for i, c := range r.cells {
			switch v := c.v.(type) {
			case nil:
			case date:
				line[i] = v.format("2006/1/2")
			case float64:
				line[i] = strconv.FormatFloat(v, 'f', 2, 64)
			default:
				line[i] = fmt.Sprint(v)
			}
		}
		if err := w.Write(line); err != nil {
			return nil, err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil || !gbk {
		return buf.Bytes(), err
	}
	return simplifiedchinese.GB18030.NewEncoder().Bytes(buf.Bytes())
}
