"""What a file's packets say without decoding them: how far they reach, and how evenly they come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from statistics import median_low

from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream

MOST_PACKETS = 1_000_000
"""About three hours of picture and sound; what lies behind is taken on the header's word."""


@dataclass
class Reach:
    """The packets of one stream that can be read: their times in ticks of `tick` seconds."""

    tick: Fraction
    times: list[int] = field(default_factory=list)
    last_end: int = 0

    def add(self, packet: "Packet[Stream]") -> None:
        time = packet.dts if packet.pts is None else packet.pts  # AVI has no other
        if time is not None and not packet.is_discard:
            self.times.append(time)
            self.last_end = max(self.last_end, time + (packet.duration or 0))

    @property
    def start(self) -> Fraction:
        return min(self.times) * self.tick

    @property
    def end(self) -> Fraction:
        """Of the last packet; where the file does not say how long it is, as long as usual."""
        if not self.times:
            return Fraction(0)
        latest = max(self.times)
        if self.last_end > latest or len(self.times) < 2:
            return self.last_end * self.tick
        return (latest + median_low(self.distances())) * self.tick

    def distances(self) -> list[int]:
        return [later - earlier for earlier, later in pairwise(sorted(self.times))]


@dataclass(frozen=True)
class Scan:
    """By stream index. `whole` is false where the scan ended at its bound and the file goes on."""

    reaches: dict[int, Reach]
    whole: bool

    def reach_of(self, stream: Stream | None) -> Reach | None:
        """None where no packet can be read."""
        reach = self.reaches[stream.index] if stream else None
        return reach if reach and reach.times else None


def scan_packets(media: InputContainer, streams: Sequence[Stream]) -> Scan:
    """Read all packets of the streams. What is cut off or unreadable does not count."""
    reaches = {stream.index: Reach(stream.time_base or Fraction(1)) for stream in streams}
    try:
        for count, packet in enumerate(media.demux(*streams)):
            if not packet.is_corrupt:
                reaches[packet.stream.index].add(packet)
            if count >= MOST_PACKETS:
                return Scan(reaches, whole=False)
    except FFmpegError:
        pass  # an unreadable rest: how much it is shows against what the header promises
    return Scan(reaches, whole=True)


def is_variable(reach: Reach) -> bool:
    """True when more than 1 % of the frames come off the usual distance.

    One tick off is rounding (Matroska counts in milliseconds), and so are 2 %.
    """
    distances = reach.distances()
    if not distances:
        return False
    usual = median_low(distances)
    odd = sum(abs(distance - usual) > max(1, usual // 50) for distance in distances)
    return odd * 100 > len(distances)
