package asking

import (
	"encoding/json"
	"net/http"

	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/internal/spelling"

	"taizhang/cmd/internal/web/account"
)

// named is a table or column as the editor of queries completes it, with the first letters of its sounds.
type named struct {
	Name    string  `json:"name"`
	Sounds  string  `json:"sounds,omitempty"`
	Type    string  `json:"type,omitempty"`
	About   string  `json:"about"`
	Columns []named `json:"columns,omitempty"`
}

// Names tells the editor of queries which tables and columns there are.
func (s *Pages) Names(w http.ResponseWriter, r *http.Request, who account.Person) error {
	rd, done, err := s.Readings.Open(s.ZoneOf())
	if err != nil {
		return err
	}
	defer done()
	type answer struct{ text, packed []byte }
	a, err := shelf.Once(rd, "names", func() (answer, error) {
		schemas, err := schemasOf(r, rd)
		if err != nil {
			return answer{}, err
		}
		text, err := json.Marshal(namesOf(schemas))
		return answer{text, frame.Packed(text)}, err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	frame.WritePacked(w, r, a.text, a.packed)
	return nil
}

func namesOf(schemas []schemaView) []named {
	var out []named
	for _, s := range schemas {
		for _, t := range s.Tables {
			n := nameOf(t.Name)
			n.About = t.About
			for _, c := range t.Columns {
				x := nameOf(c.Name)
				x.Type, x.About = c.Type, c.About
				n.Columns = append(n.Columns, x)
			}
			out = append(out, n)
		}
	}
	return out
}

// nameOf gives a name its sounds, where they aren't the name itself.
func nameOf(name string) named {
	n := named{Name: name}
	for _, r := range name {
		if r > 0x7f {
			n.Sounds = spelling.Initials(name)
			break
		}
	}
	return n
}
