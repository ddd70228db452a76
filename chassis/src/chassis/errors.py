"""How a step may fail: a Problem is expected and final, a Transient is worth another attempt."""


class Problem(Exception):
    """An expected failure that a client can act on; never retried."""

    code: str = "problem"
    title: str = "The request cannot be carried out"
    status: int = 422

    def __init__(
        self, detail: str = "", *, code: str | None = None, status: int | None = None, **ids: str
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.ids = ids
        if code is not None:
            self.code = code
        if status is not None:
            self.status = status


class Transient(Exception):
    """A failure that may well be gone at the next attempt."""
