package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"taizhang/cmd/internal/web/account"
	"taizhang/internal/decl"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/shell"
)

// userCmd is `user`: who may log in to the page.
func (a *app) userCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "user",
		Short: lang.Phrase("Say who may log in to the page of serve", "管理可以登录网页的用户"),
		Long: lang.Phrase("Users of the page that serve shows. A submitter sees its own unit alone, a leader all that came in and its figures,\n"+
			"an analyst may query as well, an admin decides, issues, runs and hands in for everybody. A password is asked for on\n"+
			"the terminal, else it is the first line of standard input. Only hashes are kept, in state.sqlite of the zone.",
			"服务网页的用户。submitter（填报单位）只看本单位；leader（领导）可看全部报表和数字；\n"+
				"analyst（分析人员）还可查询；admin（管理员）可作决定、印发、运行、代各单位报送。\n"+
				"密码在终端上询问，否则取标准输入的第一行。只保存密码的校验值，在园区的 state.sqlite 中。"),
	}
	var role, unit string
	add := &cobra.Command{
		Use:   "add NAME",
		Short: lang.Phrase("Add a user", "添加用户"),
		Args:  cobra.ExactArgs(1),
		RunE:  func(_ *cobra.Command, args []string) error { return a.addUser(args[0], role, unit) },
	}
	add.Flags().StringVar(&role, "role", "", lang.Phrase("submitter, leader, analyst or admin", "角色：submitter、leader、analyst 或 admin"))
	add.Flags().StringVar(&unit, "unit", "", lang.Phrase("of a submitter: the unit, by name, code or alias", "填报单位用户所属的单位：名称、代码或别名"))
	list := &cobra.Command{Use: "list", Short: lang.Phrase("List the users", "列出用户"), Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return a.listUsers() }}
	a.outputFlag(list)
	remove := &cobra.Command{
		Use: "remove NAME", Short: lang.Phrase("Remove a user; its sessions end", "删除用户，其登录随即失效"), Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.ofUser(args[0], func(ctx context.Context, store *account.Users, u account.User) error {
				if err := store.RemoveUser(ctx, u.Name); err != nil {
					return err
				}
				a.say("%s", decl.Say("removed: %s", "已删除：%s", u.Name))
				return nil
			})
		},
	}
	passwd := &cobra.Command{
		Use: "passwd NAME", Short: lang.Phrase("Set a user's password anew; its sessions and its tokens end, a lock is opened", "重设用户密码，其登录和令牌随即失效，锁定随即解除"), Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.ofUser(args[0], func(ctx context.Context, store *account.Users, u account.User) error {
				hash, err := a.newPassword()
				if err != nil {
					return err
				}
				tokens, err := store.TokensOf(ctx, u.Name)
				if err != nil {
					return err
				}
				if err := account.Reset(ctx, store, u, hash, a.now()); err != nil {
					return err
				}
				if a.say("%s", decl.Say("password set: %s", "密码已更新：%s", u.Name)); len(tokens) > 0 {
					a.say("%s", decl.Say("its tokens for /api are taken back; a new one: taizhang user token %s", "其访问 /api 的令牌已收回；重新生成：taizhang user token %s", u.Name))
				}
				return nil
			})
		},
	}
	var revoke bool
	token := &cobra.Command{
		Use: "token NAME", Short: lang.Phrase("Make a token that a program may ask /api with, in the place of the one made here before", "生成供程序访问 /api 的令牌，取代此前在命令行生成的令牌"), Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.ofUser(args[0], func(ctx context.Context, store *account.Users, u account.User) error {
				if revoke {
					return store.RemoveTokensOf(ctx, u.Name)
				}
				held, hash := account.Secret()
				if err := store.ReplaceToken(ctx, account.Token{ID: hash, User: u.Name, Made: a.now()}); err != nil {
					return err
				}
				_, err := fmt.Fprintln(a.out, held) // shown once: only its hash is kept
				return err
			})
		},
	}
	token.Flags().BoolVar(&revoke, "revoke", false, lang.Phrase("take all the user's tokens back, also those made on the page, and make no other", "收回该用户的全部令牌（含网页上生成的），不再生成"))
	c.AddCommand(add, list, remove, passwd, token)
	return c
}

