"""A content of the object store: named by its hash, so that it is stored and probed once."""

from dataclasses import dataclass

from contracts.media import MediaInfo

CONTENT_TYPES = {
    "mov,mp4,m4a,3gp,3g2,mj2": "mp4",
    "matroska,webm": "x-matroska",
    "avi": "x-msvideo",
    "mpegts": "mp2t",
    "mpeg": "mpeg",
    "ogg": "ogg",
    "wav": "wav",
    "flac": "flac",
    "mp3": "mpeg",
    "aac": "aac",
    "png": "png",
    "jpeg": "jpeg",
    "webp": "webp",
    "gif": "gif",
    "bmp": "bmp",
    "tiff": "tiff",
}


@dataclass(frozen=True)
class Content:
    sha256: str
    media: MediaInfo

    @property
    def object_key(self) -> str:
        return f"assets/{self.sha256}"

    @property
    def thumbnail_key(self) -> str:
        return f"thumbs/{self.sha256}.jpg"

    @property
    def content_type(self) -> str:
        """From what the file is, never from what its sender called it."""
        subtype = CONTENT_TYPES.get(self.media.container)
        return f"{self.media.kind}/{subtype}" if subtype else "application/octet-stream"
