"""DuckDB: `duckdb_peer.py TASK FILE ndjson|csv THREADS OUT`. M3 spreads the smallest cookie until nothing changes."""

import sys
import duckdb
import sql

task, file, form, threads, out = sys.argv[1:]
db = duckdb.connect()
db.execute(f"SET threads = {threads}; SET preserve_insertion_order = false")

if form == "csv":
    types = {
        (name if isinstance(kind, str) else f"{name}.{key}"): "VARCHAR" if isinstance(kind, str) else kind[key]
        for name, kind in sql.COLUMNS.items()
        for key in ([None] if isinstance(kind, str) else kind)
    }
    source = f"read_csv('{file}', header = true, delim = ',', quote = '\"', escape = '\"', types = {types})"
else:
    struct = lambda kind: kind if isinstance(kind, str) else "STRUCT(" + ", ".join(f"{k} {v}" for k, v in kind.items()) + ")"
    columns = {name: struct(kind) for name, kind in sql.COLUMNS.items()}
    source = f"read_json('{file}', format = 'newline_delimited', columns = {columns})"

m1 = sql.m1(
    f"(SELECT {sql.flat(form == 'csv', lambda name, key: f'{name}.{key}')} FROM {source})",
    millis="epoch_ms(CAST(ts AS TIMESTAMP))",
    group=lambda text, pattern: f"nullif(regexp_extract({text}, '{pattern}', 1), '')",
    decode=lambda text: f"url_decode(replace({text}, '+', ' '))",
    last="split_part(lower(email), '@', -1)",
    integer="CAST(trunc(CAST(score AS DOUBLE)) AS BIGINT)",
)
fold = dict(
    latest=lambda column: f"arg_max({column}, ts_ms)",
    oldest=lambda column: f"arg_min({column}, ts_ms)",
    elements=lambda column: f"list(DISTINCT {column}) FILTER (WHERE {column} IS NOT NULL)",
    counts="histogram(event)",
)


def people():
    """The rows of M1 in table `rows`, and in `label` the smallest cookie of everybody who is connected with a cookie."""
    db.execute(f"CREATE TABLE rows AS {m1}")
    db.execute("""CREATE TABLE met AS
        SELECT DISTINCT cookie, 'e' || email AS value FROM rows WHERE email IS NOT NULL
        UNION ALL SELECT DISTINCT cookie, 'u' || user_id FROM rows WHERE user_id IS NOT NULL""")
    db.execute("CREATE TABLE label AS SELECT DISTINCT cookie, cookie AS label FROM rows")
    while True:
        db.execute("""CREATE OR REPLACE TABLE next AS
            WITH of_value AS (SELECT value, min(label) AS label FROM met JOIN label USING (cookie) GROUP BY value),
                of_cookie AS (SELECT cookie, min(label) AS label FROM met JOIN of_value USING (value) GROUP BY cookie)
            SELECT cookie, least(label.label, of_cookie.label) AS label FROM label LEFT JOIN of_cookie USING (cookie)""")
        (changed,) = db.execute("""SELECT count(*) FROM label JOIN next USING (cookie)
            WHERE label.label <> next.label""").fetchone()
        db.execute("CREATE OR REPLACE TABLE label AS SELECT * FROM next")
        if changed == 0:
            return


if task == "m1":
    query = m1
elif task == "m2":
    query = sql.fold(f"({m1})", "cookie", "cookie", **fold)
else:
    people()
    sets = ", ".join(f"list_sort({fold['elements'](column)}) AS {column}s" for column in ("cookie", "email", "user_id"))
    query = sql.fold("rows JOIN label USING (cookie)", "label", f"label AS id, {sets}", **fold)
db.execute(f"COPY ({query}) TO '{out}' (FORMAT json, USE_TMP_FILE false)")
