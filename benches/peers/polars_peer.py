"""Polars: `polars_peer.py m1|m2 FILE ndjson|csv THREADS OUT`. It has no md5, so that column is left out."""

import os
import sys

task, file, form, threads, out = sys.argv[1:]
os.environ["POLARS_MAX_THREADS"] = threads
import polars as pl
import sql

kinds = {"VARCHAR": pl.String, "BIGINT": pl.Int64}
if form == "csv":
    lazy = pl.scan_csv(file, infer_schema=False)
    entry = lambda name, key: pl.col(f"{name}.{key}")
else:
    schema = {
        name: kinds[kind] if isinstance(kind, str) else pl.Struct({key: kinds[value] for key, value in kind.items()})
        for name, kind in sql.COLUMNS.items()
    }
    lazy = pl.scan_ndjson(file, schema=schema)
    entry = lambda name, key: pl.col(name).struct.field(key)

# There is no function for it; these are the escapes that the events hold.
escapes = {"+": " ", "%20": " ", "%C3%A9": "é", "%2F": "/", "%26": "&"}
event, url, email = pl.col("event"), pl.col("url"), pl.col("email").str.to_lowercase()
parameter = lambda name: url.str.extract(f"[?&]{name}=([^&#]*)").str.replace_many(escapes)
about_product = event.is_in(["product_view", "add_to_cart", "purchase"])
m1 = lazy.select(
    event,
    pl.col("cookie"),
    pl.col("user_id"),
    pl.col("ts").str.to_datetime("%Y-%m-%dT%H:%M:%S%.3fZ", time_unit="ms").cast(pl.Int64).alias("ts_ms"),
    pl.col("ts").str.slice(0, 10).alias("day"),
    email.alias("email"),
    email.str.extract("@([^@]*)$").alias("email_domain"),
    url.str.extract("^[a-z]+://([^/?#]*)").str.to_lowercase().alias("host"),
    url.str.extract("^[a-z]+://[^/?#]*(/[^?#]*)").alias("path"),
    parameter("utm_source").alias("utm_source"),
    parameter("utm_campaign").alias("utm_campaign"),
    pl.col("score").cast(pl.Float64).cast(pl.Int64).alias("score"),
    pl.when(about_product).then(entry("product", "category").str.to_lowercase()).alias("category"),
    pl.when(event == "purchase")
    .then(entry("product", "price").cast(pl.Float64) * entry("product", "qty").cast(pl.Int64))
    .alias("amount"),
    entry("geo", "city").alias("city"),
    (entry("device", "type") + "/" + entry("device", "os").str.replace_all(" ", "_", literal=True)).alias("device"),
)


def kept(column, descending):
    said = pl.col(column).is_not_null()
    times = pl.col("ts_ms").filter(said)
    place = times.arg_max() if descending else times.arg_min()
    return pl.col(column).filter(said).get(place, null_on_oob=True)


if task == "m1":
    result = m1
else:
    result = m1.group_by("cookie").agg(
        pl.len().alias("events"),
        pl.when(pl.col("amount").count() > 0).then(pl.col("amount").sum()).alias("revenue"),
        pl.col("category").drop_nulls().unique().alias("categories"),
        pl.col("day").unique().alias("days"),
        pl.struct([(event == kind).sum().alias(kind) for kind in sql.KINDS]).alias("event_ct"),
        pl.col("ts_ms").min().alias("first_ts"),
        pl.col("ts_ms").max().alias("last_ts"),
        pl.col("score").min().alias("min_score"),
        pl.col("score").max().alias("max_score"),
        *[kept(c, True).alias(sql.NAMES.get(c, c)) for c in sql.LATEST if c != "cookie_md5"],
        kept("utm_source", False).alias("first_source"),
    )
result.sink_ndjson(out)
