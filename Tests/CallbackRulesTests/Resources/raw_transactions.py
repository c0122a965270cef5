#!/usr/bin/env python3
"""Writes raw_transactions.json: hashes, transactions and preimages made by implementations that are not ours.

Needs eth-account, pycryptodome and python-bitcoinlib (made with 0.14.0, 3.24.1 and 0.12.2). The output is repeatable.
"""

import hashlib
import json
import pathlib
import random
import struct

import rlp
from bitcoin import SelectParams
from bitcoin.core import COutPoint, CTransaction, CTxIn, CTxOut
from bitcoin.core.script import SIGHASH_ALL, SIGVERSION_BASE, SIGVERSION_WITNESS_V0, CScript, SignatureHash
from bitcoin.wallet import CBitcoinAddress
from Crypto.Hash import keccak
from eth_account._utils.legacy_transactions import serializable_unsigned_transaction_from_dict
from eth_account.typed_transactions import TypedTransaction
from eth_utils import to_checksum_address

draw = random.Random(20261121)


def keccak256(data):
    return keccak.new(digest_bits=256, data=data).digest()


def keccak_vectors():
    lengths = [0, 1, 31, 32, 33, 63, 64, 134, 135, 136, 137, 138, 200, 271, 272, 273, 500]
    return [[data.hex(), keccak256(data).hex()] for data in (draw.randbytes(length) for length in lengths)]


def rlp_vectors():
    def item(depth):
        if depth and draw.random() < 0.4:
            return [item(depth - 1) for _ in range(draw.choice([0, 1, 2, 5]))]
        return draw.randbytes(draw.choice([0, 1, 1, 2, 20, 32, 55, 56, 60, 300]))

    def plain(value):
        return value.hex() if isinstance(value, bytes) else [plain(part) for part in value]

    return [[rlp.encode(value).hex(), plain(value)] for value in (item(4) for _ in range(60))]


def amount():
    return draw.choice([0, 1, 127, 128, 10**16, draw.randrange(10**20), draw.randrange(2**128), 2**256 - 1])


def evm_vectors():
    vectors = []
    for kind in ["legacy", "accessList", "dynamicFee"] * 12:
        to = to_checksum_address(draw.randbytes(20))
        token = draw.random() < 0.4
        paid = amount()
        receiver = draw.randbytes(20)
        data = bytes.fromhex("a9059cbb") + bytes(12) + receiver + paid.to_bytes(32, "big") if token else b""
        fields = {
            "chainId": draw.choice([1, 10, 137, 8453, 11155111]),
            "nonce": draw.choice([0, 1, 4, 127, 128, 70000]),
            "gas": draw.choice([21000, 65000, 300000]),
            "to": to,
            "value": 0 if token else paid,
            "data": data,
        }
        price = draw.choice([1, 10**9, 28466845821, 2**70])
        if kind == "dynamicFee":
            fields |= {"type": 2, "maxFeePerGas": price, "maxPriorityFeePerGas": min(price, 10**9)}
        else:
            fields |= {"gasPrice": price}
        if kind != "legacy":
            fields["accessList"] = [
                {"address": to_checksum_address(draw.randbytes(20)),
                 "storageKeys": ["0x" + draw.randbytes(32).hex() for _ in range(draw.choice([0, 1, 3]))]}
                for _ in range(draw.choice([0, 0, 1, 2]))]
        if kind == "accessList":
            fields["type"] = 1
        if kind == "legacy":
            unsigned = serializable_unsigned_transaction_from_dict(fields)
            raw, digest = rlp.encode(unsigned), unsigned.hash()
        else:
            transaction = TypedTransaction.from_dict(fields)
            raw, digest = bytes([fields["type"]]) + typed_payload(fields), transaction.hash()
        assert keccak256(raw) == bytes(digest)
        vectors.append({
            "kind": kind, "rawTx": raw.hex(), "payload": bytes(digest).hex(), "chainId": str(fields["chainId"]),
            "to": to, "receiver": to_checksum_address(receiver) if token else to, "amount": str(paid),
            "isToken": token, "nonce": str(fields["nonce"]), "gasLimit": str(fields["gas"]), "gasPrice": str(price),
        })
    return vectors


