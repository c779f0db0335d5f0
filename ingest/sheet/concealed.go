package sheet

// Stretch is columns From to To, from 1, both included.
type Stretch struct{ From, To int }

// Concealing is a [Source] that knows which columns of a sheet nobody sees: of the one whose rows it gave last.
type Concealing interface {
	HiddenColumns() []Stretch
}

// maxStretches bounds what is kept of them.
const maxStretches = 1 << 14

// AddStretch keeps one more stretch of hidden columns; ones that say nothing are left out.
func AddStretch(list []Stretch, from, to int) []Stretch {
	if from < 1 || to < from || len(list) >= maxStretches {
		return list
	}
	return append(list, Stretch{from, to})
}

// ColumnHidden says whether nobody sees a column, from 1. What stands in it is data all the same.
func (g *Grid) ColumnHidden(col int) bool {
	for _, s := range g.Concealed {
		if col >= s.From && col <= s.To {
			return true
		}
	}
	return false
}
