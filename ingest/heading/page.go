package heading

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// Page is one sheet, or the part of it that one table takes, read by row index and column through merged areas.
type Page struct {
	*sheet.Grid
	Areas map[[2]int]sheet.Range // merged ones by covered cell, over the rows where a head may stand
	known map[string]bool        // texts already looked up among the form's headings
	words []worded               // of the rows in which heads were looked for, by index
	// Delimited says that the rows are lines of separated fields, where a comma too many moves all that follows.
	Delimited bool
	numerals  map[int]bool // by column: Chinese numerals count its rows
	last      map[int]int  // by column: the last row that holds something, once asked for
}

// maxMergedWork bounds the cells looked at under merged areas, which a hostile file can make many; a real sheet has thousands.
const maxMergedWork = 2_000_000

const headRows = 80 // a head stands within the first rows that have content

// NewPage prepares a sheet for the search for heads. The page keeps the grid, which must not change.
func NewPage(g *sheet.Grid) *Page {
	p := &Page{Grid: g, Areas: map[[2]int]sheet.Range{}, known: map[string]bool{}}
	if len(g.Rows) == 0 {
		return p
	}
	work := 0
	for _, m := range g.Merged {
		if m.Bottom < g.Rows[0].N {
			continue
		}
		if m.Left == m.Right && m.Top > g.Rows[min(len(g.Rows), headRows)-1].N {
			continue // data cells merged downwards: see fillDown
		}
		if work += min(m.Bottom-m.Top+1, 9) * min(m.Right-m.Left+1, 201); work > maxMergedWork {
			break
		}
		for r := m.Top; r <= min(m.Bottom, m.Top+8); r++ {
			for c := m.Left; c <= min(m.Right, m.Left+200); c++ {
				p.Areas[[2]int{r, c}] = m
			}
		}
	}
	return p
}

// From gives the part of the page that begins at a row index, as a page of its own.
func (p *Page) From(i int) *Page {
	g := *p.Grid
	g.Rows = g.Rows[i:]
	q := NewPage(&g)
	q.Delimited = p.Delimited
	return q
}

// Level gives the heading text at a row index and column, through merged areas; wide is true where it spans columns.
func (p *Page) Level(i, col int) (text string, wide bool, anchor [2]int) {
	n := p.Rows[i].N
	anchor = [2]int{n, col}
	if m, ok := p.Areas[[2]int{n, col}]; ok {
		anchor = [2]int{m.Top, m.Left}
		for j := i; j >= 0 && p.Rows[j].N >= m.Top; j-- {
			if p.Rows[j].N == m.Top {
				return sight.TextOf(sight.CellIn(p.Row(j), m.Left)), m.Right > m.Left, anchor
			}
		}
		return "", false, anchor
	}
	return sight.TextOf(sight.CellIn(p.Row(i), col)), false, anchor
}

