"""How a file is written: kind, encoding, dialect. Found strictly and reported; what two readings would fit is refused."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tasks.store.source import BLOCK_BYTES, BOMS, open_source, raw_chunks, utf8_chunks
from tasks.store.structure import CRLF, Structure, scan
from veil.errors import DropRefused
from veil.model import FileFormat

Kind = Literal["csv", "jsonl", "parquet"]

SUFFIXES: dict[str, Kind] = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".psv": "csv", ".txt": "csv",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".parquet": "parquet", ".pq": "parquet",
}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
SUFFIX_DELIMITERS = {".tsv": "\t", ".tab": "\t", ".psv": "|"}
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252", "iso8859-1", "iso8859-15")
ARCHIVES = {b"PK\x03\x04": "a zip archive or a workbook", b"\x28\xb5\x2f\xfd": "zstd data", b"BZh91AY&SY": "bzip2 data",
            b"\xfd7zXZ": "xz data", b"\xd0\xcf\x11\xe0": "an old workbook"}
GZIP_MAGIC, PARQUET_MAGIC = b"\x1f\x8b", b"PAR1"
SAMPLE_BYTES = 1 << 20
SAMPLE_RECORDS = 200


def detect(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> FileFormat:
    """Return how a file is written.

    Parameters
    ----------
    encoding : declared by whoever delivers the file; without it only UTF-8, or UTF-16 with a byte order mark, is read.
    delimiter : declared likewise; without it one of `,` `;` tab and `|` must fit, and only one.

    Raises
    ------
    DropRefused : an empty file, an unknown suffix, content that contradicts it, another encoding, an ambiguous dialect.
    """
    kind, suffix = _kind(path)
    compression: Literal["none", "gzip"] = "gzip" if suffix.endswith(".gz") else "none"
    head = next(raw_chunks(path, compression, block_bytes=SAMPLE_BYTES), b"")
    _check_content(path.name, kind, head)
    if kind == "parquet":
        return FileFormat("parquet", suffix=suffix)
    name, bom = _encoding(path.name, head, encoding)
    plain = FileFormat(kind, name, bom, compression=compression, suffix=suffix)
    dialect = _dialect(path, plain, delimiter) if kind == "csv" else _lines(path, plain)
    return FileFormat(kind, name, bom, dialect.delimiter, dialect.quote, dialect.newline,
                      _ends_with_newline(path, plain), compression, suffix)


def stem(path: Path) -> str:
    """Return a file's name without its format's suffixes."""
    return path.name[: len(path.name) - len(_kind(path)[1])]


def _kind(path: Path) -> tuple[Kind, str]:
    lower = path.name.lower()
    packed = ".gz" if lower.endswith(".gz") else ""
    suffix = Path(lower.removesuffix(packed)).suffix
    kind = SUFFIXES.get(suffix)
    if kind is None or (kind == "parquet" and packed):
        known = " ".join(SUFFIXES)
        raise DropRefused(path.name, f"the name's ending says no known format; use one of {known}, text also with .gz")
    return kind, suffix + packed


def _check_content(name: str, kind: Kind, head: bytes) -> None:
    """Refuse content that contradicts the name: one of the two is wrong, and it is not ours to say which."""
    if not head:
        raise DropRefused(name, "is empty")
    for magic, description in ARCHIVES.items():
        if head.startswith(magic):
            raise DropRefused(name, f"holds {description}; unpack or export it to CSV, JSON Lines or Parquet")
    if head.startswith(PARQUET_MAGIC) != (kind == "parquet"):
        raise DropRefused(name, "is a damaged Parquet file" if kind == "parquet" else "holds Parquet data; name it .parquet")
    if kind != "parquet" and head.startswith(GZIP_MAGIC):
        raise DropRefused(name, "holds gzip data; end its name with .gz, once")
    if kind == "csv" and re.match(rb'(\xef\xbb\xbf)?\s*[{\[]\s*["{]', head):
        raise DropRefused(name, "holds JSON; name it .jsonl and write one object per line")


def _encoding(name: str, head: bytes, declared: str | None) -> tuple[str, bool]:
    marked = next((encoding for encoding, mark in BOMS.items() if head.startswith(mark)), None)
    if declared is None:
        return marked or "utf-8", marked is not None
    try:
        wanted = codecs.lookup(declared).name
    except LookupError:
        wanted = declared
    if wanted == "utf-16":
        wanted = marked or wanted
    if wanted not in ENCODINGS:
        raise DropRefused(name, f"the declared encoding is not one of {' '.join(ENCODINGS)}; convert the file to UTF-8")
    if marked and marked != wanted:
        raise DropRefused(name, f"is declared {wanted} but begins with the byte order mark of {marked}; correct one of them")
    return wanted, marked is not None


@dataclass(frozen=True)
class _Dialect:
    delimiter: str = ","
    quote: str = '"'
    newline: str = "\n"


def _lines(path: Path, file_format: FileFormat) -> _Dialect:
    first_line = _sample(path, file_format)[0].partition(b"\n")[0]
    return _Dialect(newline="\r\n" if first_line.endswith(b"\r") else "\n")


def _dialect(path: Path, file_format: FileFormat, declared: str | None) -> _Dialect:
    sample, final = _sample(path, file_format)
    delimiters = [declared or SUFFIX_DELIMITERS.get(file_format.suffix.removesuffix(".gz")) or ""]
    if not delimiters[0]:
        delimiters = list(DELIMITERS)
    elif delimiters[0] not in DELIMITERS:
        raise DropRefused(path.name, f"the declared delimiter is not a {', '.join(DELIMITERS.values())}")
    for quote in _quotes(sample):
        readings = {delimiter: found for delimiter in delimiters if (found := _records(sample, delimiter, quote, final=final))}
        fitting = [delimiter for delimiter, reading in readings.items() if _is_table(reading)]
        if len(fitting) > 1:
            names = " and ".join(DELIMITERS[delimiter] for delimiter in fitting)
            raise DropRefused(path.name, f"reads as a table with {names} alike; declare the delimiter")
        if fitting:
            return _Dialect(fitting[0], quote, _newline(readings[fitting[0]]))
    readings = {delimiter: found for delimiter in delimiters if (found := _records(sample, delimiter, '"', final=final))}
    # Nothing fits: a single column, or a broken file, which the reader then refuses with its line.
    best = max(readings, key=lambda delimiter: _share_alike(readings[delimiter]), default=delimiters[0])
    return _Dialect(best, '"', _newline(readings[best]) if best in readings else "\n")


def _sample(path: Path, file_format: FileFormat) -> tuple[bytes, bool]:
    """Return the first megabyte as UTF-8, up to eight where that is less than one line, and whether that is the whole file."""
    sample = b""
    for chunk in utf8_chunks(path, file_format, block_bytes=SAMPLE_BYTES):
        if len(sample) >= SAMPLE_BYTES and (b"\n" in sample or len(sample) >= BLOCK_BYTES):
            return sample, False
        sample += chunk
    return sample, True


def _quotes(sample: bytes) -> Iterator[str]:
    """Yield the quote characters to try. Single quotes only where there is no double one: `O'Brien` is no quoting."""
    header = sample.partition(b"\n")[0].rstrip(b"\r")
    if b'"' in sample or b"'" not in sample:
        yield '"'
    elif re.fullmatch(rb"'[^']*'([,;\t|]'[^']*')*", header):
        yield from ("'", '"')
    else:
        yield from ('"', "'")


def _records(sample: bytes, delimiter: str, quote: str, *, final: bool) -> Structure | None:
    """Return the first records under a delimiter, without the blank lines at the end of the file; None if it cannot be."""
    found = scan(sample, delimiter, quote, final=final)
    if not isinstance(found, Structure) or not len(found.ends):
        return None
    n_records = min(SAMPLE_RECORDS, len(found.ends))
    while final and n_records > 1 and n_records == len(found.ends) and found.blank[n_records - 1]:
        found = Structure(found.ends[:-1], found.fields[:-1], found.terminators[:-1])
        n_records -= 1
    return Structure(found.ends[:n_records], found.fields[:n_records], found.terminators[:n_records])


def _is_table(reading: Structure) -> bool:
    return bool(reading.fields[0] > 1 and (reading.fields == reading.fields[0]).all())


def _share_alike(reading: Structure) -> float:
    """Return the share of records with as many fields as the header, 0 for a header of one field."""
    return float((reading.fields == reading.fields[0]).mean()) if reading.fields[0] > 1 else 0.0


def _newline(reading: Structure) -> str:
    return "\r\n" if reading.terminators[0] == CRLF else "\n"


def _ends_with_newline(path: Path, file_format: FileFormat) -> bool:
    if file_format.compression == "none":
        with open_source(path) as source:
            source.seek(-min(4, path.stat().st_size), 2)
            last = source.read()
    else:
        last = b""
        for chunk in raw_chunks(path, file_format.compression):
            last = (last + chunk)[-4:]
    return last.endswith("\n".encode(file_format.encoding))
