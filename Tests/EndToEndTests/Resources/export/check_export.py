"""Compares exported files with the same decisions as JSON lines, by readers that are not ours.

check_export.py SCHEMA JSONL [ecs FILE] [cef FILE] [syslog FILE]. Prints how many decisions agree in how many formats.
"""
import calendar
import copy
import datetime
import sys

import jsonschema
import pycef
from syslog_rfc5424_parser import parser as second_parser

from formats import bounded, cef, octal, strict_json, syslog

SEVERITY = {"APPROVE": (6, 1), "IGNORE": (6, 2), "RETRY": (5, 3), "REJECT": (4, 5), "CONFLICT": (2, 9)}
OUTCOME = {"APPROVE": "success", "REJECT": "failure"}
EVENT_CLASS = {"APPROVE": "approve", "IGNORE": "ignore", "RETRY": "retry", "REJECT": "reject", "CONFLICT": "conflict"}


def expect(what, actual, expected):
    if actual != expected:
        raise SystemExit(f"{what}: {actual!r}\n  expected {expected!r}")


def weight(record):
    return "CONFLICT" if record.get("conflict") else record["action"]


def sentence(record):
    what = "transaction" if record["kind"] == "transaction" else "configuration change"
    why = f" by rule {record['rule']}" if record["rule"] else ""
    if record.get("conflict"):
        why = ": another payload was decided before"
    return bounded(octal(f"{record['action']} {record['stage']} of {what} {record['requestId']}{why}"), 512)


def facts(record):
    for name, value in record["summary"].items():
        yield name, value if isinstance(value, list) else [value]


def milliseconds(text):
    time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return calendar.timegm(time.timetuple()) * 1000 + time.microsecond // 1000


def snake(name):
    result = ""
    for index, c in enumerate(name):
        if c.isupper() and index and (name[index - 1].islower() or name[index - 1].isdigit()):
            result += "_"
        result += c.lower()
    return result


def check_ecs(line, record, validator):
    document = strict_json(line)
    validator.validate(document)
    event, own = document["event"], document["countersign"]
    expect("@timestamp", document["@timestamp"], record["recordedAt"])
    expect("message", document["message"], sentence(record))
    expect("event.start", event["start"], record["receivedAt"])
    elapsed = milliseconds(record["recordedAt"]) - milliseconds(record["receivedAt"])
    expect("event.duration", event["duration"], elapsed * 1_000_000)
    expect("event.reason", event.get("reason"), record["reason"])
    expect("event.sequence", event["sequence"], record["sequence"])
    expect("event.id", event["id"], record["leafHash"])
    expect("event.outcome", event["outcome"], OUTCOME.get(record["action"], "unknown"))
    expect("event.severity", event["severity"], SEVERITY[weight(record)][1])
    expect("event.kind", event["kind"], "alert" if record.get("conflict") else "event")
    expect("event.original", event.get("original"), record.get("payload"))
    expect("rule.name", document["rule"].get("name"), record["rule"])
    expect("user.id", document.get("user", {}).get("id"), record["signerId"])
    for name in ("requestId", "kind", "stage", "action", "cosigner", "signerId", "authenticator", "txId", "externalTxId",
                 "rulesDigest", "payloadDigest", "storedPayloadDigest", "leafHash"):
        expect(f"countersign.{name}", own.get(snake(name)), record[name])
    expect("summary", own["summary"], {snake(name): value for name, value in record["summary"].items()})


def check_cef(line, record):
    header, values = cef(line)
    expect("CEF header", header[:2], ["Countersign", "callback-server"])
    expect("CEF class", header[3], "decision." + EVENT_CLASS[weight(record)])
    expect("CEF severity", int(header[5]), SEVERITY[weight(record)][1])
    expected = {"externalId": str(record["sequence"]), "act": record["action"],
                "outcome": OUTCOME.get(record["action"], "unknown"), "cat": f"{record['kind']}/{record['stage']}",
                "reason": record["reason"], "msg": sentence(record), "suid": record["signerId"],
                "cs1": record["requestId"], "cs2": record["rule"], "cs3": record["rulesDigest"],
                "cs4": record["payloadDigest"], "cs5": record["txId"], "cs6": record["externalTxId"],
                "flexString1": record["leafHash"]}
    limits = {"reason": 1023, "msg": 1023, "suid": 1023}
    for key, value in expected.items():
        # Line feed and carriage return have escapes in CEF; other control characters are octal.
        cut = bounded(value, limits.get(key, 4000)) if value else None
        if cut:
            cut = "".join(c if c in "\r\n" else octal(c) for c in cut)
        expect("CEF " + key, values.pop(key, None), cut)
    for key in list(values):
        if key.endswith("Label"):
            labels = {"cs1": "requestId", "cs2": "rule", "cs3": "rulesDigest", "cs4": "payloadDigest", "cs5": "txId",
                      "cs6": "externalTxId", "flexString1": "leafHash"}
            expect("CEF " + key, values.pop(key), labels[key.removesuffix("Label")])
    own = {"CountersignListener": [record["listener"]], "CountersignCosigner": [record["cosigner"]]}
    own.update({"Countersign" + name[0].upper() + name[1:]: value for name, value in facts(record)})
    for key, parts in own.items():
        joined = "\n".join(octal(part) for part in parts if part)
        expect("CEF " + key, values.pop(key, ""), bounded(joined, 4000))
    expect("CEF rt", int(values.pop("rt")), milliseconds(record["recordedAt"]))
    expect("CEF start", int(values.pop("start")), milliseconds(record["receivedAt"]))
    values.pop("dvchost", None)
    if "CountersignTruncated" in values:
        expect("CEF truncated", values.pop("CountersignTruncated"), "true")
    expect("CEF left over", values, {})
    # A second reader, which does not read escapes: keys and plain values.
    second = pycef.parse(line)
    expect("pycef act", second["act"], record["action"])
    expect("pycef externalId", second["externalId"], str(record["sequence"]))