func (a *app) addUser(name, role, unit string) error {
	z, err := a.zone()
	if err != nil {
		return err
	}
	if !account.Nameable(name) {
		return usagef("%q can't be a user's name", "%q 不能作用户名", name)
	}
	var roles []string
	for _, r := range account.RoleWords { // as the page names them too
		roles = append(roles, r[0])
		if role == r[1] {
			role = r[0]
		}
	}
	if !slices.Contains(roles, role) {
		return unknownName(lang.Say("role", "角色"), role, roles)
	}
	u := account.User{Name: name, Role: role, Since: a.now()}
	submits := account.Role(role) == account.Submitter
	switch {
	case submits && unit == "":
		return usagef("a submitter has a --unit", "填报单位用户要写 --unit")
	case !submits && unit != "":
		return usagef("--unit is of submitters alone: a %s sees all units", "只有填报单位用户才写 --unit：%s 可看全部单位", role)
	case unit != "":
		s, ok := z.Match(unit)
		if !ok {
			return noSuchUnit(z, unit)
		}
		u.Unit = s.Code
	}
	return a.withUsers(func(ctx context.Context, store *account.Users) error {
		users, err := store.Users(ctx)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(users, func(x account.User) bool { return x.Name == name }) {
			return usagef("there is a user %s already\nhint: taizhang user passwd %s sets the password, user remove removes it", "已有用户 %s\n建议：重设密码用 taizhang user passwd %s，删除用 user remove", name, name)
		}
		if u.Hash, err = a.newPassword(); err != nil {
			return err
		}
		if err := store.PutUser(ctx, u); err != nil {
			return err
		}
		a.say("%s", decl.Say("added: %s (%s)", "已添加：%s（%s）", name, worded("role", role)))
		return nil
	})
}

func (a *app) listUsers() error {
	z, err := a.zone()
	if err != nil {
		return err
	}
	return a.withUsers(func(ctx context.Context, store *account.Users) error {
		users, err := store.Users(ctx)
		if err != nil {
			return err
		}
		tokens, err := store.Tokens(ctx)
		if err != nil {
			return err
		}
		var records []result.Record
		for _, u := range users {
			has := slices.ContainsFunc(tokens, func(t account.Token) bool { return t.User == u.Name })
			var unit any
			if s, ok := z.Submitter(u.Unit); ok {
				unit = s.Name
			}
			records = append(records, result.Record{{Key: "name", Value: u.Name}, {Key: "role", Value: u.Role}, {Key: "unit", Value: unit}, {Key: "token", Value: has},
				{Key: "since", Value: u.Since.In(z.Location).Format("2006-01-02 15:04")}, {Key: "disabled", Value: u.Disabled}})
		}
		return a.print(records, "name", "role", "unit", "token", "since", "disabled")
	})
}

// withUsers does something with the users of the zone.
func (a *app) withUsers(do func(context.Context, *account.Users) error) error {
	z, err := a.zone()
	if err != nil {
		return err
	}
	ctx := context.Background()
	store, err := account.OpenUsers(ctx, z.Dir)
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, store), store.Close())
}

// ofUser does something about a user by name.
func (a *app) ofUser(name string, do func(context.Context, *account.Users, account.User) error) error {
	return a.withUsers(func(ctx context.Context, store *account.Users) error {
		users, err := store.Users(ctx)
		if err != nil {
			return err
		}
		var names []string
		for _, u := range users {
			if u.Name == name {
				return do(ctx, store, u)
			}
			names = append(names, u.Name)
		}
		return unknownName(lang.Say("user", "用户"), name, names)
	})
}

// newPassword asks for a password, twice on a terminal, and gives its hash.
func (a *app) newPassword() (string, error) {
	password, err := a.readPassword()
	if err != nil {
		return "", err
	}
	hash, err := account.HashPassword(password)
	if errors.Is(err, account.ErrShortPassword) {
		return "", usageError{decl.Say("a password has %d characters at least", "密码至少%d个字符", account.LeastPassword)}
	}
	return hash, err
}

func (a *app) readPassword() (string, error) {
	if f, ok := a.in.(*os.File); ok && shell.IsTerminal(a.in, a.out) {
		ask := func(what error) (string, error) {
			fmt.Fprint(a.err, what)
			text, err := term.ReadPassword(int(f.Fd()))
			fmt.Fprintln(a.err)
			return string(text), err
		}
		first, err := ask(decl.Say("password: ", "密码："))
		if err != nil {
			return "", err
		}
		second, err := ask(decl.Say("again: ", "再输一次："))
		if err == nil && first != second {
			err = usageError{decl.Say("these are two different passwords", "两次输入不一样")}
		}
		return first, err
	}
	text, err := bufio.NewReader(io.LimitReader(a.in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(text, "\r\n"), nil
}
