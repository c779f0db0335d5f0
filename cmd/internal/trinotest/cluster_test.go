//go:build linux

package trinotest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// catalogs of the cluster, each over a lake of its own.
var catalogs = []string{"lake", "zones", "large"}

// node is a process of the cluster.
type node struct {
	name string
	port int
	dir  string
	jvm  []string // what Java is started with
	cmd  *exec.Cmd
	done chan struct{}
}

// cluster is a coordinator and its workers on this machine.
type cluster struct {
	lake  string // the folder that the catalog lake reads
	nodes []*node
	url   string
	alone bool // the coordinator works, too
}

// Heaps: with what Java needs beside them the three stay below 9 GiB.
const (
	coordinatorHeap = "1536M"
	workerHeap      = "2G"
)

func freePorts(t testing.TB, n int) []int {
	var out []int
	var held []net.Listener
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, l)
		out = append(out, l.Addr().(*net.TCPAddr).Port)
	}
	for _, l := range held {
		l.Close()
	}
	return out
}

// startCluster starts a coordinator and some workers. They end with the test, and with this process, however it ends.
func startCluster(t testing.TB, workers int) *cluster {
	server, java := getServer(t), getJava(t)
	dir := t.TempDir()
	c := &cluster{lake: filepath.Join(dir, "lake")}
	ports := freePorts(t, workers+1)
	c.url = fmt.Sprintf("http://127.0.0.1:%d", ports[0])
	exchange := filepath.Join(dir, "exchange")
	for _, d := range []string{c.lake, exchange} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { c.stop(t) })
	go endWithParent(os.Getppid())
	for i, port := range ports {
		n := &node{name: fmt.Sprintf("node-%d", i), port: port, dir: filepath.Join(dir, fmt.Sprintf("node-%d", i))}
		c.configure(t, n, i == 0, exchange)
		c.nodes = append(c.nodes, n)
		n.start(t, server, java)
	}
	began := time.Now()
	c.await(t, func() bool { return c.ready(workers) })
	t.Logf("a coordinator and %d workers after %s", workers, time.Since(began).Round(time.Second))
	return c
}

// await waits until the nodes that were started are as wanted.
func (c *cluster) await(t testing.TB, wanted func() bool) {
	t.Helper()
	for began := time.Now(); !wanted(); time.Sleep(500 * time.Millisecond) {
		for _, n := range c.nodes {
			select {
			case <-n.done:
				t.Fatalf("%s of Trino has ended:\n%s", n.name, n.log())
			default:
			}
		}
		if time.Since(began) > 10*time.Minute {
			t.Fatalf("the cluster didn't come up:\n%s", c.nodes[0].log())
		}
	}
}

func write(t testing.TB, path string, lines ...string) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (c *cluster) configure(t testing.TB, n *node, coordinator bool, exchange string) {
	etc := filepath.Join(n.dir, "etc")
	heap := workerHeap
	config := []string{fmt.Sprintf("coordinator=%t", coordinator), fmt.Sprintf("http-server.http.port=%d", n.port), "discovery.uri=" + c.url,
		"retry-policy=NONE", "memory.heap-headroom-per-node=512MB", "task.concurrency=1", "task.max-writer-count=1", "task.max-worker-threads=4"}
	if coordinator {
		heap = coordinatorHeap
		config = append(config, fmt.Sprintf("node-scheduler.include-coordinator=%t", c.alone), "query.max-memory=3GB", "query.max-memory-per-node=512MB",
			"fault-tolerant-execution-task-memory=256MB", "optimizer.join-reordering-strategy=NONE", "join-distribution-type=BROADCAST", "query.min-expire-age=1m", "query.max-history=50", "fault-tolerant-execution-max-partition-count=4", "fault-tolerant-execution-min-partition-count=2")
	} else {
		config = append(config, "query.max-memory-per-node=1GB")
	}
	write(t, filepath.Join(etc, "config.properties"), config...)
	n.jvm = []string{"-server", "-Xmx" + heap, "-XX:+UseG1GC", "-XX:G1HeapRegionSize=8M", "-XX:+ExplicitGCInvokesConcurrent",
		"-XX:+ExitOnOutOfMemoryError", "-XX:ReservedCodeCacheSize=256M", "-Djdk.attach.allowAttachSelf=true", "-Dfile.encoding=UTF-8",
		"-Duser.timezone=Asia/Shanghai", "-XX:+EnableDynamicAgentLoading",
		"-Dnode.environment=taizhang", "-Dnode.id=" + n.name, "-Dnode.data-dir=" + filepath.Join(n.dir, "data"), "-Dnode.bind-ip=127.0.0.1", "-Dnode.internal-address=127.0.0.1"}
	if !coordinator { // small statements: compiling better costs a worker more than it gains, while the coordinator plans all of them
		n.jvm = append(n.jvm, "-XX:TieredStopAtLevel=1")
	}
	write(t, filepath.Join(etc, "exchange-manager.properties"), "exchange-manager.name=filesystem", "exchange.base-directories="+exchange)
	write(t, filepath.Join(etc, "log.properties"), "io.trino=WARN")
	for _, catalog := range catalogs {
		at := filepath.Join(c.lake, catalog)
		if err := os.MkdirAll(at, 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(etc, "catalog", catalog+".properties"), "connector.name=hive", "hive.metastore=file", "hive.metastore.catalog.dir=local:///hive",
			"fs.native-local.enabled=true", "local.location="+at, "hive.storage-format=PARQUET", "hive.parquet.time-zone=UTC",
			"hive.timestamp-precision=MICROSECONDS", "hive.non-managed-table-writes-enabled=true",
			"hive.table-statistics-enabled=false", "hive.collect-column-statistics-on-write=false", "hive.metastore-cache-ttl=1h") // planning is what small questions cost
	}
}

