#!/usr/bin/env python3
"""Checks the hostile corpus against its schema, and builds its request bodies with anybody's keys.

    corpus.py validate
    corpus.py build --key TRUSTED.pem --other OTHER.pem > bodies.jsonl

`build` prints one line per case: {"id", "endpoint", "mode", "body" (base64), "expect"}. Needs the packages jsonschema
(validate) and cryptography (build). README.md says what a recipe means.
"""

import argparse
import base64
import hashlib
import hmac
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent


def load():
    return json.loads((HERE / "corpus.json").read_text(encoding="utf-8"))


def validate():
    import jsonschema

    schema = json.loads((HERE / "corpus.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    corpus = load()
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(corpus))
    for error in errors:
        print(f"{error.json_path}: {error.message}", file=sys.stderr)
    ids = [case["id"] for case in corpus["cases"]]
    for twice in sorted({name for name in ids if ids.count(name) > 1}):
        errors.append(twice)
        print(f"two cases have the id {twice}", file=sys.stderr)
    print(len(ids))
    return 1 if errors else 0


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def text_bytes(source, corpus):
    """The bytes that a `text`, `hex`, `repeat` or `base` recipe stands for."""
    if "text" in source:
        return source["text"].encode("utf-8")
    if "hex" in source:
        return bytes.fromhex(source["hex"])
    if "repeat" in source:
        part = source["repeat"]
        return (part.get("before", "") + part["unit"] * part["count"] + part.get("after", "")).encode("utf-8")
    if "encoding" in source:
        return corpus["base"][source["base"]].encode(source["encoding"])
    text = corpus["base"][source["base"]]
    for change in source.get("replace", []):
        if text.count(change["find"]) != 1:
            raise ValueError(f"{change['find']!r} occurs {text.count(change['find'])} times in the base")
        text = text.replace(change["find"], change["with"])
    return text.encode("utf-8")


def edit_text(text, operations):
    """Changes the text of a segment."""
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for operation in operations:
        kind = operation["op"]
        if kind == "pad":
            text += b"=" * (-len(text) % 4) or b"===="
        elif kind == "standard-alphabet":
            changed = text.replace(b"-", b"+").replace(b"_", b"/")
            if changed == text:
                raise ValueError("the segment holds neither - nor _")
            text = changed
        elif kind == "stray-bits":
            if len(text) % 4 == 0:
                raise ValueError("the segment has no unused bits")
            text = text[:-1] + alphabet[alphabet.index(text[-1]) | 1 :][:1]
        elif kind == "insert":
            at = operation["at"]
            text = text[:at] + operation["text"].encode("utf-8") + text[at:]
        elif kind == "append":
            text += operation["text"].encode("utf-8")
        else:
            raise ValueError(kind)
    return text


def edit_bytes(data, operations):
    """Changes the bytes of a signature."""
    for operation in operations:
        kind = operation["op"]
        if kind == "flip":
            changed = bytearray(data)
            changed[operation["at"]] ^= operation.get("mask", 1)
            data = bytes(changed)
        elif kind == "truncate":
            data = data[: -operation["count"]]
        elif kind == "append":
            data += bytes.fromhex(operation["hex"])
        elif kind == "prepend":
            data = bytes.fromhex(operation["hex"]) + data
        elif kind == "reverse":
            data = data[::-1]
        else:
            raise ValueError(kind)
    return data


SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def padded_block(name, digest, size):
    """Encoded messages that a lax PKCS #1 v1.5 check takes (RFC 8017 section 9.2 makes exactly one)."""
    infos = {
        "no-null": bytes.fromhex("302f300b06096086480165030402010420"),
        "sha1-identifier": bytes.fromhex("3021300906052b0e03021a05000414"),
        "sha512-identifier": bytes.fromhex("3051300d060960864801650304020305000440"),
        "long-form-length": bytes.fromhex("308131300d060960864801650304020105000420"),
    }
    if name in infos:
        tail = b"\x00" + infos[name] + digest
    elif name == "digest-only":
        tail = b"\x00" + digest
    else:
        tail = b"\x00" + SHA256_INFO + digest
    if name == "garbage-after-digest":
        return b"\x00\x01" + b"\xff" * 8 + tail + b"\x5a" * (size - 10 - len(tail))
    if name == "garbage-before-info":
        fill = b"\x5a" * (size - 2 - 8 - len(tail))
        return b"\x00\x01" + b"\xff" * 8 + fill + tail
    padding = size - 2 - len(tail)
    if name == "block-type-2":
        return b"\x00\x02" + b"\xff" * padding + tail
    if name == "block-type-0":
        return b"\x00\x00" + b"\x00" * padding + tail
    if name == "padding-not-ff":
        return b"\x00\x01" + b"\xff" * (padding - 1) + b"\xfe" + tail
    return b"\x00\x01" + b"\xff" * padding + tail


def signature_bytes(recipe, signing_input, keys):
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding

    trusted = keys["trusted"]
    kind = recipe["kind"]
    public = trusted.public_key()
    if kind == "none":
        return b""
    if kind == "fill":
        return bytes([recipe["byte"]]) * recipe["count"]
    if kind in ("rs256", "rs384", "rs512", "rs1"):
        digest = {"rs256": hashes.SHA256, "rs384": hashes.SHA384, "rs512": hashes.SHA512, "rs1": hashes.SHA1}[kind]()
        return trusted.sign(signing_input, padding.PKCS1v15(), digest)
    if kind == "ps256":
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
        return trusted.sign(signing_input, pss, hashes.SHA256())
    if kind == "other-key":
        return keys["other"].sign(signing_input, padding.PKCS1v15(), hashes.SHA256())
    if kind == "hs256-public-pem":
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        secret = public.public_bytes(serialization.Encoding.PEM, form)
        return hmac.new(secret, signing_input, hashlib.sha256).digest()
    if kind == "hs256-public-der":
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        secret = public.public_bytes(serialization.Encoding.DER, form)
        return hmac.new(secret, signing_input, hashlib.sha256).digest()
    if kind == "hs256-empty":
        return hmac.new(b"", signing_input, hashlib.sha256).digest()
    if kind == "digest":
        return hashlib.sha256(signing_input).digest()
    if kind == "padded-block":
        numbers = trusted.private_numbers()
        modulus = numbers.public_numbers.n
        size = (modulus.bit_length() + 7) // 8
        block = padded_block(recipe["block"], hashlib.sha256(signing_input).digest(), size)
        return pow(int.from_bytes(block, "big"), numbers.d, modulus).to_bytes(size, "big")
    raise ValueError(kind)


def segment(source, corpus):
    if "segment" in source:
        return source["segment"].encode("utf-8")
    return edit_text(encode(text_bytes(source, corpus)), source.get("edit", []))


def body(case, corpus, keys):
    payload_source = case.get("payload", {"base": case["endpoint"]})
    if "body" in case:
        whole = text_bytes(case["body"], corpus)
    elif case["mode"] == "json":
        whole = text_bytes(payload_source, corpus)
    else:
        header = segment(case.get("header", {"base": "header"}), corpus)
        payload = segment(payload_source, corpus)
        recipe = case.get("signature", {"kind": "rs256"})
        names = {"h": header, "p": payload}
        signed = fill(case.get("signed", "{h}.{p}"), names)
        names["s"] = edit_text(
            encode(edit_bytes(signature_bytes(recipe, signed, keys), recipe.get("bytes", []))), recipe.get("edit", []))
        whole = fill(case.get("token", "{h}.{p}.{s}"), names)
    wrap = case.get("wrap")
    if wrap == "base64":
        return base64.b64encode(whole)
    if wrap is not None:
        return whole.decode("ascii").encode(wrap)
    return whole


def fill(template, names):
    result = template.encode("utf-8")
    for name, value in names.items():
        result = result.replace(b"{" + name.encode() + b"}", value)
    return result


def build(options):
    from cryptography.hazmat.primitives import serialization

    def key(path):
        return serialization.load_pem_private_key(pathlib.Path(path).read_bytes(), None)

    keys = {"trusted": key(options.key), "other": key(options.other)}
    corpus = load()
    for case in corpus["cases"]:
        try:
            whole = body(case, corpus, keys)
        except ValueError as problem:
            print(f"{case['id']}: {problem}", file=sys.stderr)
            return 1
        print(json.dumps({
            "id": case["id"], "endpoint": case["endpoint"], "mode": case["mode"],
            "body": base64.b64encode(whole).decode(), "expect": case["expect"],
        }))
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("validate")
    building = commands.add_parser("build")
    building.add_argument("--key", required=True, help="PEM private key of the trusted co-signer, RSA-2048")
    building.add_argument("--other", required=True, help="PEM private key that the handler does not trust, RSA-2048")
    options = parser.parse_args()
    return validate() if options.command == "validate" else build(options)


if __name__ == "__main__":
    sys.exit(main())
