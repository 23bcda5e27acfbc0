"""The bytes of a drop's file: opened read only, decompressed under a cap, decoded strictly. Nothing is ever replaced."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import os
import stat
import zlib
from collections.abc import Iterator
from io import BufferedReader
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from veil.errors import DropRefused
from veil.model import FileFormat

BLOCK_BYTES = 1 << 22
MAX_INFLATED_BYTES = 1 << 30
MAX_RATIO = 200
BOMS = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}


def open_source(path: Path) -> BufferedReader:
    """Open a regular file read only; a link, a pipe or a device is refused, also if it took the file's place just now."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        failed = type(error).__name__
    else:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return os.fdopen(descriptor, "rb")
        os.close(descriptor)
        failed = "not a regular file"
    raise DropRefused(path.name, f"cannot be opened ({failed}); put a regular, readable file in its place")


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, read in blocks."""
    with open_source(path) as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def raw_chunks(path: Path, compression: str, *, block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Yield a file's bytes, decompressed.

    Raises
    ------
    DropRefused : truncated or damaged gzip data, a wrong trailer, or data that swells like a decompression bomb.
    """
    with open_source(path) as source:
        if compression == "none":
            yield from iter(lambda: source.read(block_bytes), b"")
        else:
            yield from _inflated(source, path.name, block_bytes)


def _inflated(source: BinaryIO, name: str, block_bytes: int) -> Iterator[bytes]:
    packed = os.fstat(source.fileno()).st_size
    total = 0
    with gzip.GzipFile(fileobj=source, mode="rb") as unpacked:
        while chunk := _read_gzip(unpacked, block_bytes, name):
            total += len(chunk)
            refuse_bomb(name, packed, total)
            yield chunk


def _read_gzip(unpacked: gzip.GzipFile, block_bytes: int, name: str) -> bytes:
    try:
        return unpacked.read(block_bytes)
    except EOFError:
        reason = "the gzip data ends early; deliver the whole file again"
    except (gzip.BadGzipFile, zlib.error):
        reason = "the gzip data or its trailer is damaged; deliver the file again"
    raise DropRefused(name, reason)


def refuse_bomb(name: str, packed: int, unpacked: int) -> None:
    """Refuse data that is over 1 GiB and more than 200 times its packed size: no table is, a decompression bomb is."""
    if unpacked > MAX_INFLATED_BYTES and unpacked > MAX_RATIO * packed:
        raise DropRefused(name, f"unpacks to more than {MAX_RATIO} times its size; deliver it uncompressed if this is right")


def utf8_chunks(path: Path, file_format: FileFormat, *, block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Yield a text file as UTF-8 without byte order mark, checked byte for byte.

    Raises
    ------
    DropRefused : with line and byte offset, where the bytes are not of the format's encoding; NUL bytes.
    """
    decoder = codecs.getincrementaldecoder(file_format.encoding)("strict")
    transcode = codecs.lookup(file_format.encoding).name != "utf-8"
    skip = len(BOMS[file_format.encoding]) if file_format.bom else 0
    line, offset = 1, skip
    for chunk in chain(_skipping(raw_chunks(path, file_format.compression, block_bytes=block_bytes), skip), [b""]):
        start = offset - len(decoder.getstate()[0])
        text = _decoded(decoder, chunk, path.name, file_format.encoding, line, start)
        encoded = text.encode("utf-8") if transcode else chunk
        if b"\0" in encoded:
            place = line + encoded.count(b"\n", 0, encoded.index(b"\0"))
            raise DropRefused(path.name, "holds a NUL byte; if it is UTF-16, declare that encoding", line=place)
        line, offset = line + encoded.count(b"\n"), offset + len(chunk)
        if encoded:
            yield encoded


def _skipping(chunks: Iterator[bytes], count: int) -> Iterator[bytes]:
    yield next(chunks, b"")[count:]
    yield from chunks


def _decoded(decoder: codecs.IncrementalDecoder, chunk: bytes, name: str, encoding: str, line: int, offset: int) -> str:
    try:
        return decoder.decode(chunk, not chunk)
    except UnicodeDecodeError as error:
        before, position = error.object[: error.start].decode(encoding, "ignore"), offset + error.start
    remedy = "declare its encoding (for instance cp1252)" if encoding == "utf-8" else "declare another encoding"
    reason = f"the byte at offset {position} is not valid {encoding}; {remedy} or deliver it as UTF-8"
    raise DropRefused(name, reason, line=line + before.count("\n"))
