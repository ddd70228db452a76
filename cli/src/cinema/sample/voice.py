"""Speech for the sample shoot, by the espeak-ng library that its wheel carries."""

import ctypes

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

_SYNCHRONOUS_RETRIEVAL = 2
_UTF8 = 1
_RATE, _PITCH, _RANGE = 1, 3, 4
_OnSamples = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class Voice:
    """One espeak-ng voice. The library keeps one state per process, so make one Voice only."""

    def __init__(self, name: str = "en-us", *, words_per_minute: int = 155) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.sample_rate: int = self._library.espeak_Initialize(_SYNCHRONOUS_RETRIEVAL, 0, data, 0)
        self._library.espeak_SetVoiceByName(name.encode())
        self._library.espeak_SetParameter(_RATE, words_per_minute, 0)
        self._library.espeak_SetParameter(_PITCH, 42, 0)
        self._library.espeak_SetParameter(_RANGE, 60, 0)

    def say(self, text: str) -> Samples:
        """Mono 16-bit samples at `sample_rate`, trimmed of espeak-ng's trailing silence."""
        pieces: list[Samples] = []

        def collect(samples: "ctypes._Pointer[ctypes.c_short]", count: int, _: object) -> int:
            if count > 0:
                pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
            return 0

        callback = _OnSamples(collect)
        self._library.espeak_SetSynthCallback(callback)
        encoded = text.encode()
        self._library.espeak_Synth(encoded, len(encoded) + 1, 0, 0, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        return _trimmed(np.concatenate(pieces))


def _trimmed(samples: Samples, threshold: int = 60) -> Samples:
    loud = np.flatnonzero(np.abs(samples) > threshold)
    return samples[: loud[-1] + 1] if loud.size else samples
