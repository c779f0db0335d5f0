package mart

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
)

// Of ledgers the history of single firms is not kept but read from their rows: with 5 million rows it was nineteen of twenty rows
// of the history, took half the time and memory to compute, and hardly anybody asks for it. What the rows are read by is kept:
// built.point_week, at which point each week of a fact was evaluated, and built.return_week, which returns counted at each point.
// mart.metric_week evaluates the ledger's model over them where somebody asks for firms.
const (
	pointTable  = "built.point_week"
	returnTable = "built.return_week"
)

// createReturns makes both tables; that of returns is laid out like the model they come from.
func (b *builder) createReturns() error {
	return b.exec("create table " + pointTable + " (fact varchar, week varchar, basis varchar, as_of date, known_at timestamp(6), from_on date); " +
		"create table " + returnTable + " as select cast(null as varchar) as fact, * from " + metric.CountedTable + " limit 0")
}

// readsIndividuals says whether the history of a fact's firms is read from its rows: of ledgers, whose points are the returns
// that count at them.
func (b *builder) readsIndividuals(f *metric.Fact) bool {
	_, has := f.Dimensions[metric.Individuals]
	forms := b.facts[f.ID].forms
	return has && f.Mode == metric.Ledger && len(f.Dimensions) > 2 && len(forms) > 0 && // beside the zone another is left to keep
		!slices.ContainsFunc(forms, func(form string) bool { return !b.ledgers[form] })
}

// kept is the compiler of what is kept of a fact's history.
func (b *builder) kept(f *metric.Fact) *metric.Compiler {
	c := metric.NewCompiler(f, b.c.MetricsOf(f), "")
	if b.readsIndividuals(f) {
		return c.Without(metric.Individuals)
	}
	return c
}

// forgetReturns forgets at which points weeks of a fact were evaluated; which is a condition on basis and as_of, empty: all.
func (b *builder) forgetReturns(f *metric.Fact, which string) error {
	if which != "" {
		which = " and " + which
	}
	own := "fact = " + warehouse.Quote(f.ID)
	return b.exec("delete from " + pointTable + " where " + own + which + "; delete from " + returnTable + " where " + own +
		" and (as_of, known_at) not in (select as_of, known_at from " + pointTable + " where " + own + ")")
}

// insertReturns notes at which points weeks of a fact were evaluated, and which returns counted there.
func (b *builder) insertReturns(f *metric.Fact, src *warehouse.Restated, cells string) error {
	if !b.readsIndividuals(f) {
		return nil
	}
	id := warehouse.Quote(f.ID)
	forms := make([]string, 0, len(b.facts[f.ID].forms))
	for _, form := range b.facts[f.ID].forms {
		forms = append(forms, warehouse.Quote(form))
	}
	return b.exec(fmt.Sprintf(`insert into %[2]s select %[3]s, c.* from %[4]s as c
	where form in (%[5]s) and (as_of, known_at) in (select as_of, known_at from %[6]s)
		and (as_of, known_at) not in (select as_of, known_at from %[1]s where fact = %[3]s);
insert into %[1]s select %[3]s, week, basis, as_of, known_at, make_date(year(as_of), 1, 1) from %[6]s`,
		pointTable, returnTable, id, src.Name(metric.CountedTable), strings.Join(forms, ", "), cells))
}

// individuals is the part of mart.metric_week that evaluates the firms of a fact.
func (b *builder) individuals(models []warehouse.Model, f *metric.Fact) (string, error) {
	own := " where fact = " + warehouse.Quote(f.ID)
	src, err := warehouse.RestateWith(b.ctx, b.conn, models, warehouse.RestateOptions{Inline: true, Given: map[string]string{
		"ctl.run":           "select distinct as_of, known_at, from_on from " + pointTable + own,
		metric.CountedTable: "select * exclude (fact) from " + returnTable + own,
	}}, "", nil, f.Table)
	if err != nil {
		return "", err
	}
	c := metric.NewCompiler(f, b.c.MetricsOf(f), "week")
	return "select f.zone, f.metric, '" + metric.Individuals + "' as dimension, f.dimension_value, w.week, w.basis, f.value, f.num, f.den, f.as_of\nfrom (" +
		c.By(metric.Individuals, c.From(src.Name(f.Table)), "zone", "as_of", "known_at") +
		") as f\njoin (select * from " + pointTable + own + ") as w on w.as_of = f.as_of and w.known_at = f.known_at", nil
}
