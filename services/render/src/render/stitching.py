"""Join an output's chunks and its sound into one file, without coding anything again.

Chunks are all coded alike, so their packets simply follow each other. Times are counted in
frames: nothing is rounded, whatever the rate and however many chunks there are.
"""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from chassis.threads import in_thread, outlast

AnyPacket: TypeAlias = "Packet[VideoStream] | Packet[AudioStream]"

REORDER_DELAY = 2
"""Frames by which x264 lets a picture be sent ahead of its turn (a pyramid of B-frames)."""


class Interrupted(Exception):
    """Stitching was told to stop."""


async def stitch(chunks: Sequence[Path], sound: Path, rate: Fraction, target: Path) -> int:
    """Write an MP4 that plays before it is wholly loaded; return its number of frames."""
    stop = threading.Event()
    work = asyncio.ensure_future(in_thread(_stitch, chunks, sound, rate, target, stop))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        stop.set()
        await outlast(work)
        raise


def _stitch(
    chunks: Sequence[Path], sound: Path, rate: Fraction, target: Path, stop: threading.Event
) -> int:
    with (
        av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as out,
        av.open(str(chunks[0])) as first,
        av.open(str(sound)) as voice,
    ):
        picture = out.add_stream_from_template(first.streams.video[0])
        picture.time_base = 1 / rate
        heard = out.add_stream_from_template(voice.streams.audio[0])
        sounds = _sound_packets(voice)
        frames = 0
        for packet in _picture_packets(chunks, rate):
            if stop.is_set():
                raise Interrupted
            while (sample := next(sounds, None)) is not None:
                sample.stream = heard
                out.mux(sample)
                if _seconds(sample) > _seconds(packet):
                    break
            packet.stream = picture
            out.mux(packet)
            frames += 1
        for sample in sounds:
            sample.stream = heard
            out.mux(sample)
    return frames


def _picture_packets(chunks: Sequence[Path], rate: Fraction) -> Iterator[AnyPacket]:
    sent, start = 0, 0
    for path in chunks:
        with av.open(str(path)) as chunk:
            for packet in chunk.demux(video=0):
                if packet.dts is None or packet.pts is None:
                    continue  # the mark of the file's end
                shown = round(packet.pts * packet.time_base * rate)
                packet.time_base = 1 / rate
                packet.pts, packet.dts, packet.duration = start + shown, sent - REORDER_DELAY, 1
                sent += 1
                yield packet
        start = sent


def _sound_packets(sound: InputContainer) -> Iterator[AnyPacket]:
    return (packet for packet in sound.demux(audio=0) if packet.dts is not None)


def _seconds(packet: AnyPacket) -> Fraction:
    return Fraction(packet.dts or 0) * packet.time_base
