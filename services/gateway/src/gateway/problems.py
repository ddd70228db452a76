"""What may fail here for a reason that a client can act on."""

from chassis.errors import Problem


class NotFound(Problem):
    """Also for what is there but someone else's."""

    code = "not_found"
    title = "There is no such thing"
    status = 404


class EmailTaken(Problem):
    code = "email_taken"
    title = "This e-mail address has an account already"
    status = 409


class CredentialsInvalid(Problem):
    code = "credentials_invalid"
    title = "E-mail address or password is wrong"
    status = 401


class TokenMissing(Problem):
    code = "token_missing"
    title = "This needs an access token: Authorization: Bearer …"
    status = 401


class TokenInvalid(Problem):
    code = "token_invalid"
    title = "The access token is not valid"
    status = 401


class TokenExpired(Problem):
    code = "token_expired"
    title = "The access token has expired: sign in again"
    status = 401


class ProjectArchived(Problem):
    code = "project_archived"
    title = "The project is archived"
    status = 409


class UploadInvalid(Problem):
    code = "upload_invalid"
    title = "This is not a multipart/form-data upload that can be read"
    status = 400


class FileMissing(Problem):
    code = "file_missing"
    title = "The upload needs one field called `file`, with a filename"


class RoleInvalid(Problem):
    code = "role_invalid"
    title = "There is no such role"


class AssetNotReady(Problem):
    code = "asset_not_ready"
    title = "The asset has not been taken in"
    status = 409


class RangeInvalid(Problem):
    code = "range_invalid"
    title = "The asset has no such range of bytes"
    status = 416


class NoAssets(Problem):
    code = "no_assets"
    title = "The project has no usable assets"


class AssetUnknown(Problem):
    code = "asset_unknown"
    title = "The project has no such asset"


class AssetIsRejected(Problem):
    code = "asset_rejected"
    title = "The asset is not usable"


class JobEnded(Problem):
    code = "job_ended"
    title = "The job has ended"
    status = 409


class NothingToRetry(Problem):
    code = "nothing_to_retry"
    title = "No failed output can be rendered again"
    status = 409


class StoryboardNotInReview(Problem):
    code = "storyboard_not_in_review"
    title = "The storyboard is not in review"
    status = 409


class StoryboardVersionStale(Problem):
    code = "storyboard_version_stale"
    title = "The storyboard has a newer version"
    status = 409


class StoryboardRefused(Problem):
    """With the code that the storyboard service gave."""

    title = "The storyboard could not be changed like this"


class ManifestNotReady(Problem):
    code = "manifest_not_ready"
    title = "A job has a manifest once it has ended"
    status = 409
