#!/usr/bin/python3
"""Verifies a receipt with nothing but the log's verifier key: what a stranger needs, on one page.

verify_receipt.py VKEY RECEIPT      exit 0 when it holds, 1 with the reason when it does not

A receipt says: the log holds this leaf, and these are the answers in it. Checked are, for every leaf, the Ed25519 signature
over the checkpoint (C2SP signed-note, tlog-checkpoint), the leaf's place under the checkpoint's root (C2SP tlog-proof,
RFC 9162 section 2.1.3.2), and that the answer told is the one in the leaf.
"""
import base64
import hashlib
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Refused(Exception):
    """Why the receipt does not hold."""


def sha256(content):
    return hashlib.sha256(content).digest()


def decode(text):
    return base64.b64decode(text, validate=True)


def parse_key(text):
    name, key_id, encoded = text.strip().split("+", 2)
    key = decode(encoded)
    if len(key) != 33 or key[0] != 1 or sha256(name.encode() + b"\n" + key)[:4].hex() != key_id:
        raise Refused("the verifier key is malformed")
    return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(key[1:])


def open_checkpoint(note, key):
    """The size and root in a checkpoint, once the log's signature over it is verified."""
    name, key_id, public_key = key
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    verified = False
    for line in signatures.splitlines():
        dash, signer, encoded = line.split(" ")
        payload = decode(encoded)
        if dash == "\u2014" and signer == name and payload[:4] == key_id:
            public_key.verify(payload[4:], text.encode())
            verified = True
    if not verified:
        raise Refused("the log has not signed the checkpoint")
    origin, size, root = text.splitlines()
    if origin != name:
        raise Refused("the checkpoint is of another log")
    return int(size), decode(root)


def verify_inclusion(leaf, index, size, hashes, root):
    """RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        raise Refused("the index lies outside the tree")
    first, last, node = index, size - 1, sha256(b"\x00" + leaf)
    for sibling in hashes:
        if last == 0:
            raise Refused("the proof is too long")
        if first & 1 or first == last:
            node = sha256(b"\x01" + sibling + node)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            node = sha256(b"\x01" + node + sibling)
        first, last = first >> 1, last >> 1
    if last != 0 or node != root:
        raise Refused("the leaf is not under the checkpoint's root")


def verify_leaf(evidence, answer, message, key):
    leaf = decode(evidence["leaf"])
    head, _, note = evidence["proof"].partition("\n\n")
    magic, *lines = head.split("\n")
    if lines and lines[0].startswith("extra "):
        lines.pop(0)
    if magic != "c2sp.org/tlog-proof@v1" or not lines or not lines[0].startswith("index "):
        raise Refused("the proof is malformed")
    index, hashes = int(lines[0][6:]), [decode(line) for line in lines[1:]]
    size, root = open_checkpoint(note, key)
    verify_inclusion(leaf, index, size, hashes, root)
    told = json.loads(leaf)
    if told["kind"] != "decision" or told["message"] != message:
        raise Refused("the leaf is of another message")
    for member in ("recipient", "answer", "code", "clause"):
        if told.get(member) != answer.get(member):
            raise Refused(f"the answer told is not the leaf's: {member}")
    return index, size


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        key = parse_key(sys.argv[1])
        with open(sys.argv[2], encoding="utf-8") as file:
            receipt = json.load(file)
        evidence = [receipt, *receipt.get("more", [])]
        if len(evidence) != len(receipt["answers"]) or not receipt["answers"]:
            raise Refused("there is not one leaf for each answer")
        for each, answer in zip(evidence, receipt["answers"]):
            index, size = verify_leaf(each, answer, receipt["message"], key)
            print(f"leaf {index} of {size}: {answer['answer']} to {answer['recipient']}")
    except Refused as reason:
        sys.exit(f"the receipt does NOT hold: {reason}")
    except InvalidSignature:
        sys.exit("the receipt does NOT hold: the log's signature is false")
    except (KeyError, TypeError, ValueError) as error:
        sys.exit(f"the receipt does NOT hold: it is malformed ({type(error).__name__})")


if __name__ == "__main__":
    main()
