"""Text output of programs, line by line."""

import codecs
import re
from collections.abc import Iterator

LONGEST_LINE = 64 << 10
_BREAK = re.compile(r"[\r\n]+")


class LineSplitter:
    """Cut bytes as they come into their non-empty lines, ended by LF or CR.

    A line of more than 64 Ki characters comes in several pieces; bytes that are not UTF-8 are
    replaced.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes, *, last: bool = False) -> Iterator[str]:
        *lines, self._rest = _BREAK.split(self._rest + self._decoder.decode(data, last))
        while len(self._rest) > LONGEST_LINE or (last and self._rest):
            lines.append(self._rest[:LONGEST_LINE])
            self._rest = self._rest[LONGEST_LINE:]
        for line in lines:
            for start in range(0, len(line), LONGEST_LINE):
                yield line[start : start + LONGEST_LINE]
