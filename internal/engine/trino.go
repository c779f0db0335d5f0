package engine

import (
	"context"
	"crypto/tls"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/trinodb/trino-go-client/trino"

	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// Config says where a coordinator is and how to log in. Secrets are read from a
// file or from the environment, never taken from the configuration itself.
type Config struct {
	URL     string // https://host:8443; http:// without a password only
	User    string
	Catalog string        // of the lake; default lake
	Grace   time.Duration // how long runs that count no longer stay; default a day

	PasswordFile string // its first line; without it PasswordEnv
	PasswordEnv  string // a variable of the environment, which then has to be set; without it TAIZHANG_TRINO_PASSWORD
	TokenFile    string // its first line; without it TokenEnv
	TokenEnv     string // like PasswordEnv; without it TAIZHANG_TRINO_TOKEN
	CAFile       string // PEM, of certificates that the system doesn't know

	Session map[string]string // session properties, such as retry_policy

	RetryFor time.Duration // how long a lost connection is tried again; default two minutes
}

// Names of the environment's secrets where the configuration names none.
const (
	PasswordEnv = "TAIZHANG_TRINO_PASSWORD"
	TokenEnv    = "TAIZHANG_TRINO_TOKEN"
)

// Progress of a statement: what Trino says of it.
type Progress struct {
	State              string // QUEUED, RUNNING, …; Ended once this side has its answer
	Nodes              int
	Done, All          int // splits
	Stages, DoneStages int
	Rows, PeakMemory   int64
}

// Ended is the last state of every statement that is watched, whether it succeeded or not.
const Ended = "ENDED"

// Trino is a connection to a coordinator. Statements take turns.
type Trino struct {
	Config
	db *sql.DB

	// Watch, where given, is told how each statement goes, also by other goroutines, but by one at a time.
	Watch func(Progress)
}

// OpenTrino prepares a connection; nothing is asked yet.
func OpenTrino(c Config) (*Trino, error) {
	if c.Catalog == "" {
		c.Catalog = "lake"
	}
	if c.Grace == 0 {
		c.Grace = 24 * time.Hour
	}
	if c.RetryFor == 0 {
		c.RetryFor = 2 * time.Minute
	}
	if c.User == "" {
		c.User = "taizhang"
	}
	at, err := url.Parse(c.URL)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return nil, lang.Errorf("the coordinator's address %q is no http:// or https:// address", "协调节点地址 %q 不是 http:// 或 https:// 地址", c.URL)
	}
	if at.User != nil {
		return nil, lang.Errorf("the coordinator's address holds a user; write user: and password_file: instead", "协调节点地址中含有用户；请改写 user: 和 password_file:")
	}
	password, err := secret(c.PasswordFile, c.PasswordEnv, PasswordEnv)
	if err != nil {
		return nil, err
	}
	token, err := secret(c.TokenFile, c.TokenEnv, TokenEnv)
	if err != nil {
		return nil, err
	}
	if (password != "" || token != "") && at.Scheme != "https" {
		return nil, lang.Errorf("a password or token goes over https:// only, not to %s", "密码或令牌只能经 https:// 发送，不能发往 %s", at.Host)
	}
	at.User = url.User(c.User)
	if password != "" {
		at.User = url.UserPassword(c.User, password)
	}
	attempts := 40
	connector, err := trino.NewConnector(&trino.Config{
		ServerURI: at.String(), Source: "taizhang", Catalog: c.Catalog, Schema: "raw", TimeZone: "UTC", AccessToken: token, SSLCertPath: c.CAFile, SessionProperties: c.Session,
		RequestRetryTimeout: &c.RetryFor, RequestRetryMaxAttempts: &attempts,
	})
	if err != nil {
		return nil, &Failure{lang.Errorf("connect to %s: %s", "连接 %s：%s", at.Host, masked(err.Error(), password, token))}
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	return &Trino{Config: c, db: db}, nil
}

// secret is the first line of a file, else a variable of the environment: the one that is named, else the usual one, if it is set.
func secret(file, named, usual string) (string, error) {
	if file == "" {
		if named == "" {
			return os.Getenv(usual), nil
		}
		if value := os.Getenv(named); value != "" {
			return value, nil
		}
		return "", lang.Errorf("the environment variable %s, which should hold the secret for Trino, is not set or empty", "应存放 Trino 密钥的环境变量 %s 没有设置或为空", named)
	}
	info, err := os.Stat(file)
	if err != nil {
		return "", lang.Errorf("the file with the secret can't be read: %w", "无法读取存放密钥的文件：%w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0 {
		return "", lang.Errorf("%s holds a secret and can be read by everybody (mode %04o); chmod 600 it", "%s 存放密钥，却人人可读（权限 %04o）；请执行 chmod 600", file, info.Mode().Perm())
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", lang.Errorf("the file with the secret can't be read: %w", "无法读取存放密钥的文件：%w", err)
	}
	line, _, _ := strings.Cut(strings.TrimPrefix(string(text), "\ufeff"), "\n")
	if line = strings.TrimSpace(line); line == "" {
		return "", lang.Errorf("%s is empty", "%s 是空的", file)
	}
	return line, nil
}

func masked(text string, secrets ...string) string {
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "***")
			text = strings.ReplaceAll(text, url.QueryEscape(s), "***")
			text = strings.ReplaceAll(text, url.PathEscape(s), "***")
		}
	}
	return text
}

