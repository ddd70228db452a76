"""Signed URLs of the disk store: HMAC-SHA256 over what the holder may do, and until when."""

import hashlib
import hmac
import json
import time
from datetime import timedelta
from urllib.parse import quote, urlencode

from chassis.errors import Problem


class SignatureInvalid(Problem):
    code = "signature_invalid"
    title = "The signature does not fit this URL"
    status = 403


class SignatureExpired(Problem):
    code = "signature_expired"
    title = "This URL is no longer valid"
    status = 403


def sign(secret: str, *, method: str, key: str, expires: int, filename: str | None) -> str:
    """Return the signature in hexadecimal; `expires` is in Unix seconds."""
    said = json.dumps([method, key, expires, filename])
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def verify(
    secret: str, signature: str, *, method: str, key: str, expires: int, filename: str | None
) -> None:
    """Raise SignatureInvalid or SignatureExpired; HEAD may do what GET may."""
    allowed = "GET" if method == "HEAD" else method
    right = sign(secret, method=allowed, key=key, expires=expires, filename=filename)
    if not hmac.compare_digest(right.encode(), signature.encode()):
        raise SignatureInvalid(key=key)
    if expires < time.time():
        raise SignatureExpired(key=key)


def signed_url(
    public_url: str, secret: str, key: str, *, lifetime: timedelta, filename: str | None
) -> str:
    """Return the URL of the gateway's objects route that lets its holder GET this key."""
    expires = int(time.time() + lifetime.total_seconds())
    query = {"expires": str(expires)}
    if filename is not None:
        query["filename"] = filename
    query["signature"] = sign(secret, method="GET", key=key, expires=expires, filename=filename)
    return f"{public_url.rstrip('/')}/objects/{quote(key)}?{urlencode(query)}"
