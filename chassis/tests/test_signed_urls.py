"""The route that the disk store's signed URLs lead to."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from chassis.http_problems import add_problem_handlers
from chassis.objects import DiskStore, signing
from chassis.objects.routes import objects_router

SECRET = "a secret of the tests"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path, public_url="http://cinema.test", signing_secret=SECRET)


@pytest.fixture
async def http(store: DiskStore) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(objects_router(store, SECRET))
    add_problem_handlers(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        yield client


@pytest.fixture
async def url(store: DiskStore) -> str:
    await store.put_bytes("a/b", b"0123456789", content_type="video/mp4")
    return await store.signed_url("a/b", expires=MINUTE, filename="cut.mp4")


async def test_head_tells_without_giving(http: httpx.AsyncClient, url: str) -> None:
    head = await http.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == "10"
    assert head.headers["accept-ranges"] == "bytes"


async def test_what_the_client_has_is_not_sent_again(http: httpx.AsyncClient, url: str) -> None:
    etag = (await http.get(url)).headers["etag"]
    again = await http.get(url, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    resumed = await http.get(url, headers={"range": "bytes=8-", "if-range": etag})
    assert (resumed.status_code, resumed.content) == (206, b"89")
    changed = await http.get(url, headers={"range": "bytes=8-", "if-range": '"other"'})
    assert (changed.status_code, changed.content) == (200, b"0123456789")


async def test_a_range_beyond_the_end_is_refused(http: httpx.AsyncClient, url: str) -> None:
    assert (await http.get(url, headers={"range": "bytes=50-"})).status_code == 416


async def test_a_url_that_was_changed_is_refused(http: httpx.AsyncClient, url: str) -> None:
    for changed in (url.replace("a/b", "a/c"), url.replace("cut", "cat"), url + "0"):
        answer = await http.get(changed)
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "signature_invalid"


async def test_an_expired_url_is_refused(
    store: DiskStore, http: httpx.AsyncClient, url: str
) -> None:
    old = await store.signed_url("a/b", expires=timedelta(seconds=-2))
    answer = await http.get(old)
    assert (answer.status_code, answer.json()["code"]) == (403, "signature_expired")


async def test_an_object_that_has_gone_is_not_found(
    store: DiskStore, http: httpx.AsyncClient, url: str
) -> None:
    await store.delete("a/b")
    answer = await http.get(url)
    assert (answer.status_code, answer.json()["code"]) == (404, "object_missing")


@given(st.text(), st.text(), st.one_of(st.none(), st.text()))
def test_a_signature_fits_one_thing_only(key: str, other: str, filename: str | None) -> None:
    expires = int(time.time()) + 60

    def check(signature: str, key: str, filename: str | None) -> None:
        signing.verify(
            SECRET, signature, method="HEAD", key=key, expires=expires, filename=filename
        )

    signature = signing.sign(SECRET, method="GET", key=key, expires=expires, filename=filename)
    check(signature, key, filename)
    for wrong in ((key + "x", filename), (key, f"{filename}x"), (other + "/" + key, filename)):
        with pytest.raises(signing.SignatureInvalid):
            check(signature, *wrong)
    with pytest.raises(signing.SignatureInvalid):
        check(other, key, filename)
