package transform

import (
	"context"
	"database/sql"

	"taizhang/internal/lang"
)

// Pending says what Run would do about each model over the tables of a
// publication, without doing it: asOf, where given, is the business day of
// that run (2006-01-02).
func Pending(ctx context.Context, conn *sql.Conn, o Options, asOf string) ([]Built, error) {
	models, err := Plan(ctx, conn, o)
	if err != nil {
		return nil, err
	}
	b, err := newBuilder(ctx, conn, models, o.Full)
	if err != nil {
		return nil, err
	}
	if asOf != "" {
		b.asOf = asOf
	}
	out := make([]Built, len(models))
	for i, m := range models {
		reason, news, err := b.reason(m)
		if err != nil {
			return nil, err
		}
		out[i] = Built{Model: m, Action: Kept, Reason: reason}
		switch {
		case reason == timeReason(): // whether its rows differ then is known only then
			out[i].Action = Rebuilt
		case reason != "":
			out[i].Action = Rebuilt
			b.changes[m.Name] = change{any: true, why: lang.Phrase("%s would change", "%s 会有变化", m.Name)}
		case news:
			out[i].Action, out[i].Reason = Updated, lang.Phrase("news of some returns", "有新的报表")
			b.changes[m.Name] = change{any: true, delta: true}
		}
	}
	return out, nil
}
