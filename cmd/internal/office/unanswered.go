package office

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"taizhang/internal/archive"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// unansweredPath holds the numbers of decisions that are applied while their senders still lack the receipt, since an
// outbox could not be written. The next run gives it. What a kill interrupts needs no note: such a decision isn't in the
// tables yet, and is applied and answered together.
const unansweredPath = "archive/unanswered.json"

type unansweredNote struct {
	Decisions []int `json:"decisions"`
}

// unanswered gives the decisions whose receipts are still owed.
func (z *Zone) unanswered() ([]int, error) {
	text, err := os.ReadFile(filepath.Join(z.Dir, filepath.FromSlash(unansweredPath)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var n unansweredNote
	if err == nil {
		err = json.Unmarshal(text, &n)
	}
	if err != nil {
		return nil, lang.Errorf("%s: %w", "%s：%w", unansweredPath, err)
	}
	return n.Decisions, nil
}

func (z *Zone) noteUnanswered(decisions []int) error {
	path := filepath.Join(z.Dir, filepath.FromSlash(unansweredPath))
	if len(decisions) == 0 {
		return durable.Remove(path)
	}
	text, err := json.Marshal(unansweredNote{decisions})
	if err != nil {
		return err
	}
	return durable.WriteBytes(path, 0o600, append(text, '\n'))
}

// answer gives the sender the receipt of a decision, or notes that it is owed: an outbox that can't be written holds no
// decision up.
func (w *work) answer(ctx context.Context, e archive.Event) (owed error) {
	err := w.session.AnswerDecision(ctx, e)
	if err == nil {
		return nil
	}
	decisions, unread := w.z.unanswered()
	return errors.Join(err, unread, w.z.noteUnanswered(append(decisions, e.Seq)))
}

// answerLate gives the receipts of decisions that are owed. One that a later decision about the same took the place of
// would tell the sender what no longer holds.
func (w *work) answerLate(ctx context.Context) error {
	owed, err := w.z.unanswered()
	if err != nil || len(owed) == 0 {
		return err
	}
	var late []archive.Event
	for e, err := range w.archive.All() {
		if err != nil {
			return err
		}
		if e.Event != archive.Decide {
			continue
		}
		late = slices.DeleteFunc(late, func(x archive.Event) bool {
			return x.Return == e.Return && x.Submitter == e.Submitter && x.Form == e.Form && x.Period == e.Period
		})
		if slices.Contains(owed, e.Seq) {
			late = append(late, e)
		}
	}
	var left []int
	for _, e := range late {
		if err := w.session.AnswerDecision(ctx, e); err != nil {
			w.troubles = append(w.troubles, err)
			left = append(left, e.Seq)
		}
	}
	return w.z.noteUnanswered(left)
}
