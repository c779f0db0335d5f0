package reading

import (
	"sync"

	"taizhang/cmd/internal/office"
	"taizhang/internal/lang"
)

// journal is what the journal said when it was so long: it is read again only where it has grown.
type journal struct {
	mu         sync.Mutex
	size       int64
	unanswered []string
}

// Troubles are the folders and files that somebody has to look after.
func (s *Pages) Troubles(z *office.Zone) ([]string, error) {
	var out []string
	for _, err := range z.FolderTroubles() {
		out = append(out, lang.In(err, lang.Chinese))
	}
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	if size := z.JournalSize(); size != s.journal.size {
		unanswered, _, err := z.Journal()
		if err != nil {
			return nil, err
		}
		s.journal.size, s.journal.unanswered = size, nil
		for _, t := range unanswered {
			s.journal.unanswered = append(s.journal.unanswered, t.Chinese)
		}
	}
	return append(out, s.journal.unanswered...), nil
}