def typed_payload(fields):
    """The unsigned fields of EIP-2930 and EIP-1559; the hash of eth-account proves them right."""
    prices = ([fields["gasPrice"]] if fields["type"] == 1
              else [fields["maxPriorityFeePerGas"], fields["maxFeePerGas"]])
    access = [[bytes.fromhex(entry["address"][2:]), [bytes.fromhex(key[2:]) for key in entry["storageKeys"]]]
              for entry in fields["accessList"]]
    return rlp.encode([fields["chainId"], fields["nonce"], *prices, fields["gas"], bytes.fromhex(fields["to"][2:]),
                       fields["value"], fields["data"], access])


def p2pkh(key_hash):
    return CScript(bytes.fromhex("76a914") + key_hash + bytes.fromhex("88ac"))


def scripts():
    return draw.choice([
        lambda: p2pkh(draw.randbytes(20)),
        lambda: CScript(bytes.fromhex("a914") + draw.randbytes(20) + b"\x87"),
        lambda: CScript(b"\x00\x14" + draw.randbytes(20)),
        lambda: CScript(b"\x00\x20" + draw.randbytes(32)),
    ])()


def bitcoin_vectors():
    vectors = []
    for number in range(24):
        network = draw.choice(["mainnet", "testnet"])
        SelectParams(network)
        witness = number % 2 == 0
        own = draw.randbytes(20)
        inputs = [CTxIn(COutPoint(draw.randbytes(32), draw.randrange(5)), nSequence=draw.choice([0xFFFFFFFF, 0xFFFFFFFD]))
                  for _ in range(draw.choice([1, 1, 2, 7]))]
        paid = [(draw.randrange(600, 10**9), scripts()) for _ in range(draw.choice([1, 1, 2, 5]))]
        fee, change = draw.randrange(200, 10**5), draw.choice([0, draw.randrange(600, 10**9)])
        outputs = [CTxOut(value, script) for value, script in paid]
        if change:
            script = draw.choice([CScript(b"\x00\x14" + own), p2pkh(own)])
            outputs.insert(draw.randrange(len(outputs) + 1), CTxOut(change, script))
        total = sum(value for value, _ in paid) + fee + change
        worth = [total // len(inputs)] * (len(inputs) - 1)
        worth.append(total - sum(worth))
        transaction = CTransaction(inputs, outputs, nLockTime=draw.choice([0, 800000]), nVersion=draw.choice([1, 2]))
        entries = []
        for index, value in enumerate(worth):
            version = SIGVERSION_WITNESS_V0 if witness else SIGVERSION_BASE
            digest = SignatureHash(p2pkh(own), transaction, index, SIGHASH_ALL, value, version)
            preimage = (witness_preimage if witness else legacy_preimage)(transaction, index, p2pkh(own), value)
            assert double(preimage) == digest
            entries.append({"rawTx": preimage.hex(), "payload": digest.hex()})
        vectors.append({
            "isWitness": witness, "fee": decimal(fee), "entries": entries,
            "destinations": [{"address": str(CBitcoinAddress.from_scriptPubKey(script)), "amount": decimal(value)}
                             for value, script in paid],
        })
    return vectors


def double(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def legacy_preimage(transaction, index, code, _):
    inputs = [CTxIn(entry.prevout, code if place == index else CScript(), entry.nSequence)
              for place, entry in enumerate(transaction.vin)]
    unsigned = CTransaction(inputs, transaction.vout, transaction.nLockTime, transaction.nVersion)
    return unsigned.serialize() + struct.pack("<I", SIGHASH_ALL)


def witness_preimage(transaction, index, code, value):
    entry = transaction.vin[index]
    return (struct.pack("<i", transaction.nVersion)
            + double(b"".join(part.prevout.serialize() for part in transaction.vin))
            + double(b"".join(struct.pack("<I", part.nSequence) for part in transaction.vin))
            + entry.prevout.serialize() + bytes([len(code)]) + code + struct.pack("<q", value)
            + struct.pack("<I", entry.nSequence) + double(b"".join(part.serialize() for part in transaction.vout))
            + struct.pack("<II", transaction.nLockTime, SIGHASH_ALL))


def decimal(satoshi):
    return f"{satoshi // 10**8}.{satoshi % 10**8:08d}"


vectors = {"keccak256": keccak_vectors(), "rlp": rlp_vectors(), "evm": evm_vectors(), "bitcoin": bitcoin_vectors()}
lines = (f'"{name}": [\n' + ",\n".join(json.dumps(entry) for entry in entries) + "\n]" for name, entries in vectors.items())
pathlib.Path(__file__).with_name("raw_transactions.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