var (
	// periodWords stand before what is counted in the period itself: 本月兑付金额.
	periodWords = []string{"本月", "当月", "本期", "本周", "当期"}
	// thisPeriod are heading levels that say nothing but: the period itself.
	thisPeriod = append(slices.Clone(periodWords), "本月数", "本期数", "本周数", "当月数", "当期数", "本月发生", "本期发生", "本月发生数", "本期发生数", "当月发生数")
	// rollupLevel and rollupPrefix name sums over several periods.
	// A stretch of time since some beginning is one of them with or without the word 累计.
	sinceStart  = `((截[至止]?|到|至)(目前|现在|本[月期周年]|当[月期]|上?月?[底末]|\d{1,2}月\d{1,2}日|(20\d\d年)?\d{1,2}月(份|底|末)?)(止|为止)?|(自|从)(本|今|全|当|20\d\d)?年(度)?(初|1月)(起|以来|至今|到现在|至本[月期]|至\d{1,2}月(底|末|份)?)?|(本|今|全|当|20\d\d)?年(度)?(初|1月)(起|以来|至今|到现在|至本[月期]|至\d{1,2}月(底|末|份)?)|(本|今|全|当|20\d\d)年(度)?(以来|至今)|(20\d\d年)?[1一](月)?[-—–~至到]+(本|当|\d{1,2}|[一二三四五六七八九十]{1,2})月(份|底|末)?|(自|从)?开[工展年](以来|至今)?|历年(以来)?)`
	rolledWord  = `(累计|累积|累加|滚动)`
	rollupLevel = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(` + sinceStart + `|(本|今|全|当|自|历)?年(度|初)?|本[月期]|当[月期]|其中|实际|已)*` + rolledWord + `(总)?(数|额|量|金额|完成|值|情况|发生|合计|小计|总数|总额|实际|已|的)*$|^` + sinceStart + `(数|额|金额|完成|发生|合计|小计|总数|数据)*$|^(全年|本年|上半年|下半年|[一二三四1-4]季度)(合计|小计|数)?$`)
	})
	rollupPrefix = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^((?:` + sinceStart + `|(?:本|今|全|当)年(?:度)?)*` + rolledWord + `|` + sinceStart + `)(.{2,})$`)
	})
	// rollupSuffix is the same said after what is summed up: 兑付金额本年累计.
	rollupSuffix = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(.{2,}?)[-—–_/:]*(` + sinceStart + `|(本|今|全|当)年(度)?)*` + rolledWord + `(数|额|值)?$`)
	})
	// otherLevel are levels and remarks that mean another time, a plan or a comparison.
	otherLevel = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(上月|上期|上周|上年|上一?年度?|去年|上年同期|去年同期|同期|下月|下期|下周|同比|环比|增减|增幅|增长|比上.*|较上.*|.*同期数?|计划|计划数|预计|目标|目标任务|年度目标|年度计划|预算|拟|占比|比重|排名|增减%?|同比%?|环比%?)$`)
	})
	otherPrefix = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(上月|上期|上周|上年|去年|同期|下月|下期|下周|同比|环比|预计|拟|计划|应|未|原|历史|其中|剩余|结余|待|非|是否)`)
	})
	monthLevel = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:\d{2,4}年)?(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(份|份数|数|发生数?)?$|^\d{4}-(0[1-9]|1[0-2])$`)
	})
	yearLevel = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(20\d{2})年(度)?$`) })
	dateShape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(年[-./]?月[-./]?日?|yyyy.*|格式.*)$`) })
	monthIn   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:^|[^\d\-—–~至.])(1[0-2]|0?[1-9])月`) })
	yearIn    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`20\d{2}`) })
)

// heads reads the headings of the rows i … i+height-1.
func (p *Page) heads(i, height int) map[int]columnHead {
	return p.headsIf(i, height, func(map[int]columnHead) bool { return true })
}

// headsIf is heads where they are worth it; else nil.
func (p *Page) headsIf(i, height int, worth func(map[int]columnHead) bool) map[int]columnHead {
	cols := map[int]bool{}
	for j := i; j < i+height; j++ {
		for _, c := range p.Row(j).Cells {
			if c.Col <= 400 {
				cols[c.Col] = true
			}
		}
	}
	for at := range p.Areas {
		if at[0] >= p.Rows[i].N && at[0] <= p.Rows[i+height-1].N {
			cols[at[1]] = true
		}
	}
	out := map[int]columnHead{}
	months, years := map[int]bool{}, map[int]bool{}
	for col := range cols {
		h := p.columnHead(i, height, col)
		if h.month > 0 {
			months[h.month] = true
		}
		if h.year > 0 {
			years[h.year] = true
		}
		if len(h.names) > 0 && !p.covered(i+height-1, col) {
			out[col] = h
		}
	}
	joinDates(out)
	if !worth(out) {
		return nil
	}
	if len(months) > 0 || len(years) > 1 {
		p.keepOwn(i, out, months, years)
	}
	return out
}

// covered says whether a column lies under a heading that is merged over it from the left, and holds nothing of its own
// below: each cell of such a table is drawn over several columns.
func (p *Page) covered(i, col int) bool {
	m, ok := p.Areas[[2]int{p.Rows[i].N, col}]
	if !ok {
		return false
	}
	if m.Left == col { // 企业名称 over the running numbers and the names
		return m.Right == col+1 && p.numbered(i, col)
	}
	if p.last == nil {
		p.last = map[int]int{}
		for k := range p.Rows {
			for _, c := range p.Row(k).Cells {
				if sight.Filled(&c) {
					p.last[c.Col] = p.Rows[k].N
				}
			}
		}
	}
	return p.last[col] <= p.Rows[i].N
}

// numbered says whether a column holds nothing but running numbers below row index i, and the next one texts.
func (p *Page) numbered(i, col int) bool {
	n := 0
	for k := i + 1; k < len(p.Rows); k++ {
		c, next := sight.CellIn(p.Row(k), col), sight.CellIn(p.Row(k), col+1)
		if !sight.Filled(c) {
			continue
		}
		if c.Kind != sheet.Number || c.Num != float64(n+1) || !sight.Filled(next) || next.Kind != sheet.Text {
			return n >= 2 && c.Kind == sheet.Text && !sight.Filled(next) // a total, a footer
		}
		n++
	}
	return n >= 2
}

// keepOwn leaves, of columns for several months or years, those that the title names; none where it names none.
func (p *Page) keepOwn(i int, heads map[int]columnHead, months, years map[int]bool) {
	title := written.Plain(p.Above(i))
	month, year := 0, 0
	if m := monthIn().FindStringSubmatch(title); m != nil {
		month = written.Atoi(m[1])
	}
	for y := range years {
		if y > year {
			year = y
		}
	}
	if t := written.Atoi(yearIn().FindString(title)); years[t] {
		year = t
	}
	for col, h := range heads {
		if h.month > 0 && (month > 0 && h.month != month || month == 0 && len(months) > 1) || h.year > 0 && len(years) > 1 && h.year != year {
			h.other, h.joined = true, nil
			heads[col] = h
		}
	}
}

// levelSaid is what a heading level says that names no field.
type levelSaid struct {
	ok            bool
	rollup, other bool
	counted       bool // it says what is counted
	month, year   int
}

var knownLevels written.Memo[levelSaid]

// say takes a heading level that names no field: a unit, what is counted, which period. False where it names something.
func (h *columnHead) say(bare string) bool {
	s := knownLevels.Get(bare, readLevel)
	if !s.ok {
		return false
	}
	h.rollup, h.other = h.rollup || s.rollup, h.other || s.other
	if s.month > 0 {
		h.month = s.month
	}
	if s.year > 0 {
		h.year = s.year
	}
	return true
}

// joins says whether a level that names no field may do so together with the one above it or below: 计划, 累计完成, 人次.
func joins(bare string) bool {
	s := knownLevels.Get(bare, readLevel)
	return s.rollup || s.other || s.counted
}

func readLevel(bare string) (h levelSaid) {
	switch {
	case bare == "" || dateShape().MatchString(bare):
	case written.Counted().MatchString(bare):
		h.counted = true
	case slices.Contains(thisPeriod, bare):
	case rollupLevel().MatchString(bare) || strings.HasSuffix(bare, "累计") && len([]rune(bare)) <= 6:
		h.rollup = true
	case otherLevel().MatchString(bare):
		h.other = true
	case monthLevel().MatchString(bare):
		m := monthLevel().FindStringSubmatch(bare)
		if h.month = written.Atoi(m[1] + m[3]); h.month == 0 {
			h.month, _ = written.ChineseInt(m[1])
		}
	case yearLevel().MatchString(bare):
		h.year = written.Atoi(bare[:4])
	default:
		return h
	}
	h.ok = true
	return h
}

// groupLeft finds the nearest heading to the left on the same row, if the columns between have none.
func (p *Page) groupLeft(i, col int) string {
	for c := col - 1; c > 0 && c > col-12; c-- {
		if t, wide, _ := p.Level(i, c); t != "" {
			if wide {
				return "" // a merged heading says itself how far it reaches
			}
			if below, _, _ := p.Level(i+1, c); below != "" {
				return t
			}
			return ""
		}
	}
	return ""
}

// OnlyRemarks says whether a row of a head adds only units, what is counted, or the period: its third row, often.
func (p *Page) OnlyRemarks(i int) bool {
	n := 0
	if c := sight.FirstText(p.Row(i)); sight.SoleCell(p.Row(i)) && (MonthAlone().MatchString(written.Heading(c.Text)) || yearLevel().MatchString(written.Heading(c.Text))) { // a section's heading
		return false
	}
	for k := range p.Row(i).Cells {
		c := &p.Row(i).Cells[k]
		if !sight.Filled(c) || sight.Dashed(c) { // — | 万元 | 万元
			continue
		}
		if c.Kind != sheet.Text {
			return false
		}
		var h columnHead
		ns, _, _ := written.HeadingForms(c.Text)
		bare := strings.Trim(ns[0], "()[]【】:")
		if _, ok := written.UnitIn(bare); !ok && !h.say(bare) && !written.Fluff().MatchString(bare) {
			return false
		}
		n++
	}
	return n > 0
}

// Above joins the texts of the rows over a row index: titles and notes.
func (p *Page) Above(i int) string {
	var b strings.Builder
	for j := 0; j < i; j++ {
		for _, c := range p.Row(j).Cells {
			b.WriteString(c.Text)
			b.WriteByte(' ')
		}
	}
	return b.String()
}
