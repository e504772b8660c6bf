"""DataFusion: `datafusion_peer.py m1|m2 FILE ndjson|csv THREADS OUT`; OUT becomes a file or a folder of files."""

import sys
import datafusion
import pyarrow as pa
import sql

task, file, form, threads, out = sys.argv[1:]
config = datafusion.SessionConfig().with_target_partitions(int(threads))
context = datafusion.SessionContext(config)

kinds = {"VARCHAR": pa.string(), "BIGINT": pa.int64()}
fields = []
for name, kind in sql.COLUMNS.items():
    if isinstance(kind, str):
        fields.append((name, kinds[kind]))
    else:
        fields.append((name, pa.struct([(key, kinds[value]) for key, value in kind.items()])))
if form == "csv":
    # The schema of a CSV file is that of all its columns.
    with open(file) as source:
        names = source.readline().strip().split(",")
    schema = pa.schema([(name, pa.int64() if name == "product.qty" else pa.string()) for name in names])
    context.register_csv("source", file, schema=schema, has_header=True)
else:
    context.register_json("source", file, schema=pa.schema(fields), file_extension=".ndjson")


def decode(text):
    # There is no function for it; these are the escapes that the events hold.
    for escape, char in {"+": " ", "%20": " ", "%C3%A9": "é", "%2F": "/", "%26": "&"}.items():
        text = f"replace({text}, '{escape}', '{char}')"
    return text


empty = lambda column: f"nullif({column}, '')"
m1 = sql.m1(
    f"(SELECT {sql.flat(form == 'csv', lambda name, key: chr(34) + name + chr(34) + '[' + chr(39) + key + chr(39) + ']')} FROM source)",
    millis="CAST(to_timestamp_millis(ts) AS BIGINT)",
    group=lambda text, pattern: f"regexp_match({text}, '{pattern}')[1]",
    decode=decode,
    last="split_part(lower(email), '@', -1)",
    integer="CAST(trunc(CAST(score AS DOUBLE)) AS BIGINT)",
)
if form == "csv":
    # Empty cells are read as empty texts.
    columns = ["user_id", "email", "email_domain"]
    m1 = f"SELECT * REPLACE ({', '.join(f'nullif({c}, {chr(39) * 2}) AS {c}' for c in columns)}) FROM ({m1})"

if task == "m1":
    query = m1
else:
    kept = lambda column, order: f"first_value({column} ORDER BY ts_ms {order}) FILTER (WHERE {column} IS NOT NULL)"
    counts = ", ".join(f"'{kind}', count(*) FILTER (WHERE event = '{kind}')" for kind in sql.KINDS)
    query = sql.fold(
        f"({m1})", "cookie", "cookie",
        latest=lambda column: kept(column, "DESC"),
        oldest=lambda column: kept(column, "ASC"),
        elements=lambda column: f"array_agg(DISTINCT {column}) FILTER (WHERE {column} IS NOT NULL)",
        counts=f"named_struct({counts})",
    )
context.sql(query).write_json(out)
