"""multipart/form-data read as it arrives: fields are kept, the one file is passed on in chunks."""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from gateway.problems import FileMissing, UploadInvalid

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_FIELD_BYTES = 1 << 20
GATHER_BYTES = 1 << 20
"""Chunks this big are passed on: each costs the store a hop to a thread."""


@dataclass(frozen=True)
class FileHeader:
    filename: str
    content_type: str


@dataclass
class _Part:
    name: str
    file: FileHeader | None


class MultipartUpload:
    """Read `file`, pass on `chunks()`, then `read_rest()`; `fields` are whole after that."""

    def __init__(self, content_type: str, body: AsyncIterator[bytes]) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise UploadInvalid("The content type is not multipart/form-data with a boundary")
        self.fields: dict[str, str] = {}
        self._body = body
        self._parser = MultipartParser(boundary, self._callbacks())
        self._file: FileHeader | None = None
        self._ready: deque[bytes] = deque()
        self._part: _Part | None = None
        self._field = bytearray()
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._headers: dict[bytes, bytes] = {}
        self._file_done = False
        self._done = False

    async def file(self) -> FileHeader:
        """Read up to the file; raise FileMissing where there is none."""
        while self._file is None:
            if not await self._read_on():
                raise FileMissing
        return self._file

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the file's content in pieces of about 1 MiB; raise UploadInvalid if cut short."""
        while not self._file_done:
            gathered = sum(map(len, self._ready))
            if gathered >= GATHER_BYTES:
                yield self._gathered()
            elif not await self._read_on():
                break
        if self._ready:
            yield self._gathered()

    async def read_rest(self) -> None:
        while await self._read_on():
            pass

    async def _read_on(self) -> bool:
        """Parse what arrives next; False at the end of a complete form."""
        chunk = await anext(self._body, b"")
        if chunk:
            self._parse(chunk)
        elif not self._done:
            raise UploadInvalid("The upload ends too early")
        return bool(chunk)

    def _parse(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise UploadInvalid(str(error)) from error

    def _gathered(self) -> bytes:
        whole = b"".join(self._ready)
        self._ready.clear()
        return whole

    def _callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._headers_begin,
            "on_header_begin": self._header_begin,
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._part_begin,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _headers_begin(self) -> None:
        self._headers = {}

    def _header_begin(self) -> None:
        self._header = (bytearray(), bytearray())

    def _header_end(self) -> None:
        name, value = self._header
        self._headers[bytes(name).lower()] = bytes(value)

    def _part_begin(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        name = _text(options.get(b"name", b""))
        header = _file_header(options, self._headers) if b"filename" in options else None
        if header and (name != "file" or self._file):
            raise UploadInvalid("One file is taken at a time, in a field called `file`")
        self._part = _Part(name, header)
        self._file = header or self._file
        self._field.clear()

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._part and self._part.file:
            self._ready.append(data[start:end])
            return
        self._field += data[start:end]
        if len(self._field) > MOST_FIELD_BYTES:
            raise UploadInvalid("A field is too long")

    def _part_end(self) -> None:
        if self._part and self._part.file:
            self._file_done = True
        elif self._part:
            self.fields[self._part.name] = _text(bytes(self._field))

    def _end(self) -> None:
        self._done = True


def _file_header(options: dict[bytes, bytes], headers: dict[bytes, bytes]) -> FileHeader:
    """The last part of the name alone: some clients send their own path."""
    name = _text(options[b"filename"]).replace("%22", '"').replace("\\", "/").rpartition("/")[2]
    printable = "".join(letter for letter in name if letter.isprintable()).strip()
    kind = headers.get(b"content-type", b"application/octet-stream").decode("latin-1")
    return FileHeader(printable[-200:] or "unnamed", kind)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\0", "")