// start runs Java itself, as the server's launcher would: nothing lies between this process and Java, so that it ends with this one.
func (n *node) start(t testing.TB, server, java string) {
	for _, d := range []string{"plugin", "secrets-plugin"} { // the server looks for them, and for etc, where it is started
		if err := os.Symlink(filepath.Join(server, d), filepath.Join(n.dir, d)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(filepath.Join(java, "bin", "java"), append(n.jvm, "-cp", filepath.Join(server, "lib", "*"), "-Dconfig=etc/config.properties",
		"-Dlog.levels-file=etc/log.properties", "-Dlog.enable-console=true", "io.trino.server.TrinoServer")...)
	cmd.Dir = n.dir
	cmd.Env = append(os.Environ(), "JAVA_HOME="+java)
	out, err := os.Create(filepath.Join(n.dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	n.cmd, n.done = cmd, make(chan struct{})
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // the kernel ends the child with the thread that started it: it stays until the child is gone
		defer runtime.UnlockOSThread()
		defer close(n.done)
		defer out.Close()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
}

// endWithParent ends this process, and the nodes with it, where the one that started it is killed: a test that nobody waits
// for would keep the cluster up for its hour.
func endWithParent(parent int) {
	for range time.Tick(time.Second) {
		if os.Getppid() != parent {
			os.Exit(1)
		}
	}
}

// kill ends a node at once, with what it started.
func (n *node) kill() {
	if n.cmd != nil && n.cmd.Process != nil {
		_ = syscall.Kill(-n.cmd.Process.Pid, syscall.SIGKILL)
		<-n.done
	}
}

func (n *node) log() string {
	text, err := os.ReadFile(filepath.Join(n.dir, "log"))
	if err != nil {
		return err.Error()
	}
	lines := bytes.Split(text, []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-40):], []byte("\n")))
}

func (c *cluster) stop(t testing.TB) {
	for _, n := range c.nodes {
		n.kill()
		if err := syscall.Kill(-n.cmd.Process.Pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("%s is still there: %v", n.name, err)
		}
	}
}

// ready says whether the coordinator takes queries and knows all workers.
func (c *cluster) ready(workers int) bool { return c.up() && c.workers() == workers }

// up says whether all nodes have started.
func (c *cluster) up() bool {
	var info struct {
		Starting bool `json:"starting"`
	}
	for _, n := range c.nodes {
		res, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/v1/info", n.port))
		if err != nil {
			return false
		}
		err = json.NewDecoder(res.Body).Decode(&info)
		res.Body.Close()
		if err != nil || info.Starting {
			return false
		}
	}
	return true
}

// workers is how many workers the coordinator knows, -1 where it can't say.
func (c *cluster) workers() int {
	req, err := http.NewRequest(http.MethodGet, c.url+"/v1/node", nil)
	if err != nil {
		return -1
	}
	req.Header.Set("X-Trino-User", "test")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return -1
	}
	defer res.Body.Close()
	var nodes []any
	if res.StatusCode != http.StatusOK || json.NewDecoder(res.Body).Decode(&nodes) != nil {
		return -1
	}
	return len(nodes)
}

// running are the statements that the coordinator hasn't finished.
func (c *cluster) running(t testing.TB) (out []string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, c.url+"/v1/query", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Trino-User", "test")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var list []struct{ State, Query string }
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	for _, q := range list {
		if q.State != "FINISHED" && q.State != "FAILED" {
			out = append(out, q.Query)
		}
	}
	return out
}

// memory is what all nodes hold now, in bytes.
func (c *cluster) memory() (sum int64) {
	for _, n := range c.nodes {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", n.cmd.Process.Pid))
		if err != nil {
			continue
		}
		var size, resident int64
		if _, err := fmt.Sscan(string(text), &size, &resident); err == nil {
			sum += resident * int64(os.Getpagesize())
		}
	}
	return sum
}
