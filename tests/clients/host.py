"""Sends what existing clients send to a host, and reads the answers as they do. Standard library only.

    python3 host.py http://127.0.0.1:8089 TOKEN

The project of the host reads the stream `ios_sdk` (and the others below) into the table `user`, by `_uid` and `email`. Each
function is one client: how it asks, and what it needs of the answer.
"""

import gzip
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

HOST, TOKEN = sys.argv[1:3]


def ask(method, path, body=None, headers=None, expect=200):
    """The answer to a request: its body and its content type."""
    request = urllib.request.Request(HOST + path, data=body, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status, kind, text = answer.status, answer.headers["content-type"], answer.read()
    except urllib.error.HTTPError as error:
        status, kind, text = error.code, error.headers["content-type"], error.read()
    assert status == expect, f"{method} {path}: {status}: {text[:300]!r}"
    return text, kind


def settle():
    """Waits until profiles show all that was sent."""
    for _ in range(1000):
        status = json.loads(ask("GET", "/v1/status", headers={"Authorization": TOKEN})[0])
        if all(lane["accepted"] == lane["worked_in"] for lane in status["lanes"].values()):
            return
        time.sleep(0.01)
    raise AssertionError("events are not worked in")


def entity(field, value):
    """What the mobile clients read: an object of values, with segments."""
    path = f"/api/entity/user/{field}/{urllib.parse.quote(value, safe='')}"
    answer = json.loads(ask("GET", path, headers={"Authorization": TOKEN})[0])
    assert answer["status"] == 200 and isinstance(answer["message"], str)
    return answer["data"]


def check_collected(text, messages):
    """The fields that a mobile client must find, else it throws its batch away."""
    answer = json.loads(text)
    assert type(answer["status"]) is int and answer["status"] == 200, answer
    assert answer["message"] == "success", answer
    assert type(answer["data"]["message_count"]) is int and answer["data"]["message_count"] == messages, answer
    assert type(answer["data"]["rejected_count"]) is int and answer["data"]["rejected_count"] == 0, answer


def ios():
    """One event is a bare object, several are an array; sandbox mode is a dry run."""
    headers = {"Authorization": TOKEN, "Content-Type": "application/json"}
    event = {"_ts": 1700000000000, "_sesstart": 1, "identifiers": {"_uid": "ios-1"}, "attributes": {"age": 21}}
    check_collected(ask("POST", "/collect/json/ios_sdk", json.dumps(event).encode(), headers)[0], 1)
    batch = [{"_ts": 1700000001000, "_e": "sc", "identifiers": {"_uid": "ios-1", "email": "i@example.org"}}] * 10
    check_collected(ask("POST", "/collect/json/ios_sdk", json.dumps(batch).encode(), headers)[0], 10)
    ask("POST", "/collect/json/ios_sdk?dryrun=true", b'{"identifiers":{"_uid":"ios-dry"}}', headers)
    settle()
    profile = entity("_uid", "ios-1")
    assert profile["age"] == "21" and profile["events"] == "11" and profile["email"] == "i@example.org", profile
    assert entity("_uid", "ios-dry") == {"segments": ["not_found", "all"]}


def android():
    """Always an array; any 2xx will do."""
    body = json.dumps([{"_ts": 1700000000000, "identifiers": {"_uid": "droid-1"}, "name": "opened"}]).encode()
    ask("POST", "/collect/json/android_sdk", body, {"Authorization": TOKEN, "Content-Type": "application/json"})
    settle()
    assert entity("_uid", "droid-1")["events"] == "1"


def tag():
    """Short events are a GET that is answered with a picture, long ones a form; no token, the account is in the path."""
    pairs = {"_ts": "1700000000000", "_uid": "seer-1", "_e": "pv", "url": "shop.example/a?b=c&d", "_ref": ""}
    picture, kind = ask("GET", "/c/4cc0unt/tag?" + urllib.parse.urlencode(pairs))
    assert kind == "image/gif" and picture[:6] == b"GIF89a" and len(picture) < 100
    lists = [("_uid", "seer-1"), ("tags", "a"), ("tags", "b ä"), ("tags_len", "2"), ("tags_json", '["a","b ä"]')]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    ask("POST", "/c/4cc0unt/tag", urllib.parse.urlencode(lists).encode(), form)
    # A pixel in a mail names no stream.
    ask("GET", "/c/4cc0unt?email=m%40example.org&utm_medium=email")
    settle()
    profile = entity("_uid", "seer-1")
    assert profile["tags"] == ["a", "b ä"] and profile["events"] == "2", profile
    assert profile["url"] == "shop.example/a?b=c&d", profile


def rudder():
    """Flat objects with the token in the query, and CSV files with the token as a header."""
    body = json.dumps({"_uid": "r-1", "email": "r@example.org", "n": 1.5}).encode()
    check_collected(ask("POST", f"/collect/json/rudder?access_token={TOKEN}", body)[0], 1)
    rows = b"_uid,email,when\nr-2,r2@example.org,2024-05-06T07:08:09\n"
    headers = {"Authorization": TOKEN, "Content-Type": "application/csv"}
    check_collected(ask("POST", "/collect/bulk/rudder?timestamp_field=when", rows, headers)[0], 1)
    # As the public example of the bulk upload does: packed, and nothing says so.
    packed = gzip.compress(b"_uid,email\nr-3,r3@example.org\n")
    check_collected(ask("POST", "/collect/bulk/rudder?filename=a.csv.gz", packed, headers)[0], 1)
    settle()
    profile = entity("_uid", "r-2")
    assert profile["_created"] == "2024-05-06T07:08:09Z", profile
    assert entity("email", "r3@example.org")["_uid"] == "r-3"


def command_line():
    """The token as `key`, anything from 301 on is a failure whose `message` is shown."""
    answer = json.loads(ask("GET", f"/api/entity/user/email/r@example.org?key={TOKEN}")[0])
    assert answer["data"]["_uid"] == "r-1" and answer["meta"]["name"] == "user", answer
    assert json.loads(ask("GET", f"/api/segment?key={TOKEN}")[0])["data"][0]["slug_name"] == "with_mail"
    start, found = "", []
    while True:
        page = json.loads(ask("GET", f"/api/segment/with_mail/scan?limit=2&start={start}&key={TOKEN}")[0])
        found += [profile["email"] for profile in page["data"]]
        start = page["_next"]
        if not start:
            break
    assert sorted(found) == ["i@example.org", "m@example.org", "r2@example.org", "r3@example.org", "r@example.org"], found
    assert page["total"] == 5
    refused = json.loads(ask("GET", "/api/segment", expect=401)[0])
    assert refused == {"data": None, "status": 401, "message": "Not authorized"}, refused


for client in (ios, android, tag, rudder, command_line):
    client()
    print(client.__name__, "passed")
