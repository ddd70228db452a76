"""Open an untrusted media file: known formats only, and nothing but the file itself is read."""

from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError

from ingest.mp4_boxes import is_cut_off, is_mp4
from ingest.problems import EmptyFile, NotMedia, Truncated

# Playlists (hls, dash, concat) and text formats are left out on purpose: they name other files.
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,mxf,dv,ogg,ivf,gif"
    ",wav,w64,flac,mp3,aac,aiff,caf,amr,ac3,eac3"
    ",png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe"
)
IMAGE_FORMATS = frozenset({"png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe"})

_OPTIONS = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}


def open_media(path: Path) -> InputContainer:
    """Raises EmptyFile, Truncated or NotMedia."""
    if path.stat().st_size == 0:
        raise EmptyFile
    try:
        return av.open(str(path), "r", container_options=_OPTIONS, metadata_errors="replace")
    except FFmpegError as error:
        if is_mp4(path) and is_cut_off(path):
            raise Truncated("the recording ends before its index (moov)") from error
        raise NotMedia from error
