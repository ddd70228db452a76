"""What is said in the sample interview: with silences, fillers and false starts, as people talk."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cinema.sample.voice import Samples, Voice


@dataclass(frozen=True)
class Line:
    """A spoken line and the silence after it, in seconds."""

    text: str
    pause: float


INTERVIEW = (
    Line("Okay, so.", 1.8),
    Line("Have you ever wondered why rockets tip over as soon as they leave the ground?", 0.7),
    Line("It looks like a mistake, but it is the whole trick.", 1.4),
    Line("Getting to space is", 1.1),
    Line("Getting to space is the easy part.", 0.5),
    Line("Space is only one hundred kilometres away.", 0.6),
    Line("You could drive there in an hour, if your car could drive straight up.", 2.6),
    Line("Um.", 1.2),
    Line("Staying in space is the hard part.", 0.6),
    Line("To stay, you have to move sideways at almost eight kilometres every second.", 0.7),
    Line("That is ten times faster than a rifle bullet.", 2.2),
    Line("An orbit is a fall that never", 0.9),
    Line("An orbit is a fall that never ends.", 0.6),
    Line("The moon has been falling around us for four billion years.", 0.7),
    Line("And when you look up at night, every star you see is falling around something too.", 1.9),
    Line("So the next time you watch a launch, do not look at how high it climbs.", 0.6),
    Line("Watch how it leans, because that is the moment it starts to fly.", 2.4),
)


def transcript(lines: Sequence[Line] = INTERVIEW) -> str:
    """Everything that is said, in order: what a creator would hand over with the clip."""
    return "\n".join(line.text for line in lines)


def spoken(voice: Voice, lines: Sequence[Line] = INTERVIEW) -> Samples:
    """The interview's sound at the voice's sample rate, over a little room noise."""
    pieces = [_silence(0.8, voice.sample_rate)]
    for line in lines:
        pieces += [voice.say(line.text), _silence(line.pause, voice.sample_rate)]
    return _with_room_noise(np.concatenate(pieces))


def _silence(seconds: float, rate: int) -> Samples:
    return np.zeros(round(seconds * rate), np.int16)


def _with_room_noise(samples: Samples) -> Samples:
    noise = np.random.default_rng(seed=7).normal(0, 12, samples.size)
    return np.clip(samples * 0.6 + noise, -32768, 32767).astype(np.int16)
