"""compare.py SET DIR OURS.duckdb PEER.duckdb: are the rows that taizhang stored those that a peer loaded?

Every column of every row is compared, both ways. Rows whose faults were generated (DIR/faults.tsv) are where programs
differ by design; they must be refused or emptied by us and be there in the peer's table. Exit 1: some rows differ.
"""
import os
import sys

import duckdb

from load import TABLES, TEXT

set_name, folder, ours, peer = sys.argv[1:5]
db = duckdb.connect()
db.execute(f"ATTACH '{ours}' AS ours (READ_ONLY)")
db.execute(f"ATTACH '{peer}' AS peer (READ_ONLY)")
db.execute("CREATE TABLE unit(code VARCHAR, name VARCHAR)")
db.execute("CREATE TABLE fault(file VARCHAR, key VARCHAR)")
for table, file in (("unit", "units.tsv"), ("fault", "faults.tsv")):
    path = os.path.join(folder, file)
    if os.path.exists(path) and os.path.getsize(path):
        db.execute(f"INSERT INTO {table} SELECT * FROM read_csv('{path}', delim='\t', header=false, quote='', all_varchar=true)")
KEY = {"problem": "problem_no", "incentive": "document_no", "details": "seq"}
bad = False
for table, (_, _, columns) in TABLES[set_name].items():
    # In a spreadsheet a text of nothing and no text are the same.
    mine = ", ".join(f"nullif(r.{c}, '') AS {c}" if kind == TEXT else f"r.{c}" for c, kind in columns.values())
    theirs = ", ".join(f"nullif({c}, '') AS {c}" if kind == TEXT else c for c, kind in columns.values())
    db.execute(f"""CREATE OR REPLACE TEMP TABLE mine AS SELECT u.name || '/' || t.file AS file, {mine}
        FROM ours.raw.{table} r JOIN ours.raw.return t USING (return_id) JOIN unit u ON u.code = t.submitter""")
    db.execute(f"CREATE OR REPLACE TEMP TABLE theirs AS SELECT file, {theirs} FROM peer.{table}")
    fault = f"(file, cast({KEY[table]} AS VARCHAR)) IN (SELECT (file, key) FROM fault)"
    one = lambda q: db.execute(q).fetchone()[0]
    lost = f"SELECT * FROM theirs WHERE NOT {fault} EXCEPT ALL SELECT * FROM mine WHERE NOT {fault}"
    added = f"SELECT * FROM mine WHERE NOT {fault} EXCEPT ALL SELECT * FROM theirs WHERE NOT {fault}"
    n, m = one("SELECT count(*) FROM mine"), one("SELECT count(*) FROM theirs")
    refused = one(f"SELECT coalesce(sum(rows_refused), 0) FROM ours.raw.return WHERE form = '{table}'")
    rejected = one(f"SELECT count(*) FROM ours.raw.return WHERE form = '{table}' AND status = 'rejected'")
    nlost, nadded = one(f"SELECT count(*) FROM ({lost})"), one(f"SELECT count(*) FROM ({added})")
    faulty = one(f"SELECT count(*) FROM theirs WHERE {fault}")
    print(f"{table}: {n} rows of ours and {refused} refused, {m} of the peer's, {faulty} with faults; lost or changed {nlost}, added or changed {nadded}, returns rejected {rejected}")
    for title, query in (("the peer alone has", lost), ("we alone have", added)):
        for row in db.execute(query + " LIMIT 3").fetchall():
            print("  " + title, row)
    bad = bad or nlost or nadded or rejected or n + refused != m or m == 0
sys.exit(1 if bad else 0)
