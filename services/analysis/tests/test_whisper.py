"""The real loading and transcribing code, on a Whisper whose weights are noise."""

import json
from pathlib import Path

import numpy as np
import pytest
from ctranslate2.specs import WhisperSpec
from ctranslate2.specs.common_spec import LayerNormSpec, LinearSpec
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from analysis.listening import Ears, transcribe
from analysis.sound import decode
from analysis.voice_activity import VoiceActivity
from analysis.whisper import at_hand

WIDTH, HEADS, MELS = 16, 2, 80
WORDS = ("Ġone", "Ġtwo", "Ġthree")
SPECIAL = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|en|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
)
TIMES = tuple(f"<|{i * 0.02:.2f}|>" for i in range(1501))


@pytest.fixture(scope="module")
def tiny_whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny-noise"
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = [*alphabet, *WORDS, *SPECIAL, *TIMES]
    noise = np.random.default_rng(3)

    def weights(*shape: int) -> np.ndarray:
        return noise.normal(0, 0.1, shape).astype(np.float32)

    def linear(spec: LinearSpec, outputs: int) -> None:
        spec.weight, spec.bias = weights(outputs, WIDTH), weights(outputs)

    def norm(spec: LayerNormSpec) -> None:
        spec.gamma, spec.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    spec = WhisperSpec(1, HEADS, 1, HEADS)
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = weights(WIDTH, MELS, 3), weights(WIDTH)
    encoder.conv2.weight, encoder.conv2.bias = weights(WIDTH, WIDTH, 3), weights(WIDTH)
    encoder.position_encodings.encodings = weights(1500, WIDTH)
    decoder.position_encodings.encodings = weights(448, WIDTH)
    decoder.embeddings.weight = weights(len(vocabulary), WIDTH)
    decoder.projection.weight = weights(len(vocabulary), WIDTH)
    decoder.projection.bias = np.array(
        [5.0 if token in WORDS else -5.0 for token in vocabulary], np.float32
    )
    for layer in (encoder.layer[0], decoder.layer[0]):
        norm(layer.self_attention.layer_norm)
        linear(layer.self_attention.linear[0], 3 * WIDTH)
        linear(layer.self_attention.linear[1], WIDTH)
        norm(layer.ffn.layer_norm)
        linear(layer.ffn.linear_0, WIDTH)
        linear(layer.ffn.linear_1, WIDTH)
    norm(decoder.layer[0].attention.layer_norm)
    for part, outputs in zip(decoder.layer[0].attention.linear, (1, 2, 1), strict=True):
        linear(part, outputs * WIDTH)
    norm(encoder.layer_norm)
    norm(decoder.layer_norm)
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], []
    spec.config.lang_ids, spec.config.alignment_heads = [], [(0, 0)]
    spec.validate()
    spec.optimize()
    folder.mkdir()
    spec.save(str(folder))

    tokenizer = Tokenizer(
        models.BPE(vocab={token: i for i, token in enumerate(vocabulary)}, merges=[])
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([*SPECIAL, *TIMES])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": MELS}))
    return folder


def test_a_model_at_hand_is_used(tiny_whisper: Path, speech: Path, tmp_path: Path) -> None:
    activity = VoiceActivity()
    sound, _ = decode(speech, 0, tmp_path / "sound.raw", activity.feed)
    spans = activity.finish()
    shares: list[float] = []
    transcript, notes = transcribe(sound, spans, Ears(str(tiny_whisper)), shares.append)
    assert transcript.provider == "faster-whisper/tiny-noise"
    assert (transcript.quality, transcript.language, notes) == ("model", "en", ())
    assert {word.text for word in transcript.words} <= {"one", "two", "three"}
    assert transcript.words
    for word in transcript.words:
        assert 0 <= word.start_us < word.end_us
        assert word.start_us < sound.duration_us
    assert shares == sorted(shares)
    assert shares[-1] > 0.5


def test_a_known_text_is_brought_together_with_what_the_model_heard(
    tiny_whisper: Path, speech: Path, tmp_path: Path
) -> None:
    activity = VoiceActivity()
    sound, _ = decode(speech, 0, tmp_path / "sound.raw", activity.feed)
    ears = Ears(str(tiny_whisper), "One thing, two things.")
    transcript, _ = transcribe(sound, activity.finish(), ears, lambda _: None)
    assert transcript.provider == "given+faster-whisper/tiny-noise-align"
    assert transcript.quality == "given"


def test_no_model_is_ever_downloaded(tiny_whisper: Path) -> None:
    assert at_hand(str(tiny_whisper)) == str(tiny_whisper)
    with pytest.raises(FileNotFoundError, match="large-v3"):
        at_hand("large-v3")
