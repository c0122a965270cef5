"""Verifies a callback handler's answer: verify_answer.py PUBLIC.pem ANSWER; prints its payload, exit 1 if it is not valid."""
import base64
import sys

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

with open(sys.argv[1], "rb") as file:
    key = load_pem_public_key(file.read())
with open(sys.argv[2], "rb") as file:
    header, payload, signature = file.read().split(b".")
decode = lambda text: base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
key.verify(decode(signature), header + b"." + payload, padding.PKCS1v15(), SHA256())
print(decode(payload).decode())
