"""Strict readers of the exported formats, written from their specifications and not from our writer.

CEF: Implementing ArcSight Common Event Format. Syslog: the ABNF of RFC 5424 section 6. Both raise ValueError.
"""
import json
import re
import unicodedata

BOM = "\ufeff"


def unique(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a member stands twice")
    return dict(pairs)


def no_float(text):
    raise ValueError("a number with a fraction: " + text)


def strict_json(text):
    return json.loads(text, object_pairs_hook=unique, parse_float=no_float, parse_constant=no_float)


def is_control(character):
    return unicodedata.category(character) in ("Cc", "Zl", "Zp")


def octal(text):
    """What docs/interfaces.md says of control characters."""
    return "".join("".join("#%03o" % byte for byte in c.encode()) if is_control(c) else c for c in text)


def bounded(text, limit):
    """The longest beginning that fits into `limit` bytes with an ellipsis, as docs/interfaces.md says."""
    if len(text.encode()) <= limit:
        return text
    kept = text
    while len(kept.encode()) + 3 > limit:
        kept = kept[:-1]
    return kept + "…"


def unescape(text, escapes):
    """Reads backslash escapes; any other one, or one at the end, is an error."""
    result, index = [], 0
    while index < len(text):
        if text[index] != "\\":
            result.append(text[index])
            index += 1
            continue
        if index + 1 >= len(text) or text[index + 1] not in escapes:
            raise ValueError("an escape that the format does not know: " + text[index:index + 2])
        result.append(escapes[text[index + 1]])
        index += 2
    return "".join(result)


def unescaped(text, character):
    """The places of a character that no backslash precedes."""
    places, index = [], 0
    while index < len(text):
        if text[index] == "\\":
            index += 2
            continue
        if text[index] == character:
            places.append(index)
        index += 1
    return places


def cef(line):
    """(header fields, extension) of a CEF event."""
    if any(is_control(c) for c in line):
        raise ValueError("a control character in a CEF line")
    pipes = unescaped(line, "|")
    if not line.startswith("CEF:0|") or len(pipes) < 7:
        raise ValueError("no CEF header: " + line[:80])
    bounds = [-1] + pipes[:7]
    header = [unescape(line[a + 1:b], {"\\": "\\", "|": "|"}) for a, b in zip(bounds, bounds[1:])]
    severity = int(header[6])
    if not 0 <= severity <= 10:
        raise ValueError("severity")
    extension = line[pipes[6] + 1:]
    values, starts = {}, []
    for place in unescaped(extension, "="):
        key = re.search(r"(?:^| )([A-Za-z0-9]+)$", extension[:place])
        if not key:
            raise ValueError("an = that is neither escaped nor after a key: " + extension[max(0, place - 20):place + 5])
        starts.append((key.group(1), key.start(), place + 1))
    if not starts or starts[0][1] != 0:
        raise ValueError("the extension does not begin with a key")
    for (key, _, begin), following in zip(starts, starts[1:] + [(None, len(extension), None)]):
        if key in values:
            raise ValueError("a key stands twice: " + key)
        values[key] = unescape(extension[begin:following[1]], {"\\": "\\", "=": "=", "n": "\n", "r": "\r"})
    return header[1:], values


HEADER = re.compile(
    r"<(0|[1-9][0-9]{0,2})>1 "
    r"([0-9]{4}-(?:0[1-9]|1[0-2])-[0-9]{2}T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})) "
    r"([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) ")
PARAMETER = re.compile(r' ([\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32})="((?:[^"\\\]]|\\["\\\]])*)"')


def syslog(octets, limit=8192):
    """(header, SD-ID, parameters as pairs, message without its byte order mark, whether it had one)."""
    if len(octets) > limit:
        raise ValueError(f"a message of {len(octets)} bytes")
    text = octets.decode("utf-8")
    if any(is_control(c) for c in text):
        raise ValueError("a control character in a message")
    match = HEADER.match(text)
    if not match or int(match.group(1)) > 191:
        raise ValueError("no RFC 5424 header: " + text[:80])
    header = dict(zip(("priority", "timestamp", "host", "app", "process", "id"), match.groups()))
    index, name, parameters = match.end(), None, []
    if text[index] == "-":
        index += 1
    else:
        element = re.compile(r"\[([\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32})").match(text, index)
        if not element:
            raise ValueError("no structured data")
        name, index = element.group(1), element.end()
        while parameter := PARAMETER.match(text, index):
            value = unescape(parameter.group(2), {'"': '"', "\\": "\\", "]": "]"})
            parameters.append((parameter.group(1), value))
            index = parameter.end()
        if text[index] != "]":
            raise ValueError("structured data that does not end: " + text[index:index + 40])
        index += 1
    if text[index] != " ":
        raise ValueError("no space before the message")
    message = text[index + 1:]
    return header, name, parameters, message.removeprefix(BOM), message.startswith(BOM)


def frames(octets):
    """The messages of an octet-counted stream (RFC 6587 section 3.4.1), and what is left of it."""
    messages = []
    while match := re.match(rb"([1-9][0-9]{0,9}) ", octets):
        end = match.end() + int(match.group(1))
        if len(octets) < end:
            break
        messages.append(octets[match.end():end])
        octets = octets[end:]
    return messages, octets
