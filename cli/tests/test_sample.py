import numpy as np

from cinema.sample.interview import INTERVIEW, spoken, transcript
from cinema.sample.voice import Voice


def test_the_interview_speaks_every_line_and_keeps_its_silences() -> None:
    voice = Voice()
    samples = spoken(voice)
    window = voice.sample_rate // 10
    loud = np.abs(samples[: samples.size // window * window].reshape(-1, window)).max(axis=1) > 400
    spoken_seconds = loud.mean() * samples.size / voice.sample_rate
    silences = sum(line.pause for line in INTERVIEW)
    assert samples.size / voice.sample_rate > silences + spoken_seconds * 0.9
    assert 35 < spoken_seconds < 60
    assert transcript().count("Getting to space is") == 2
