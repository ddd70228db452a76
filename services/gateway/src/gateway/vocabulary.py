"""The words of the read model. Each tuple is a column's check and a schema's choice."""

from typing import Literal, get_args

JobStatus = Literal[
    "pending",
    "queued",
    "processing",
    "storyboard_review",
    "rendering",
    "completed",
    "failed",
    "canceled",
]
Stage = Literal["upload_ready", "analysis", "edl", "rendering", "finalizing"]
StepName = Literal["analysis", "edl", "rendering", "finalizing"]
StepState = Literal["pending", "started", "succeeded", "failed"]
OutputStatus = Literal["queued", "rendering", "completed", "failed", "canceled"]
AssetStatus = Literal["submitted", "ingested", "analysed", "rejected"]
ProjectStatus = Literal["active", "archived"]
Niche = Literal["motivation", "explainer", "facts", "history", "finance", "science"]
TranscriptMode = Literal["auto", "manual"]

JOB_STATUSES: tuple[JobStatus, ...] = get_args(JobStatus)
STAGES: tuple[Stage, ...] = get_args(Stage)
STEPS: tuple[StepName, ...] = get_args(StepName)
STEP_STATES: tuple[StepState, ...] = get_args(StepState)
OUTPUT_STATUSES: tuple[OutputStatus, ...] = get_args(OutputStatus)
ASSET_STATUSES: tuple[AssetStatus, ...] = get_args(AssetStatus)
PROJECT_STATUSES: tuple[ProjectStatus, ...] = get_args(ProjectStatus)
NICHES: tuple[Niche, ...] = get_args(Niche)
TRANSCRIPT_MODES: tuple[TranscriptMode, ...] = get_args(TranscriptMode)

ENDED: frozenset[str] = frozenset({"completed", "failed", "canceled"})
"""Statuses of jobs and of outputs that nothing follows by itself."""
