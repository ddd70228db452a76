"""Arithmetic on stretches of time, in microseconds."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from contracts.artifacts import Span

SECOND = 1_000_000


def shifted(spans: Iterable[Span], offset_us: int) -> tuple[Span, ...]:
    """The spans moved by an offset; what would lie before 0 is cut off."""
    moved = ((span.start_us + offset_us, span.end_us + offset_us) for span in spans)
    return tuple(Span(start_us=max(0, start), end_us=end) for start, end in moved if end > 0)


def joined(spans: Iterable[Span], gap_us: int, longest_us: int | None = None) -> list[Span]:
    """Spans in order, with those made one that overlap or lie `gap_us` or less apart.

    None grows beyond `longest_us` by that.
    """
    result: list[Span] = []
    for span in sorted(spans, key=lambda each: each.start_us):
        last = result[-1] if result else None
        if last is not None and _belongs(span, last, gap_us, longest_us):
            end = max(last.end_us, span.end_us)
            result[-1] = Span(start_us=last.start_us, end_us=end)
        else:
            result.append(span)
    return result


def padded(spans: Iterable[Span], pad_us: int, end_us: int) -> list[Span]:
    """Each span longer by `pad_us` at both ends, within 0 and `end_us`, overlaps made one."""
    longer = (
        Span(start_us=max(0, span.start_us - pad_us), end_us=min(end_us, span.end_us + pad_us))
        for span in spans
    )
    return joined(longer, 0)


def pieces(span: Span, longest_us: int) -> Iterator[Span]:
    """Cut a span into equal pieces that are not longer than `longest_us`."""
    count = max(1, -(-span.duration_us // longest_us))
    edges = [span.start_us + span.duration_us * i // count for i in range(count + 1)]
    for start, end in pairwise(edges):
        yield Span(start_us=start, end_us=end)


def within(spans: Iterable[Span], start_us: int, end_us: int) -> list[Span]:
    """What of the spans lies between two times."""
    clipped = ((max(s.start_us, start_us), min(s.end_us, end_us)) for s in spans)
    return [Span(start_us=start, end_us=end) for start, end in clipped if end > start]


def _belongs(span: Span, last: Span, gap_us: int, longest_us: int | None) -> bool:
    near = span.start_us - last.end_us <= gap_us
    return near and (longest_us is None or span.end_us - last.start_us <= longest_us)