// Close ends the connection.
func (t *Trino) Close() error { return t.db.Close() }

// watcher tells of one statement. The client reports from a goroutine of its own, also after the answer: that is left out.
type watcher struct {
	mu   sync.Mutex
	tell func(Progress)
	over bool
}

func (w *watcher) say(p Progress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.over = p.State == Ended
		w.tell(p)
	}
}

// Update is what the client calls.
func (w *watcher) Update(i trino.QueryProgressInfo) {
	s := i.QueryStats
	p := Progress{State: s.State, Nodes: s.Nodes, Done: s.CompletedSplits, All: s.TotalSplits, Rows: s.ProcessedRows, PeakMemory: s.PeakMemoryBytes}
	for open := append(s.RootStage.SubStages[:0:0], s.RootStage); len(open) > 0; {
		stage := open[0]
		open = append(open[1:], stage.SubStages...)
		if stage.StageID == "" { // nothing is planned yet
			continue
		}
		p.Stages++
		if stage.Done {
			p.DoneStages++
		}
	}
	w.say(p)
}

// Exec runs a statement to its end. Cancelling the context cancels it there too.
func (t *Trino) Exec(ctx context.Context, statement string) error {
	_, err := t.Table(ctx, statement)
	return err
}

// tries is how often a statement is sent that ended because a worker was lost: a cluster whose retry-policy is NONE leaves
// that to whoever asks, and a busy one loses a worker for a moment.
const tries = 4

// Table runs a query and reads it whole, with values and types as a query of DuckDB gives them. Where a worker was lost it is
// sent again, with back-off; an insert isn't, for what it had written might count twice.
func (t *Trino) Table(ctx context.Context, query string, args ...any) (out result.Table, err error) {
	wait := min(2*time.Second, t.RetryFor/10)
	for try := 1; ; try++ {
		out, err = t.once(ctx, query, args...)
		var refused *Refused
		if !errors.As(err, &refused) || !isWorkerLost(refused.Name, refused.Message) || strings.HasPrefix(query, "insert") {
			return out, err
		}
		if try == tries {
			return out, lang.Errorf("tried %d times: %w", "已尝试%d次：%w", tries, err)
		}
		select {
		case <-ctx.Done():
			return out, ctx.Err()
		case <-time.After(wait):
			wait *= 2
		}
	}
}

