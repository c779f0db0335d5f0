package state

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Token lets a program ask in a user's name. ID is the hash of what the program holds.
type Token struct {
	ID      string
	User    string
	Name    string // what its user calls it, "" of the one that the command line made
	Made    time.Time
	Expires time.Time // zero: never
	Seen    time.Time // when it was last used, zero: never
	From    string    // address of the computer that used it last
}

// tokens is the migration that gives each token a row of its own, with what its user has to know of it.
const tokens = `
create table token (
	id text primary key,
	user text not null,
	name text not null default '',
	made text not null,
	expires text not null default '',
	seen text not null default '',
	origin text not null default ''
);
insert or ignore into token (id, user, made)
with recursive part (user, made, id, rest) as (
	select name, since, '', trim(tokens) || ' ' from user where tokens <> ''
	union all
	select user, made, substr(rest, 1, instr(rest, ' ') - 1), ltrim(substr(rest, instr(rest, ' ') + 1)) from part where rest <> ''
)
select id, user, made from part where id <> '';
alter table user drop column tokens;
`

// Token is a token by its id.
func (s *Store) Token(ctx context.Context, id string) (t Token, ok bool, err error) {
	list, err := s.tokens(ctx, "where id = ?", id)
	if len(list) == 1 {
		return list[0], true, err
	}
	return t, false, err
}

// Tokens lists all users' tokens, the oldest first.
func (s *Store) Tokens(ctx context.Context) ([]Token, error) {
	return s.tokens(ctx, "order by made, id")
}

// TokensOf lists a user's tokens, the oldest first.
func (s *Store) TokensOf(ctx context.Context, user string) ([]Token, error) {
	return s.tokens(ctx, "where user = ? order by made, id", user)
}

func (s *Store) tokens(ctx context.Context, which string, args ...any) (list []Token, err error) {
	rows, err := s.db.QueryContext(ctx, "select id, user, name, made, expires, seen, origin from token "+which, args...)
	if err != nil {
		return nil, s.fault("read", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var t Token
		var made, expires, seen string
		if err := rows.Scan(&t.ID, &t.User, &t.Name, &made, &expires, &seen, &t.From); err != nil {
			return nil, s.fault("read", err)
		}
		if err := moments(map[*time.Time]string{&t.Made: made, &t.Expires: expires, &t.Seen: seen}); err != nil {
			return nil, s.fault("read", err)
		}
		list = append(list, t)
	}
	return list, s.fault("read", rows.Err())
}

// AddToken adds a token.
func (s *Store) AddToken(ctx context.Context, t Token) error {
	return s.change(ctx, "add a token in", func(tx *sql.Tx) error { return addToken(ctx, tx, t) })
}

// ReplaceToken puts a token in the place of its user's one of the same name.
func (s *Store) ReplaceToken(ctx context.Context, t Token) error {
	return s.change(ctx, "add a token in", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "delete from token where user = ? and name = ?", t.User, t.Name); err != nil {
			return err
		}
		return addToken(ctx, tx, t)
	})
}

func addToken(ctx context.Context, tx *sql.Tx, t Token) error {
	_, err := tx.ExecContext(ctx, "insert into token (id, user, name, made, expires, seen, origin) values (?, ?, ?, ?, ?, ?, ?)",
		t.ID, t.User, t.Name, text(t.Made), text(t.Expires), text(t.Seen), t.From)
	return err
}

// SeenToken notes that a token was used, and from where; one that was taken back meanwhile stays so.
func (s *Store) SeenToken(ctx context.Context, id, from string, now time.Time) error {
	return s.do(ctx, "note the use of a token in", "update token set seen = ?, origin = ? where id = ?", text(now), from, id)
}

// RemoveToken takes a user's token back; nothing where the user has none of that id.
func (s *Store) RemoveToken(ctx context.Context, user, id string) error {
	return s.do(ctx, "take a token back in", "delete from token where user = ? and id = ?", user, id)
}

// RemoveTokensOf takes all tokens of a user back.
func (s *Store) RemoveTokensOf(ctx context.Context, user string) error {
	return s.do(ctx, "take a token back in", "delete from token where user = ?", user)
}
