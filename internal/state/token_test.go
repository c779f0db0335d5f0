package state

import (
	"testing"
	"time"
)

// TestTokensMoveIn: tokens of a state that an earlier program wrote still let their programs ask, each with a row of its
// own; they go with their user.
func TestTokensMoveIn(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	all := migrations
	migrations = all[:2]
	s, err := Open(ctx, dir)
	migrations = all
	must(err)
	for _, u := range [][3]string{{"王", "aa bb", "2022-08-15T07:00:00.000000Z"}, {"李", "", "2022-08-15T07:00:00.000000Z"}, {"赵", "cc", "2022-08-16T07:00:00.000000Z"}} {
		must(s.do(ctx, "fill", "insert into user (name, role, hash, tokens, since) values (?, 'leader', 'h', ?, ?)", u[0], u[1], u[2]))
	}
	must(s.Close())
	s, err = Open(ctx, dir)
	must(err)
	list, err := s.Tokens(ctx)
	must(err)
	at := time.Date(2022, 8, 15, 7, 0, 0, 0, time.UTC)
	if len(list) != 3 || list[0].ID != "aa" || list[1].ID != "bb" || list[1].User != "王" || !list[1].Made.Equal(at) || !list[1].Expires.IsZero() || list[2].User != "赵" {
		t.Fatalf("the tokens are %+v", list)
	}
	must(s.SeenToken(ctx, "aa", "10.0.0.1", at.Add(time.Hour)))
	must(s.ReplaceToken(ctx, Token{ID: "dd", User: "赵", Made: at}))
	must(s.AddToken(ctx, Token{ID: "ee", User: "赵", Name: "报表", Made: at.Add(time.Second), Expires: at.Add(time.Hour)}))
	if x, ok, err := s.Token(ctx, "aa"); err != nil || !ok || x.From != "10.0.0.1" || !x.Seen.Equal(at.Add(time.Hour)) {
		t.Errorf("it isn't noted that a token was used: %+v, %v", x, err)
	}
	if list, err := s.TokensOf(ctx, "赵"); err != nil || len(list) != 2 || list[0].ID != "dd" || list[1].Name != "报表" {
		t.Errorf("a token in the place of the old one: %+v, %v", list, err)
	}
	must(s.RemoveToken(ctx, "李", "ee")) // somebody else's
	if _, ok, err := s.Token(ctx, "ee"); err != nil || !ok {
		t.Errorf("somebody else takes a token back: %v", err)
	}
	must(s.RemoveUser(ctx, "王"))
	if list, err := s.TokensOf(ctx, "王"); err != nil || len(list) != 0 {
		t.Errorf("a removed user's programs ask on: %+v, %v", list, err)
	}
	must(s.Close())
}