func (t *Trino) once(ctx context.Context, query string, args ...any) (out result.Table, err error) {
	if t.Watch != nil {
		w := &watcher{tell: t.Watch}
		defer w.say(Progress{State: Ended})
		args = append(slices.Clone(args), sql.Named("X-Trino-Progress-Callback", w), sql.Named("X-Trino-Progress-Callback-Period", time.Second))
	}
	rows, err := t.db.QueryContext(ctx, query, args...)
	if err != nil {
		return out, t.explain(ctx, err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return out, t.explain(ctx, err)
	}
	into := make([]any, len(types))
	for _, ct := range types {
		out.Columns = append(out.Columns, result.Column{Name: ct.Name(), Type: typeOf(ct)})
	}
	for rows.Next() {
		values := make([]any, len(types))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return out, t.explain(ctx, err)
		}
		for i, v := range values {
			values[i] = plain(v, out.Columns[i].Type)
		}
		out.Rows = append(out.Rows, values)
	}
	return out, t.explain(ctx, rows.Err())
}

// typeOf is a column's type as DuckDB names it.
func typeOf(ct *sql.ColumnType) string {
	name := ct.DatabaseTypeName()
	if precision, scale, ok := ct.DecimalSize(); ok && name == "DECIMAL" {
		return fmt.Sprintf("DECIMAL(%d,%d)", precision, scale)
	}
	switch name {
	case "REAL":
		return "FLOAT"
	case "TIMESTAMP WITH TIME ZONE":
		return "TIMESTAMPTZ"
	case "CHAR", "UNKNOWN":
		return "VARCHAR"
	case "VARBINARY":
		return "BLOB"
	}
	return name
}

// plain is a value as result.Table describes them.
func plain(v any, kind string) any {
	switch x := v.(type) {
	case string:
		if strings.HasPrefix(kind, "DECIMAL") {
			return json.Number(x)
		}
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Sprint(x)
		}
	case time.Time:
		switch kind {
		case "DATE":
			return x.Format(time.DateOnly)
		case "TIMESTAMPTZ":
			return x.Format(time.RFC3339Nano)
		case "TIME":
			return x.Format("15:04:05.999999")
		}
		return x.Format(warehouse.Stamp)
	case []any, map[string]any:
		if text, err := json.Marshal(x); err == nil {
			return string(text)
		}
	}
	return v
}

// Failure is what Trino, or the way to it, did not do: no fault of a command line or a declaration.
type Failure struct{ err error }

func (f *Failure) Error() string { return f.err.Error() }
func (f *Failure) Unwrap() error { return f.err }

// In is Error in a given language.
func (f *Failure) In(l lang.Language) string { return lang.In(f.err, l) }

// explain says of what Trino or the way to it refused what is wrong and what to do.
func (t *Trino) explain(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return &Failure{t.cause(err)}
}

func (t *Trino) cause(err error) error {
	at, _ := url.Parse(t.URL)
	host := at.Host
	var failed *trino.ErrQueryFailed
	var refused *trino.ErrTrino
	switch {
	case errors.As(err, &refused):
		return &Refused{refused.ErrorName, refused.Message, remedy(refused.ErrorName, refused.Message, t.Catalog), refused.ErrorLocation.LineNumber, refused.ErrorLocation.ColumnNumber}
	case errors.As(err, &failed) && (failed.StatusCode == http.StatusUnauthorized || failed.StatusCode == http.StatusForbidden):
		return lang.Errorf("Trino at %s doesn't let user %s in (%d): check user: and the password or token (password_file:, token_file:, %s, %s)",
			"%s 的 Trino 不接受用户 %s 登录（%d）：请检查 user: 和密码或令牌（password_file:、token_file:、%s、%s）", host, t.User, failed.StatusCode, PasswordEnv, TokenEnv)
	case errors.As(err, &failed) && failed.StatusCode == http.StatusNotFound:
		return lang.Errorf("%s answers, but it is no Trino coordinator: check url:", "%s 有应答，但不是 Trino 协调节点：请检查 url:", host)
	}
	var operation *net.OpError
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		return lang.Errorf("Trino at %s can't be trusted: its certificate isn't known here: name the office's own under ca_file: (%w)", "%s 的 Trino 不可信：这里不认得它的证书：请在 ca_file: 写明单位自己的证书（%w）", host, certificate)
	}
	if errors.As(err, &operation) || errors.As(err, &dns) || failed != nil && failed.StatusCode >= 500 || strings.Contains(err.Error(), "giving up after") || strings.Contains(err.Error(), "EOF") {
		return lang.Errorf("Trino at %s can't be reached: check that the coordinator runs and that nothing lies between (address, port, firewall, certificate): %w",
			"连不上 %s 的 Trino：请检查协调节点是否在运行、网络是否畅通（地址、端口、防火墙、证书）：%w", host, err)
	}
	return lang.Errorf("Trino at %s: %w", "%s 的 Trino：%w", host, err)
}

