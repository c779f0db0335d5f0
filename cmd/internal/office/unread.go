package office

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"taizhang/internal/lang"
)

// Unread is a file that looks like a declaration but stands where nothing reads it.
type Unread struct {
	Path  string // within the zone
	Place string // where it would be read, "" where that can't be told
}

// Say tells of the file, and where it would be read.
func (u Unread) Say() lang.Text {
	if u.Place == "" {
		return lang.Say("%[1]s is read by nothing", "%[1]s 不会被读取", u.Path)
	}
	return lang.Say("%[1]s is read by nothing: it would be as %[2]s", "%[1]s 不会被读取：应为 %[2]s", u.Path, u.Place)
}

// declarationEnds are the ends of names that declarations have. What else lies in the folders (notes, pictures, copies)
// is nobody's mistake.
var declarationEnds = []string{".yaml", ".yml", ".sql", ".txtar"}

// rootNames are files that somebody may have put beside taizhang.yaml, and where they are read.
var rootNames = map[string]string{"weekly.yaml": "queries/weekly.yaml", "weekly.yml": "queries/weekly.yaml", "metrics.yaml": "queries/metrics.yaml", "metrics.yml": "queries/metrics.yaml", "taizhang.yml": "taizhang.yaml", "learned.yml": "learned.yaml"}

// Unread lists declarations of the zone that nothing reads, by path. Folders that can't be read are told by Load.
func (z *Zone) Unread() []Unread {
	var out []Unread
	for name, place := range rootNames {
		if _, err := os.Stat(filepath.Join(z.Dir, name)); err == nil {
			out = append(out, Unread{name, place})
		}
	}
	for _, dir := range ownFolders {
		_ = filepath.WalkDir(filepath.Join(z.Dir, dir), func(file string, e fs.DirEntry, err error) error {
			rel, relErr := filepath.Rel(z.Dir, file)
			if err != nil || relErr != nil {
				return nil
			}
			hidden := strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "~") || strings.HasPrefix(e.Name(), "#")
			switch rel = filepath.ToSlash(rel); {
			case hidden && e.IsDir():
				return fs.SkipDir
			case hidden || e.IsDir() || !slices.Contains(declarationEnds, strings.ToLower(path.Ext(rel))) || isRead(rel):
			default:
				out = append(out, Unread{rel, placeOf(rel)})
			}
			return nil
		})
	}
	slices.SortFunc(out, func(a, b Unread) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// isRead says whether a file of the folders of declarations is read.
func isRead(rel string) bool {
	match := func(pattern string) bool { ok, _ := path.Match(pattern, rel); return ok } // the patterns are well formed
	switch {
	case match("forms/*.yaml"), match("queries/saved/*.sql"):
		return true
	case match("queries/*.yaml"):
		return rel == "queries/weekly.yaml" || !strings.HasPrefix(rel, "queries/weekly")
	case match("models/*/*.sql"), match("models/*/*.txtar"):
		return slices.Contains([]string{"stg", "core", "mart", "check"}, path.Base(path.Dir(rel)))
	}
	return false
}

// placeOf is where a declaration would be read.
func placeOf(rel string) string {
	end := strings.ToLower(path.Ext(rel))
	name := strings.TrimSuffix(path.Base(rel), path.Ext(rel))
	top, _, _ := strings.Cut(rel, "/")
	layer := path.Base(strings.ToLower(path.Dir(rel)))
	if !slices.Contains([]string{"stg", "core", "mart", "check"}, layer) {
		layer = "mart"
	}
	switch {
	case end == ".sql" && top == "queries":
		return "queries/saved/" + name + ".sql"
	case end == ".sql" || end == ".txtar":
		return "models/" + layer + "/" + name + end
	case strings.HasPrefix(name, "weekly"):
		return "queries/weekly.yaml"
	case top == "models":
		return "queries/" + name + ".yaml"
	}
	return top + "/" + name + ".yaml"
}
