"""Forms, however they are cut into chunks."""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.multipart import MOST_FIELD_BYTES, MultipartUpload
from gateway.problems import FileMissing, UploadInvalid

FORM = "multipart/form-data; boundary=edge"


def field(name: str, value: bytes, filename: str | None = None) -> bytes:
    suffix = f'; filename="{filename}"' if filename is not None else ""
    head = f'--edge\r\nContent-Disposition: form-data; name="{name}"{suffix}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def form(*fields: bytes) -> bytes:
    return b"".join(fields) + b"--edge--\r\n"


async def in_chunks(body: bytes, cuts: list[int]) -> AsyncIterator[bytes]:
    edges = sorted({0, len(body), *(cut % len(body) for cut in cuts)})
    for start, end in pairwise(edges):
        yield body[start:end]


async def read(body: bytes, cuts: list[int] | None = None) -> tuple[str, bytes, dict[str, str]]:
    upload = MultipartUpload(FORM, in_chunks(body, cuts or []))
    header = await upload.file()
    content = b"".join([chunk async for chunk in upload.chunks()])
    await upload.read_rest()
    return header.filename, content, upload.fields


@given(
    content=st.binary(max_size=200) | st.sampled_from([b"\r\n--edg", b"\r\n--edge-not\r\n--"]),
    cuts=st.lists(st.integers(0, 1000), max_size=20),
)
async def test_the_content_arrives_whatever_the_chunks(content: bytes, cuts: list[int]) -> None:
    body = form(field("role", b"a_roll"), field("file", content, "a b.mp4"), field("x", b"y"))
    assert await read(body, cuts) == ("a b.mp4", content, {"role": "a_roll", "x": "y"})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\\\films\\\\one.mp4", "one.mp4"),
        ("../../etc/passwd", "passwd"),
        ("Größe 测试.mov", "Größe 测试.mov"),
        ("", "unnamed"),
        ("%22quoted%22.mp4", '"quoted".mp4'),
    ],
)
async def test_a_filename_is_the_last_part_of_what_is_said(given: str, kept: str) -> None:
    name, _, _ = await read(form(field("file", b"", given)))
    assert name == kept


async def test_a_form_without_a_file() -> None:
    with pytest.raises(FileMissing):
        await read(form(field("file", b"no filename")))


@pytest.mark.parametrize(
    "body",
    [
        field("file", b"content", "cut short"),
        form(field("file", b"1", "a"), field("file", b"2", "b")),
        form(field("attachment", b"1", "a")),
        form(field("x", b"x" * (MOST_FIELD_BYTES + 1)), field("file", b"1", "a")),
        b"no form at all, however long it goes on",
    ],
    ids=["cut short", "two files", "other name", "field too long", "no form"],
)
async def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(UploadInvalid):
        await read(body)


@pytest.mark.parametrize("kind", ["", "application/json", "multipart/form-data"])
async def test_other_content_types_are_refused(kind: str) -> None:
    with pytest.raises(UploadInvalid):
        MultipartUpload(kind, in_chunks(b"{}", []))
