"""Which event sets off what."""

from chassis.bus import Handlers
from chassis.database import Transaction
from contracts.events import JobCanceled, OutputsRequested, StoryboardApproved
from render.order_outputs import approve_storyboard, cancel_job, request_outputs

handlers = Handlers()


@handlers.on(StoryboardApproved)
async def on_storyboard_approved(event: StoryboardApproved, tx: Transaction) -> None:
    await approve_storyboard(event, tx)


@handlers.on(OutputsRequested)
async def on_outputs_requested(event: OutputsRequested, tx: Transaction) -> None:
    await request_outputs(event, tx)


@handlers.on(JobCanceled)
async def on_job_canceled(event: JobCanceled, tx: Transaction) -> None:
    await cancel_job(event, tx)