def check_syslog(line, record):
    header, name, parameters, message, has_mark = syslog(line.encode())
    expect("syslog priority", int(header["priority"]), 16 * 8 + SEVERITY[weight(record)][0])
    expect("syslog time", header["timestamp"], record["recordedAt"])
    expect("syslog names", (header["app"], header["id"], name), ("callback-server", "DECISION", "countersign@32473"))
    expect("syslog message", (message, has_mark), (sentence(record), True))
    cut = dict(parameters).get("truncated", "").split()
    expected = [("sequence", str(record["sequence"])), ("action", record["action"])]
    if record.get("conflict"):
        expected.append(("conflict", "true"))
    for key in ("requestId", "kind", "stage", "rule", "reason", "receivedAt", "signerId", "cosigner", "authenticator",
                "listener", "rulesDigest", "payloadDigest", "storedPayloadDigest", "leafHash", "txId", "externalTxId"):
        if record[key] is not None:
            expected.append((key, octal(record[key])))
    expected += [(key, octal(value)) for key, values in facts(record) for value in values]
    left = list(parameters)
    for key, value in expected:
        if key in cut:
            # Cut or left out, but never anything else.
            if left and left[0][0] == key:
                actual = left.pop(0)[1]
                if not (value == actual or value.startswith(actual.removesuffix("…"))):
                    raise SystemExit(f"syslog {key}: {actual!r} is not a beginning of {value!r}")
        else:
            expect("syslog " + key, left.pop(0), (key, value))
    expect("syslog left over", [pair for pair in left if pair[0] != "truncated"], [])
    # The same by another parser, which leaves escapes in place.
    second = second_parser.parse(line)
    expect("second parser", second.header.msgid, "DECISION")
    pairs = second.structured_data[0].sd_params
    plain = [(key, value.replace("\\]", "]").replace('\\"', '"').replace("\\\\", "\\")) for key, value in pairs]
    if not any("\\" in value for _, value in parameters):
        expect("second parser's parameters", plain, parameters)
    else:
        expect("second parser's names", [key for key, _ in pairs], [key for key, _ in parameters])


def check_schema_can_fail(validator, line):
    """A schema that accepts everything would prove nothing."""
    good = strict_json(line)
    for path, value in ((("countersign", "summary", "amount"), 1), (("event", "category"), "api"),
                        (("event", "outcome"), "maybe"), (("event", "sequence"), "1"), (("ecs", "version"), "1.0.0"),
                        (("countersign", "surprise"), "x"), (("@timestamp",), "yesterday")):
        bad = copy.deepcopy(good)
        place = bad
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        if validator.is_valid(bad):
            raise SystemExit(f"the schema accepts {path} = {value!r}")


def lines(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return file.read().removesuffix("\n").split("\n")


def main(schema, truth, *pairs):
    with open(schema, encoding="utf-8") as file:
        validator = jsonschema.Draft202012Validator(strict_json(file.read()))
    records = [strict_json(line) for line in lines(truth)]
    formats = dict(zip(pairs[::2], pairs[1::2]))
    for format, path in formats.items():
        found = lines(path)
        expect(f"lines of {format}", len(found), len(records))
        for line, record in zip(found, records):
            if format == "ecs":
                check_ecs(line, record, validator)
            elif format == "cef":
                check_cef(line, record)
            else:
                check_syslog(line, record)
        if format == "ecs":
            check_schema_can_fail(validator, found[0])
    print(f"{len(records)} decisions agree in {len(formats)} formats")


main(*sys.argv[1:])
