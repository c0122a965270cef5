"""Signs and verifies compact JWS with Python's cryptography.

stdin:  {"private": PEM, "public": PEM, "payloads": [text], "tokens": [base64 of a token's bytes]}
stdout: {"signed": [token], "verdicts": [bool]}

A verdict is about the signature alone: three parts, RS256 over the first two as they are written. The signature's text
is read as leniently as Python reads base64, and the header is not read at all.
"""

import base64
import binascii
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def verdict(key, token):
    parts = token.split(b".")
    if len(parts) != 3:
        return False
    try:
        signature = base64.urlsafe_b64decode(parts[2] + b"==")
        key.verify(signature, parts[0] + b"." + parts[1], padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def sign(key, payload):
    text = encode(b'{"typ":"JWT","alg":"RS256"}') + b"." + encode(payload.encode("utf-8"))
    return (text + b"." + encode(key.sign(text, padding.PKCS1v15(), hashes.SHA256()))).decode("ascii")


job = json.load(sys.stdin)
private = serialization.load_pem_private_key(job["private"].encode(), None)
public = serialization.load_pem_public_key(job["public"].encode())
json.dump({
    "signed": [sign(private, payload) for payload in job["payloads"]],
    "verdicts": [verdict(public, base64.b64decode(token)) for token in job["tokens"]],
}, sys.stdout)
