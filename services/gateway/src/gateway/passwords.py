"""Password hashes by bcrypt, which is slow on purpose and so runs in a thread."""

from functools import cached_property

import bcrypt

from chassis.threads import in_thread

SHORTEST = 8
LONGEST_BYTES = 72
"""More than this bcrypt does not look at."""


class Passwords:
    def __init__(self, rounds: int) -> None:
        self._rounds = rounds

    async def hash(self, password: str) -> str:
        return await in_thread(self._hash, password)

    async def fits(self, password: str, hashed: str | None) -> bool:
        """Take as long for an account that is not there (None) as for one that is."""
        return await in_thread(self._fits, password, hashed)

    def _hash(self, password: str) -> str:
        return bcrypt.hashpw(password.encode(), bcrypt.gensalt(self._rounds)).decode()

    def _fits(self, password: str, hashed: str | None) -> bool:
        given = password.encode()
        if len(given) > LONGEST_BYTES:
            return False
        same = bcrypt.checkpw(given, (hashed or self._decoy).encode())
        return same and hashed is not None

    @cached_property
    def _decoy(self) -> str:
        return self._hash("")
