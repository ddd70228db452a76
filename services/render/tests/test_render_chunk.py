"""What comes out of ffmpeg: the right frames, exactly as many, whatever goes in."""

from fractions import Fraction
from uuid import UUID

import pytest

from contracts.timeline import Brand
from render.chunks import Track, plan_chunks
from render.geometry import size_of
from render.graph import Look
from render.picture import picture_spans
from render.render_chunk import render_chunk

OUTPUT = UUID(int=77)


@pytest.mark.parametrize("rate", ["30000/1001", "24000/1001", "25", "60"])
async def test_cuts_have_exactly_their_frames(
    rate, media, clip, timeline, frames, tmp_path
) -> None:
    source = media.film(rate="30", seconds=3)
    edit = timeline(
        [source],
        [clip(source, 0, 0.5, 1.21), clip(source, 0.71, 1.9, 2.33), clip(source, 1.14, 0, 0.37)],
        rate=Fraction(rate),
    )
    track = Track(OUTPUT, edit.rate, picture_spans(edit))
    look = Look(size_of(edit.canvas), Brand())
    [chunk] = plan_chunks([track])
    paths = await render_chunk(chunk, media.files, {OUTPUT: look}, tmp_path)
    assert len(frames(paths[OUTPUT])) == round(1.51 * Fraction(rate))
