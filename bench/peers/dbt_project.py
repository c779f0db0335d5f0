"""dbt_project.py MODELS DATABASE OUT: taizhang's own models and checks as a dbt project over a copy of a warehouse.

Models of stg are views, all others tables, as taizhang builds them; what a row of a table is told apart by (`-- grain:`) is a
test of uniqueness, what holds of each row (`-- check:`) a test of the rows of which it doesn't, and each file of check/ a test.
"""
import glob
import json
import os
import re
import shutil
import sys

models, database, out = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3]


def write(path, text):
    path = os.path.join(out, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


shutil.rmtree(out, ignore_errors=True)
texts = {}
for path in sorted(glob.glob(os.path.join(models, "*", "*.sql"))):
    with open(path, encoding="utf-8") as f:
        texts[os.path.basename(os.path.dirname(path)), os.path.basename(path)[:-4]] = f.read()
sources = set()


def ref(layer, name):
    return "{{ ref('%s__%s') }}" % (layer, name)


def body(text):
    text = "\n".join(line for line in text.split("\n") if not line.startswith("--"))

    def named(m):
        if (m[1], m[2]) in texts:
            return ref(m[1], m[2])
        sources.add((m[1], m[2]))
        return "{{ source('%s', '%s') }}" % (m[1], m[2])

    return re.sub(r"\b(raw|ctl|stg|core|mart)\.([a-z_]+)\b", named, text)


def header(text, key):
    return re.findall(r"^-- %s: *(.*)$" % key, text, re.M)


tests = 0
for (layer, name), text in texts.items():
    if layer == "check":
        severity = "warn" if "warning" in header(text, "severity") else "error"
        write(f"tests/{name}.sql", "{{ config(severity='%s') }}\n" % severity + body(text))
        tests += 1
        continue
    kind = "view" if layer == "stg" else "table"
    write(f"models/{layer}/{layer}__{name}.sql", "{{ config(materialized='%s') }}\n" % kind + body(text))
    for grain in header(text, "grain") if layer != "stg" else []:
        write(f"tests/grain_{layer}__{name}.sql", f"select {grain} from {ref(layer, name)} group by {grain} having count(*) > 1\n")
        tests += 1
    for check in header(text, "check"):
        rule, condition = re.split(r": *", check, maxsplit=1)
        write(f"tests/check_{layer}__{name}__{rule}.sql", f"select * from {ref(layer, name)} where not ({condition})\n")
        tests += 1
listed = [
    {"name": schema, "schema": schema, "tables": [{"name": t} for s, t in sorted(sources) if s == schema]}
    for schema in sorted({s for s, _ in sources})
]
write("models/sources.yml", json.dumps({"version": 2, "sources": listed}))
write("dbt_project.yml", json.dumps({"name": "taizhang", "version": "1.0.0", "profile": "taizhang", "flags": {"send_anonymous_usage_stats": False}}))
write("profiles.yml", json.dumps({"taizhang": {"target": "bench", "outputs": {"bench": {"type": "duckdb", "path": database, "schema": "dbt", "threads": 2}}}}))
print(len(texts), "models and checks,", tests, "tests,", len(sources), "sources")
