"""A picture of a sound: its loudness over time as rounded bars around a centre line."""

from array import array
from fractions import Fraction
from math import log10
from operator import mul

from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream as Sound
from av.container import InputContainer
from PIL import Image, ImageDraw

from contracts.media import AudioStream
from ingest.decoding import sound_from
from ingest.streams import sound_at

WIDTH, HEIGHT, BARS = 640, 360, 64
RATE = 8000
OVERSAMPLING = 3
LOWEST_DB = -48.0
BACKGROUND, BASELINE = (17, 20, 28), (38, 44, 58)
QUIET, LOUD = (64, 145, 255), (255, 212, 0)
LONGEST_LOOK = Fraction(1, 2)


def waveform(media: InputContainer, info: AudioStream, duration_us: int) -> Image.Image:
    sound = sound_at(media, info.index)
    return draw(levels(media, sound, Fraction(duration_us, 1_000_000)))


def levels(media: InputContainer, sound: Sound, duration: Fraction) -> list[float]:
    """RMS level of each bar's stretch, 0 for silence to 1 for full scale.

    Half a second of each is enough, so that a day of sound is read as fast as a minute.
    """
    start = Fraction(sound.start_time or 0) * (sound.time_base or 1)
    step = duration / BARS
    look = min(step, LONGEST_LOOK)
    return [_level(media, sound, start + step * bar, look) for bar in range(BARS)]


def _level(media: InputContainer, sound: Sound, start: Fraction, length: Fraction) -> float:
    resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
    wanted = max(int(length * RATE), 1)
    samples = array("f")
    for block in sound_from(media, sound, start):
        for heard in resampler.resample(block):
            samples.frombytes(bytes(heard.planes[0])[: heard.samples * samples.itemsize])
        if len(samples) >= wanted:
            break
    energy = sum(map(mul, samples, samples)) / max(len(samples), 1)
    decibels = 10 * log10(max(energy, 1e-9))
    return min(max(1 - decibels / LOWEST_DB, 0.0), 1.0)


def draw(bars: list[float]) -> Image.Image:
    """Bars twice as high where it is twice as loud to the ear; drawn large, then made smooth."""
    scale = OVERSAMPLING
    image = Image.new("RGB", (WIDTH * scale, HEIGHT * scale), BACKGROUND)
    canvas = ImageDraw.Draw(image)
    middle, pitch = HEIGHT * scale / 2, WIDTH * scale / (BARS + 4)
    canvas.line((0, middle, WIDTH * scale, middle), BASELINE, width=scale)
    top = max([*bars, 0.2])
    for number, level in enumerate(bars):
        left = (number + 2.2) * pitch
        half = max(level / top * HEIGHT * scale * 0.4, pitch * 0.3)
        colour = _between(QUIET, LOUD, (level / top) ** 2)
        box = (left, middle - half, left + pitch * 0.6, middle + half)
        canvas.rounded_rectangle(box, radius=pitch * 0.3, fill=colour)
    return image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _between(low: tuple[int, ...], high: tuple[int, ...], share: float) -> tuple[int, ...]:
    return tuple(round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
