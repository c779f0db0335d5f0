package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
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

	PasswordFile string // its first line; without it the environment's TAIZHANG_TRINO_PASSWORD
	TokenFile    string // its first line; without it the environment's TAIZHANG_TRINO_TOKEN
	CAFile       string // PEM, of certificates that the system doesn't know

	Session map[string]string // session properties, such as retry_policy

	RetryFor time.Duration // how long a lost connection is tried again; default two minutes
}

// Names of the environment's secrets.
const (
	PasswordEnv = "TAIZHANG_TRINO_PASSWORD"
	TokenEnv    = "TAIZHANG_TRINO_TOKEN"
)

// Progress of a statement: what Trino says of it.
type Progress struct {
	State            string // QUEUED, RUNNING, …
	Nodes            int
	Done, All        int // splits
	Rows, PeakMemory int64
}

// Trino is a connection to a coordinator. Statements take turns.
type Trino struct {
	Config
	db *sql.DB

	// Watch, where given, is told how each statement goes.
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
	password, err := secret(c.PasswordFile, PasswordEnv)
	if err != nil {
		return nil, err
	}
	token, err := secret(c.TokenFile, TokenEnv)
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
		return nil, lang.Errorf("connect to %s: %s", "连接 %s：%s", at.Host, masked(err.Error(), password, token))
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	return &Trino{Config: c, db: db}, nil
}

// secret is the first line of a file, else a variable of the environment.
func secret(file, env string) (string, error) {
	if file == "" {
		return os.Getenv(env), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", lang.Errorf("the file with the secret can't be read: %w", "无法读取存放密钥的文件：%w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
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

type watcher func(Progress)

func (w watcher) Update(i trino.QueryProgressInfo) {
	s := i.QueryStats
	w(Progress{s.State, s.Nodes, s.CompletedSplits, s.TotalSplits, s.ProcessedRows, s.PeakMemoryBytes})
}

func (t *Trino) watched(args []any) []any {
	if t.Watch == nil {
		return args
	}
	return append(args, sql.Named("X-Trino-Progress-Callback", watcher(t.Watch)), sql.Named("X-Trino-Progress-Callback-Period", time.Second))
}

// Exec runs a statement to its end. Cancelling the context cancels it there too.
func (t *Trino) Exec(ctx context.Context, statement string) error {
	_, err := t.Table(ctx, statement)
	return err
}

// Table runs a query and reads it whole, with values and types as a query of DuckDB gives them.
func (t *Trino) Table(ctx context.Context, query string, args ...any) (out result.Table, err error) {
	rows, err := t.db.QueryContext(ctx, query, t.watched(args)...)
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

// explain says of what Trino or the way to it refused what is wrong and what to do.
func (t *Trino) explain(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return errors.Join(ctx.Err())
	}
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

func remedy(name, message, catalog string) lang.Text {
	low := strings.ToLower(message)
	switch name {
	case "CATALOG_NOT_FOUND":
		return lang.Say("have the coordinator serve a catalog %q over the lake, or name another one under engine: trino: catalog:", "请让协调节点提供数据湖的目录 %q，或在 engine: trino: catalog: 写另一个", catalog)
	case "PERMISSION_DENIED":
		return lang.Say("have the administrator give this user rights to create and drop schemas, tables and views in catalog %q", "请管理员授予该用户在目录 %q 中建立、删除模式、表和视图的权限", catalog)
	case "SCHEMA_NOT_FOUND", "TABLE_NOT_FOUND":
		return lang.Say("run attach.trino.sql of the lake there first", "请先在那里执行数据湖的 attach.trino.sql")
	case "REMOTE_TASK_ERROR", "REMOTE_HOST_GONE", "TOO_MANY_REQUESTS_FAILED", "PAGE_TRANSPORT_TIMEOUT", "PAGE_TRANSPORT_ERROR", "NO_NODES_AVAILABLE":
		return lang.Say("a worker was lost: run it again, or set retry-policy=TASK there, which survives that", "有工作节点丢失：请重新运行，或在那里设置 retry-policy=TASK，便不受影响")
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
