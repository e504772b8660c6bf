"""The questions of examples/bench in SQL, where DuckDB and DataFusion differ little."""

COLUMNS = {
    "ts": "VARCHAR",
    "event": "VARCHAR",
    "cookie": "VARCHAR",
    "user_id": "VARCHAR",
    "email": "VARCHAR",
    "url": "VARCHAR",
    "score": "VARCHAR",
    "device": {"type": "VARCHAR", "os": "VARCHAR"},
    "geo": {"city": "VARCHAR"},
    "product": {"category": "VARCHAR", "price": "VARCHAR", "qty": "BIGINT"},
}

LATEST = ["email", "email_domain", "user_id", "host", "path", "utm_campaign", "city", "device", "cookie_md5"]
# What the profile calls it, if not the same.
NAMES = {"host": "last_host", "path": "last_path", "utm_campaign": "last_campaign"}
KINDS = ["page_view", "search", "login", "product_view", "add_to_cart", "purchase"]


def flat(csv, entry):
    """The columns of the source under flat names; `entry` writes the entry of a nested object."""
    pieces = []
    for name, kind in COLUMNS.items():
        if isinstance(kind, str):
            pieces.append(name)
        else:
            pieces += [f'"{name}.{key}" AS {name}_{key}' if csv else f"{entry(name, key)} AS {name}_{key}" for key in kind]
    return ", ".join(pieces)


def m1(source, millis, group, decode, last, integer):
    """M1 over `source`; the arguments write what the engines spell differently."""
    parameter = lambda name: f"nullif({decode(group('url', f'[?&]{name}=([^&#]*)'))}, '')"
    return f"""
        SELECT event, cookie, user_id, {millis} AS ts_ms, substr(ts, 1, 10) AS day,
            lower(email) AS email, {last} AS email_domain,
            lower({group('url', '^[a-z]+://([^/?#]*)')}) AS host,
            {group('url', '^[a-z]+://[^/?#]*(/[^?#]*)')} AS path,
            {parameter('utm_source')} AS utm_source, {parameter('utm_campaign')} AS utm_campaign,
            {integer} AS score,
            CASE WHEN event IN ('product_view', 'add_to_cart', 'purchase') THEN lower(product_category) END AS category,
            CASE WHEN event = 'purchase' THEN CAST(product_price AS DOUBLE) * product_qty END AS amount,
            geo_city AS city, device_type || '/' || replace(device_os, ' ', '_') AS device, md5(cookie) AS cookie_md5
        FROM {source}"""


def fold(source, by, first, latest, oldest, elements, counts):
    """M2's fold of M1's rows in `source`; `first` are the columns that name the profile."""
    texts = ", ".join(f"{latest(column)} AS {NAMES.get(column, column)}" for column in LATEST)
    return f"""
        SELECT {first}, count(*) AS events, sum(amount) AS revenue, {elements('category')} AS categories,
            {elements('day')} AS days, {counts} AS event_ct, min(ts_ms) AS first_ts, max(ts_ms) AS last_ts,
            min(score) AS min_score, max(score) AS max_score, {texts}, {oldest('utm_source')} AS first_source
        FROM {source} GROUP BY {by}"""
