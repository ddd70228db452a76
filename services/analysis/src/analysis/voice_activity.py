"""Where somebody speaks: the Silero VAD that the faster-whisper wheel carries, on a stream."""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from analysis.spans import joined
from contracts.artifacts import Span

SAMPLE_RATE = 16_000
WINDOW = 512
CONTEXT = 64
WINDOW_US = WINDOW * 1_000_000 // SAMPLE_RATE

STARTS_AT = 0.5
GOES_ON_ABOVE = 0.35
SHORTEST_SPEECH_US = 96_000
SHORTEST_SILENCE_US = 160_000
PAD_US = 32_000

Samples = NDArray[np.int16]
Floats = NDArray[np.float32]


class VoiceActivity:
    """Takes 16 kHz mono samples as they come; holds one window and the model's state, no more."""

    def __init__(self) -> None:
        self._state: tuple[Floats, Floats] = (_zeros(1, 1, 128), _zeros(1, 1, 128))
        self._context = _zeros(CONTEXT)
        self._rest = _zeros(0)
        self._speech = Hysteresis()

    def feed(self, samples: Samples) -> None:
        sound = np.concatenate([self._rest, samples.astype(np.float32) / 32768])
        whole = len(sound) // WINDOW * WINDOW
        self._rest = sound[whole:]
        if whole:
            self._judge(sound[:whole])

    def finish(self) -> list[Span]:
        """All speech, ordered, from the stream's start."""
        if self._rest.size:
            self._judge(np.pad(self._rest, (0, WINDOW - self._rest.size)))
            self._rest = _zeros(0)
        return self._speech.spans()

    def _judge(self, sound: Floats) -> None:
        windows = sound.reshape(-1, WINDOW)
        before = np.vstack([self._context, windows[:-1, -CONTEXT:]])
        self._context = windows[-1, -CONTEXT:]
        h, c = self._state
        inputs = {"input": np.concatenate([before, windows], axis=1), "h": h, "c": c}
        probabilities, h, c = _model().run(None, inputs)
        self._state = (h, c)
        for probability in np.ravel(probabilities):
            self._speech.step(float(probability))


@dataclass
class Hysteresis:
    """Turns a probability per window into spans: easier to go on speaking than to begin."""

    window: int = 0
    began: int | None = None

    def __post_init__(self) -> None:
        self._found: list[Span] = []

    def step(self, probability: float) -> None:
        if self.began is None and probability >= STARTS_AT:
            self.began = self.window
        elif self.began is not None and probability < GOES_ON_ABOVE:
            self._close(self.began)
        self.window += 1

    def spans(self) -> list[Span]:
        if self.began is not None:
            self._close(self.began)
        whole = joined(self._found, SHORTEST_SILENCE_US)
        return [self._pad(span) for span in whole if span.duration_us >= SHORTEST_SPEECH_US]

    def _close(self, began: int) -> None:
        self._found.append(Span(start_us=began * WINDOW_US, end_us=self.window * WINDOW_US))
        self.began = None

    def _pad(self, span: Span) -> Span:
        end = min(span.end_us + PAD_US, self.window * WINDOW_US)
        return Span(start_us=max(0, span.start_us - PAD_US), end_us=end)


def _zeros(*shape: int) -> Floats:
    return np.zeros(shape, np.float32)


@cache
def _model() -> onnxruntime.InferenceSession:
    package = find_spec("faster_whisper")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("faster_whisper, which carries the VAD model, is not installed")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False
    path = Path(package.origin).parent / "assets" / "silero_vad_v6.onnx"
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
