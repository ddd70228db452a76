"""How pictures are encoded: alike for all chunks of an output, so that they join without a seam."""

from fractions import Fraction
from typing import Any

KEYFRAME_SECONDS = 2
PRESET, CRF = "veryfast", 20
CODING = f"1 libx264 {PRESET} {CRF} {KEYFRAME_SECONDS}"
"""Changes whenever the same cut would come out as other bytes."""


def video_options(rate: Fraction, frames: int) -> dict[str, Any]:
    """ffmpeg's options for one leg of a chunk."""
    return {
        "c:v": "libx264",
        "preset": PRESET,
        "crf": CRF,
        "profile:v": "high",
        "x264-params": f"keyint={round(KEYFRAME_SECONDS * rate)}:open-gop=0",
        "pix_fmt": "yuv420p",
        "color_primaries": "bt709",
        "color_trc": "bt709",
        "colorspace": "bt709",
        "color_range": "tv",
        "fps_mode": "passthrough",
        "enc_time_base": f"{rate.denominator}/{rate.numerator}",
        "video_track_timescale": rate.numerator,
        "frames:v": frames,
        "map_metadata": -1,
    }
