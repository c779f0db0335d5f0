#!/usr/bin/env bash
# Runs the queries and the Python of docs/analysts.md on a zone with several versions of DuckDB's Python client.
# It needs python3 and PyPI, so it is run by hand: docs/try-clients.sh demo [VERSION...]
set -euo pipefail
zone=$(cd "${1:?usage: docs/try-clients.sh ZONE [VERSION...]}" && pwd)
doc=$(cd "$(dirname "$0")" && pwd)/analysts.md
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
for version in "${@:-1.4.0 1.4.4 1.5.0 1.5.6 2.0.1}"; do
  for v in $version; do
    "$work/venv/bin/pip" install -q "duckdb==$v" pandas polars pyarrow
    (cd "$zone" && "$work/venv/bin/python" - "$doc" <<'PY'
import re, sys, duckdb
doc = open(sys.argv[1], encoding="utf-8").read()
con = duckdb.connect("published/taizhang.duckdb", read_only=True)
queries = re.findall(r"```sql\n(.*?)```", doc, re.S)
for q in queries:
    assert con.sql(q).fetchall(), q
tables = con.execute("select table_schema || '.\"' || table_name || '\"' from information_schema.tables").fetchall()
for (t,) in tables:
    con.execute("select count(*) from " + t).fetchone()
con.close()
for program in re.findall(r"```python\n(.*?)```", doc, re.S):
    exec(program)
print("DuckDB", duckdb.__version__, "-", len(queries), "queries and", len(tables), "tables hold")
PY
    )
  done
done
