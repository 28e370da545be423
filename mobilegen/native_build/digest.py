"""The hash by which a library knows its model files: native/core/digest.cpp computes the same."""

from __future__ import annotations

import hashlib
from pathlib import Path

_LEAVES = 8
_BLOCK = 64
_SIZE = 32
_CHUNK = _LEAVES * _BLOCK << 11


def blake2sp(path: Path) -> bytes:
    """Return the BLAKE2sp hash of a file, 32 bytes.

    Eight BLAKE2s hashes take its blocks of 64 bytes in turn, a ninth takes their results
    (https://www.blake2.net/blake2.pdf, section 2.10).
    """
    leaves = [_node(index, depth=0, last=index == _LEAVES - 1) for index in range(_LEAVES)]
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            for start in range(0, len(chunk), _BLOCK):
                leaves[start // _BLOCK % _LEAVES].update(chunk[start : start + _BLOCK])
    root = _node(0, depth=1, last=True)
    for leaf in leaves:
        root.update(leaf.digest())
    return root.digest()


def _node(index: int, *, depth: int, last: bool) -> hashlib.blake2s:
    return hashlib.blake2s(
        digest_size=_SIZE,
        fanout=_LEAVES,
        depth=2,
        node_offset=index,
        node_depth=depth,
        inner_size=_SIZE,
        last_node=last,
    )
