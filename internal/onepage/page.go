package onepage

import (
	"encoding/json"
	"math"
)

// Page is what the file shows, from top to bottom.
type Page struct {
	Title     string
	Subtitle  string  // 截至, 数据版本; divided at ideographic spaces where it is too long
	Coverage  string  // who has handed in and who has not; set apart
	Lead      Section // what needs attention, before the cards
	Cards     []Card
	Charts    []Chart
	Heading   string // over the sentences; 本周变动
	Sentences []string
	Table     *Table
	Code      string // what the rows were asked with, as it was typed
	Box       string // label of an empty field to write in, on paper only
	Footer    string
}

// Table is rows under their heads. Its texts are shown as they are.
type Table struct {
	Columns []Column
	Rows    [][]string
	Note    string // how many there are, what is left out
}

// Column is a head of a table; numbers stand to the right.
type Column struct {
	Name    string
	Numbers bool
}

// Section is sentences under a heading.
type Section struct {
	Heading   string
	Sentences []Sentence
}

// Sentence is one fact with the light of its figure.
type Sentence struct {
	Text  string
	Light Light
}

// Tone says whether a change is for the better.
type Tone int

// Tones of a change.
const (
	Neutral Tone = iota
	Better
	Worse
)

// Light is a traffic light.
type Light string

// The lights; "" is none.
const (
	Red   Light = "红"
	Amber Light = "黄"
	Green Light = "绿"
)

// Card is one headline figure. Empty parts are left out; an empty Value is a dash.
type Card struct {
	Label  string
	Value  string
	Unit   string
	Detail string // numerator and denominator: 179/216
	Last   string // last week's value
	Change string // with its arrow or sign
	Tone   Tone
	Target string
	Light  Light
}

// Kind is the shape of a chart.
type Kind string

// The kinds of charts. Bar stands, Lying lies; Funnel narrows from its first
// label to its last, and is drawn as Lying where its values don't.
const (
	Bar    Kind = "bar"
	Lying  Kind = "lying"
	Line   Kind = "line"
	Funnel Kind = "funnel"
)

// Chart draws series over labels. A value that is NaN is a gap.
type Chart struct {
	Title    string
	Kind     Kind
	Labels   []string
	Series   []Series
	Decimals int  // of values shown
	Percent  bool // 1 is shown as 100%
}

// Series is one run of values, one for each label. A funnel shows its first.
type Series struct {
	Name   string
	Values []float64
}

// MarshalJSON writes what has no value as null: a paper is compared with the one before by its text.
func (s Series) MarshalJSON() ([]byte, error) {
	values := make([]any, len(s.Values))
	for i, v := range s.Values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			values[i] = v
		}
	}
	return json.Marshal(struct {
		Name   string
		Values []any
	}{s.Name, values})
}
