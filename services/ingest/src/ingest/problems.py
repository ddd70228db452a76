"""Why an asset may be refused. The codes are for programs, and stable."""

from chassis.errors import Problem


class EmptyFile(Problem):
    code = "empty_file"
    title = "The file is empty"


class NotMedia(Problem):
    code = "not_media"
    title = "The file is no video, sound or picture that we can read"


class Truncated(Problem):
    code = "truncated"
    title = "A part of the file is missing"


class Damaged(Problem):
    code = "damaged"
    title = "The file's content cannot be decoded"


class UnsupportedCodec(Problem):
    code = "unsupported_codec"
    title = "The file is in a coding that we cannot read"


class NoUsableStream(Problem):
    code = "no_usable_stream"
    title = "The file holds neither picture nor sound"


class TooShort(Problem):
    code = "too_short"
    title = "The file is too short to cut anything from"


class PictureTooLarge(Problem):
    code = "too_large_picture"
    title = "The picture is larger than we can take"


class TooCostly(Problem):
    code = "too_costly"
    title = "Reading the file takes more time or memory than we allow"


class UrlNotSupported(Problem):
    code = "url_not_supported"
    title = "Assets cannot be fetched from a URL yet: upload the file"


class UploadMissing(Problem):
    code = "upload_missing"
    title = "The upload is not in the store"
