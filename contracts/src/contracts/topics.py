"""Who tells what to whom: the one table from which the AsyncAPI document is made."""

from dataclasses import dataclass

from contracts import events
from contracts.events import Event

GATEWAY, INGEST, ANALYSIS = "gateway", "ingest", "analysis"
STORYBOARD, RENDER = "storyboard", "render"
SERVICES = (GATEWAY, INGEST, ANALYSIS, STORYBOARD, RENDER)
OF_JOBS = (ANALYSIS, STORYBOARD, RENDER)  # ingest knows assets, no jobs


@dataclass(frozen=True)
class Topic:
    event: type[Event]
    senders: tuple[str, ...]
    receivers: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.event.topic

    @property
    def dead_letters(self) -> str:
        return f"{self.name}.dlq"


TOPICS = (
    Topic(events.AssetSubmitted, (GATEWAY,), (INGEST,)),
    Topic(events.AssetIngested, (INGEST,), (ANALYSIS, GATEWAY)),
    Topic(events.AssetRejected, (INGEST,), (GATEWAY, STORYBOARD)),
    Topic(events.AnalysisDone, (ANALYSIS,), (STORYBOARD, GATEWAY)),
    Topic(events.JobRequested, (GATEWAY,), (STORYBOARD, ANALYSIS)),
    Topic(events.ScenesGenerated, (STORYBOARD,), (GATEWAY,)),
    Topic(events.StoryboardRequested, (GATEWAY,), (STORYBOARD,)),
    Topic(events.StoryboardApproved, (STORYBOARD,), (RENDER, GATEWAY)),
    Topic(events.OutputRendered, (RENDER,), (GATEWAY,)),
    Topic(events.JobProgressed, OF_JOBS, (GATEWAY,)),
    Topic(events.JobCanceled, (GATEWAY,), OF_JOBS),
    Topic(events.OutputsRequested, (GATEWAY,), (RENDER,)),
)