// Refused is a statement that Trino did not run to its end.
type Refused struct {
	Name    string // of the error, such as TABLE_NOT_FOUND
	Message string
	Remedy  lang.Text
	Line    int // within the statement, from 1; 0: unknown
	Column  int
}

func (r *Refused) Error() string { return r.In(lang.Spoken()) }

// In is Error in a given language.
func (r *Refused) In(l lang.Language) string {
	text := lang.Say("Trino: %s", "Trino：%s", r.Message)
	if r.Remedy.English != "" {
		text = lang.Say("Trino: %s; %s", "Trino：%s；%s", r.Message, r.Remedy)
	}
	return text.In(l)
}

// workerLost are the names of errors that say nothing against a statement: a worker, or the way to it, went away.
var workerLost = []string{"REMOTE_TASK_ERROR", "REMOTE_HOST_GONE", "TOO_MANY_REQUESTS_FAILED", "PAGE_TRANSPORT_TIMEOUT", "PAGE_TRANSPORT_ERROR", "NO_NODES_AVAILABLE"}

// isWorkerLost knows also what Trino calls an internal error although it is the same: a worker whose task had finished went away
// before it told what came of it. With retry-policy=TASK it ends the whole query.
func isWorkerLost(name, message string) bool {
	return slices.Contains(workerLost, name) || strings.Contains(message, "Did not receive final task info")
}

func remedy(name, message, catalog string) lang.Text {
	if isWorkerLost(name, message) {
		return lang.Say("a worker was lost: run it again, or set retry-policy=TASK there, which survives that", "有工作节点丢失：请重新运行，或在那里设置 retry-policy=TASK，便不受影响")
	}
	low := strings.ToLower(message)
	switch name {
	case "CATALOG_NOT_FOUND":
		return lang.Say("have the coordinator serve a catalog %q over the lake, or name another one under engine: trino: catalog:", "请让协调节点提供数据湖的目录 %q，或在 engine: trino: catalog: 写另一个", catalog)
	case "PERMISSION_DENIED":
		return lang.Say("have the administrator give this user rights to create and drop schemas, tables and views in catalog %q", "请管理员授予该用户在目录 %q 中建立、删除模式、表和视图的权限", catalog)
	case "SCHEMA_NOT_FOUND", "TABLE_NOT_FOUND":
		return lang.Say("run attach.trino.sql of the lake there first", "请先在那里执行数据湖的 attach.trino.sql")
	case "EXCEEDED_LOCAL_MEMORY_LIMIT", "EXCEEDED_GLOBAL_MEMORY_LIMIT", "CLUSTER_OUT_OF_MEMORY":
		return lang.Say("raise query.max-memory there, or add workers", "请调大那里的 query.max-memory，或增加工作节点")
	case "HIVE_BAD_DATA", "HIVE_CANNOT_OPEN_SPLIT", "HIVE_CURSOR_ERROR", "HIVE_FILE_NOT_FOUND", "HIVE_FILESYSTEM_ERROR":
		return lang.Say("a file of the lake is damaged, foreign or gone: taizhang export finds and writes it anew", "数据湖中有文件损坏、不属于它或已丢失：taizhang export 会找出并重写")
	}
	if strings.Contains(low, "access denied") {
		return remedy("PERMISSION_DENIED", "", catalog)
	}
	return lang.Text{}
}
