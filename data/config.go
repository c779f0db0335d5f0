package data

import (
	_ "embed"
	"encoding/csv"
	"strings"
)

//go:embed taizhang.yaml
var config []byte

// Config is the demo zone's taizhang.yaml.
func Config() []byte { return append([]byte(nil), config...) }

//go:embed weekly.yaml
var weekly []byte

// Weekly is the demo zone's queries/weekly.yaml: its text in the words of the article.
func Weekly() []byte { return append([]byte(nil), weekly...) }

//go:embed golden.csv
var golden string

// Published is one figure of the article.
type Published struct {
	Metric string
	Value  string // as a number: 216, 0.829, 24600000
	Quote  string // the article's own words
}

// Golden are the article's figures, in golden.csv's order. A ratio is given as
// rounded in print, so compare it at its own precision.
func Golden() ([]Published, error) {
	lines, err := csv.NewReader(strings.NewReader(golden)).ReadAll()
	if err != nil {
		return nil, err
	}
	var out []Published
	for _, l := range lines[1:] {
		out = append(out, Published{l[0], l[1], l[2]})
	}
	return out, nil
}
