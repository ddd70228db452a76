"""What a creator may be told instead of getting what was asked for."""

from chassis.errors import Problem


class StoryboardUnknown(Problem):
    code = "storyboard_unknown"
    title = "There is no storyboard of this job"
    status = 404


class StaleVersion(Problem):
    code = "stale_version"
    title = "There is a newer version of this storyboard"
    status = 409


class NotInReview(Problem):
    code = "not_in_review"
    title = "This storyboard is not in review"
    status = 409


class SceneNotFound(Problem):
    code = "scene_not_found"
    title = "The storyboard has no scene of this number"
    status = 404


class NothingUsable(Problem):
    code = "nothing_usable"
    title = "There is nothing in these assets that a video can be made of"
