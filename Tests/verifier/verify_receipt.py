#!/usr/bin/env python3
"""Checks receipts and whole exports of a Countersign ledger, from docs/ledger.md and nothing else.

    verify_receipt.py receipt FILE --key VERIFIER_KEY [--origin ORIGIN] [--opening FILE]
    verify_receipt.py export FILE --key VERIFIER_KEY [--origin ORIGIN]

FILE may be - for standard input. Prints one JSON line. Exit codes: 0 proven, 1 refused (the reason on standard error),
2 the call was wrong. Needs Python 3.9 and the module `cryptography`; shares no code with the program that it checks.
"""

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MAXIMUM_RECEIPT = 1 << 20
SAFE_INTEGER = 2**53 - 1


class Refused(Exception):
    """Why something is not proven."""


def sha256(data):
    return hashlib.sha256(data).digest()


def decode_base64(text, what):
    """Base64 with padding, and only as an encoder writes it."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(f"{what} is not base64") from None
    if not data or base64.b64encode(data).decode() != text:
        raise Refused(f"{what} is not base64 as an encoder writes it")
    return data


def decode_decimal(text, what):
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text, re.ASCII):
        raise Refused(f"{what} is not a plain decimal number")
    return int(text)


# Records: JSON and its canonical form (RFC 8785), for strings, integers, booleans, null, arrays and objects.


def parse_record(text):
    def members(pairs):
        if len({name for name, _ in pairs}) != len(pairs):
            raise Refused("an object in the record has two members of one name")
        return dict(pairs)

    def no_fraction(text):
        raise Refused(f"the record holds the number {text[:40]}, which no record of this ledger does")

    try:
        record = json.loads(text, object_pairs_hook=members, parse_float=no_fraction, parse_constant=no_fraction)
    except (json.JSONDecodeError, RecursionError, ValueError):
        raise Refused("the record is not JSON") from None
    if not isinstance(record, dict):
        raise Refused("the record is not a JSON object")
    return record


def canonical(value):
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        if abs(value) > SAFE_INTEGER:
            raise Refused("the record holds an integer beyond 2^53 - 1")
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical(element) for element in value) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(quoted(name) + ":" + canonical(value[name]) for name in names) + "}"


SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def quoted(text):
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Refused("the record holds half of a surrogate pair")
    return '"' + "".join(SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text) + '"'


# The Merkle tree (RFC 6962 section 2.1) and inclusion proofs (RFC 9162 section 2.1.3.2).


def leaf_hash(record_bytes):
    return sha256(b"\x00" + record_bytes)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


class Tree:
    """The root of leaves that come one after another."""

    def __init__(self):
        self.size = 0
        self.subtrees = []

    def append(self, leaf):
        self.subtrees.append(leaf)
        self.size += 1
        completed = self.size
        while completed % 2 == 0:
            right = self.subtrees.pop()
            self.subtrees.append(node_hash(self.subtrees.pop(), right))
            completed //= 2

    def root(self):
        if not self.subtrees:
            return sha256(b"")
        root = self.subtrees[-1]
        for subtree in reversed(self.subtrees[:-1]):
            root = node_hash(subtree, root)
        return root


def root_from_inclusion(leaf, index, size, path):
    if index >= size:
        raise Refused(f"wrong index: the checkpoint has {size} entries, none at index {index}")
    first, last, root = index, size - 1, leaf
    for other in path:
        if last == 0:
            raise Refused("altered proof: it has more hashes than the tree needs")
        if first % 2 == 1 or first == last:
            root = node_hash(other, root)
            while first % 2 == 0 and first != 0:
                first, last = first // 2, last // 2
        else:
            root = node_hash(root, other)
        first, last = first // 2, last // 2
    if last != 0:
        raise Refused("altered proof: it has fewer hashes than the tree needs")
    return root


# Signed notes (c2sp.org/signed-note) and checkpoints (c2sp.org/tlog-checkpoint).


class VerifierKey:
    def __init__(self, text):
        parts = text.split("+", 2)
        if len(parts) != 3 or not re.fullmatch(r"[0-9a-f]{8}", parts[1]) or not is_name(parts[0]):
            raise Refused("a verifier key is written name+8 hexadecimal digits+base64")
        self.name, key = parts[0], decode_base64(parts[2], "the verifier key")
        if len(key) != 33 or key[0] != 1:
            raise Refused("the verifier key is no Ed25519 key")
        self.key_id = sha256(self.name.encode() + b"\n" + key)[:4]
        if self.key_id.hex() != parts[1]:
            raise Refused("the key ID of the verifier key is not the one of its name and key")
        self.public_key = Ed25519PublicKey.from_public_bytes(key[1:])


def is_name(text):
    return bool(text) and "+" not in text and not any(c.isspace() or c < " " for c in text)


def open_checkpoint(note, keys, origin):
    """The origin, size and root of a note that a key of its log signed."""
    if any(byte < 0x20 and byte != 0x0A for byte in note):
        raise Refused("the checkpoint holds a control character")
    try:
        text, blank, signatures = note.decode().rpartition("\n\n")
    except UnicodeDecodeError:
        raise Refused("the checkpoint is not UTF-8") from None
    if not blank or not signatures.endswith("\n"):
        raise Refused("the checkpoint is cut off: text, a blank line and signature lines are due")
    text += "\n"
    signers = []
    for line in signatures[:-1].split("\n"):
        words = line.split(" ")
        if len(words) != 3 or words[0] != "\u2014" or not is_name(words[1]):
            raise Refused("a signature line of the checkpoint is malformed")
        signature = decode_base64(words[2], "a signature of the checkpoint")
        if len(signature) < 5:
            raise Refused("a signature line of the checkpoint is malformed")
        for key in keys:
            if (key.name, key.key_id) == (words[1], signature[:4]):
                try:
                    key.public_key.verify(signature[4:], text.encode())
                except InvalidSignature:
                    raise Refused(f"the signature by {key.name} does not verify: altered checkpoint") from None
                signers.append(key.name)
    if not signers:
        raise Refused("wrong key: no trusted key signed the checkpoint")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise Refused("the checkpoint is not origin, size and root in three lines")
    size, root = decode_decimal(lines[1], "the checkpoint's size"), decode_base64(lines[2], "the checkpoint's root")
    if len(root) != 32:
        raise Refused("the checkpoint's root has not 32 bytes")
    if lines[0] not in ([origin] if origin else signers):
        raise Refused(f"the checkpoint is one of the log {lines[0]!r}, which is not the expected one")
    return lines[0], size, root


# The two forms in which records come.


def verify_receipt(data, keys, origin):
    if len(data) > MAXIMUM_RECEIPT:
        raise Refused("the receipt is longer than 1 MiB")
    head, blank, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Refused("a line before the checkpoint is not ASCII") from None
    if lines[0] != "c2sp.org/tlog-proof@v1":
        raise Refused("the first line is not c2sp.org/tlog-proof@v1")
    if not blank or len(lines) < 3 or not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise Refused("extra, index, hashes, a blank line and the checkpoint are due: truncated, or no receipt")
    record_bytes = decode_base64(lines[1][len("extra "):], "the record")
    index = decode_decimal(lines[2][len("index "):], "the index")
    path = [decode_base64(line, "a hash of the proof") for line in lines[3:]]
    if any(len(entry) != 32 for entry in path):
        raise Refused("altered proof: a hash has not 32 bytes")
    origin, size, root = open_checkpoint(note, keys, origin)
    try:
        record = parse_record(record_bytes.decode())
    except UnicodeDecodeError:
        raise Refused("altered record: it is not UTF-8") from None
    if canonical(record).encode() != record_bytes:
        raise Refused("altered record: it is not in canonical form")
    check_sequence(record, index)
    leaf = leaf_hash(record_bytes)
    if root_from_inclusion(leaf, index, size, path) != root:
        raise Refused("record, index or proof was altered: together they do not give the signed root")
    return record, {"origin": origin, "size": size, "root": root.hex(), "index": index, "leafHash": leaf.hex()}


def check_sequence(record, index):
    sequence = record.get("sequence")
    if isinstance(sequence, bool) or not isinstance(sequence, int):
        raise Refused("altered record: it has no sequence")
    if sequence != index + 1:
        raise Refused(f"wrong index: the record is number {sequence}, which has index {sequence - 1}, not {index}")


def verify_export(lines, keys, origin):
    tree, checkpoint = Tree(), None
    for number, line in enumerate(lines, 1):
        if checkpoint is not None:
            raise Refused(f"line {number}: something follows the checkpoint")
        try:
            entry = parse_record(line.decode())
            if set(entry) == {"checkpoint"} and isinstance(entry["checkpoint"], str):
                checkpoint = entry["checkpoint"].encode()
                continue
            if set(entry) != {"index", "record"} or not isinstance(entry["record"], dict):
                raise Refused("an entry has the members index and record, or checkpoint")
            if entry["index"] is False or entry["index"] is True or entry["index"] != tree.size:
                raise Refused(f"the entry with index {tree.size} is due: one is missing, doubled or misplaced")
            check_sequence(entry["record"], tree.size)
            tree.append(leaf_hash(canonical(entry["record"]).encode()))
        except UnicodeError:
            raise Refused(f"line {number}: not UTF-8") from None
        except Refused as refused:
            raise Refused(f"line {number}: {refused}") from None
    if checkpoint is None:
        raise Refused("the export is cut off: it ends with a checkpoint")
    origin, size, root = open_checkpoint(checkpoint, keys, origin)
    if size != tree.size:
        raise Refused(f"the checkpoint has {size} entries, the export {tree.size}")
    if root != tree.root():
        raise Refused("an entry was altered: the entries do not give the signed root")
    return {"origin": origin, "size": size, "root": root.hex()}


def verify_opening(record, opening):
    """A value that the record only commits to: SHA-256(salt || path || 0x00 || value)."""
    try:
        members = parse_record(opening.decode())
    except UnicodeDecodeError:
        raise Refused("the opening is not UTF-8") from None
    if set(members) != {"path", "salt", "value"} or not all(isinstance(text, str) for text in members.values()):
        raise Refused("an opening has the members path, salt and value, all text")
    try:
        salt = bytes.fromhex(members["salt"])
    except ValueError:
        raise Refused("the salt of the opening is not hexadecimal") from None
    digest = sha256(salt + members["path"].encode() + b"\x00" + members["value"].encode())
    commitments = record.get("commitments")
    found = commitments.get(members["path"]) if isinstance(commitments, dict) else None
    if len(salt) != 32 or found != "sha256:" + digest.hex():
        raise Refused(f"the record does not commit to this value at {members['path']}")
    return {"path": members["path"], "value": members["value"]}


def read(path):
    if path == "-":
        return sys.stdin.buffer.read()
    with open(path, "rb") as file:
        return file.read()


def main():
    parser = argparse.ArgumentParser(description="Checks receipts and exports of a Countersign ledger.")
    parser.add_argument("what", choices=["receipt", "export"])
    parser.add_argument("file")
    parser.add_argument("--key", action="append", required=True, help="verifier key: name+id+base64; may be repeated")
    parser.add_argument("--origin", help="the log that is expected; the name of the key where absent")
    parser.add_argument("--opening", help="for a receipt: a value that the record commits to")
    arguments = parser.parse_args()
    try:
        keys = [VerifierKey(key) for key in arguments.key]
        data = read(arguments.file)
        opening = read(arguments.opening) if arguments.opening else None
    except (Refused, OSError, ValueError) as error:
        print(f"verify_receipt: {error}", file=sys.stderr)
        return 2
    try:
        if arguments.what == "export":
            lines = data.split(b"\n")
            if lines.pop() != b"":
                raise Refused("the export is cut off in a line")
            result = verify_export(lines, keys, arguments.origin)
        else:
            record, result = verify_receipt(data, keys, arguments.origin)
            result["record"] = record
            if opening is not None:
                result["opened"] = verify_opening(record, opening)
    except Refused as refused:
        print(f"refused: {refused}", file=sys.stderr)
        return 1
    except RecursionError:
        print("refused: a record nests deeper than any record does", file=sys.stderr)
        return 1
    print(json.dumps(result, separators=(",", ":")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
