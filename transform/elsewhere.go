package transform

import (
	"io/fs"

	"taizhang/internal/engine"
)

// Checks are what another engine tests of the models it built: their grain and
// checks, and the assertions, built-in and of the given folders.
func Checks(models []Model, folders ...fs.FS) ([]engine.Check, error) {
	var out []engine.Check
	for _, m := range models {
		if m.Layer == "stg" {
			continue
		}
		c := engine.Check{Model: m.Name, Names: []string{"grain"}, Fatal: []bool{true}, Query: CheckQuery(m, m.Name)}
		for _, x := range m.Checks {
			c.Names, c.Fatal = append(c.Names, x.Name), append(c.Fatal, !x.Warning)
		}
		out = append(out, c)
	}
	list, err := LoadAssertions(folders...)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		out = append(out, engine.Check{Model: m.Name, Names: []string{m.Checks[0].Name}, Fatal: []bool{!m.Checks[0].Warning}, Query: "select count(*) from (" + m.SQL + "\n) as wrong"})
	}
	return out, nil
}
