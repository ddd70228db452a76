"""Why an output cannot be rendered."""

from chassis.errors import Problem


class NotApproved(Problem):
    code = "storyboard_not_approved"
    title = "There is no approved storyboard to render from"


class NoSuchCut(Problem):
    code = "cut_not_available"
    title = "The approved storyboard has no such cut"


class RenderFailed(Problem):
    code = "render_failed"
    title = "The material could not be rendered"


class SourceUnreadable(Problem):
    code = "source_unreadable"
    title = "A source that was usable once cannot be read any more"


class WrongLength(Problem):
    code = "render_incomplete"
    title = "The rendered picture has not as many frames as the cut"
