"""Reads JSON texts strictly with Python's json, and writes each one back compactly.

stdin:  one text per line, in hexadecimal
stdout: one line each: "-" where the text is refused, else the compact text in hexadecimal
"""

import json
import sys

DEPTH = 32


class Number(str):
    pass


class Refused(Exception):
    pass


def members(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise Refused
    return dict(pairs)


def constant(name):
    raise Refused


def write(value, depth=0):
    if isinstance(value, (dict, list)) and depth >= DEPTH:
        raise Refused
    if isinstance(value, dict):
        return "{" + ",".join(f"{write(name)}:{write(part, depth + 1)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(write(part, depth + 1) for part in value) + "]"
    if isinstance(value, Number):
        return value
    if isinstance(value, str):
        return '"' + "".join(map(character, value)) + '"'
    return {None: "null", True: "true", False: "false"}[value]


def character(one):
    short = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    if one in short:
        return short[one]
    if ord(one) < 0x20:
        return f"\\u{ord(one):04x}"
    if 0xD800 <= ord(one) <= 0xDFFF:
        raise Refused
    return one


def answer(data):
    try:
        # A str, not bytes: json.loads would guess UTF-16 and skip a byte order mark.
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=members, parse_int=Number, parse_float=Number,
            parse_constant=constant)
        return write(value).encode("utf-8").hex()
    except (Refused, ValueError, RecursionError):
        return "-"


for line in sys.stdin:
    print(answer(bytes.fromhex(line.strip())))
