"""compare_models.py OURS.duckdb PEER.duckdb: do the tables of core and mart that dbt built hold the rows that taizhang's hold?

All columns are compared, both ways, but known_at: a build of taizhang's counts what has come up to its own moment, and the
copy that dbt reads was made before. Exit 1: some rows differ.
"""
import sys

import duckdb

db = duckdb.connect()
db.execute(f"ATTACH '{sys.argv[1]}' AS ours (READ_ONLY)")
db.execute(f"ATTACH '{sys.argv[2]}' AS peer (READ_ONLY)")
tables = [t for (t,) in db.execute("select table_name from duckdb_tables() where database_name = 'peer' and schema_name = 'dbt' order by 1").fetchall()]
rows, bad = 0, []
for table in tables:
    layer, name = table.split("__", 1)
    columns = db.execute(f"""select string_agg('"' || column_name || '"', ', ' order by column_index) from duckdb_columns()
        where database_name = 'peer' and schema_name = 'dbt' and table_name = '{table}' and column_name <> 'known_at'""").fetchone()[0]
    mine, theirs = f"(select {columns} from ours.{layer}.{name})", f"(select {columns} from peer.dbt.{table})"
    n, lost, added = db.execute(f"""select (select count(*) from {mine}),
        (select count(*) from (from {mine} except all from {theirs})), (select count(*) from (from {theirs} except all from {mine}))""").fetchone()
    rows += n
    if lost or added:
        bad.append(f"{layer}.{name}: {lost} rows of ours are not there, {added} are others")
print(f"{len(tables)} tables with {rows} rows" + "".join("; " + b for b in bad))
sys.exit(1 if bad or rows == 0 else 0)
