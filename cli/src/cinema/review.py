"""A storyboard on a terminal: read it, then approve it, send it back, or have a scene redone."""

import re
from typing import Any

import click
from rich.console import Console
from rich.table import Table

Json = dict[str, Any]

_HELP = "a approve · r FEEDBACK reject · s N FEEDBACK redo scene N · q cancel the job"


def ask(console: Console, job: Json) -> Json | None:
    """Show the scenes and return the action to send; None when the creator gives up."""
    console.print(scene_table(job["scenes"]))
    console.print(f"[dim]{_HELP}")
    while True:
        answer = click.prompt("storyboard", default="a").strip()
        if answer == "q":
            return None
        action = parse_answer(answer)
        if action is not None:
            return action
        console.print(f"[red]Not understood.[/] {_HELP}")


def scene_table(scenes: list[Json]) -> Table:
    table = Table(title="Storyboard", show_lines=True)
    for column in ("#", "length", "shot", "what is seen", "what is said", "why"):
        table.add_column(column, overflow="fold")
    for scene in scenes:
        table.add_row(
            str(scene["sceneNumber"]),
            f"{scene['duration']:.1f} s",
            scene["shotType"],
            scene["description"],
            scene["script"],
            scene.get("reason", ""),
        )
    return table


def parse_answer(answer: str) -> Json | None:
    """`a`, `r feedback` or `s 3 feedback` as an action of the API; None for anything else."""
    if answer == "a":
        return {"action": "approve_storyboard"}
    if redo := re.fullmatch(r"s\s+(\d+)(?:\s+(.*))?", answer, re.DOTALL):
        return {
            "action": "regenerate_scene",
            "sceneNumber": int(redo[1]),
            "feedback": redo[2] or "",
        }
    if reject := re.fullmatch(r"r\s+(.+)", answer, re.DOTALL):
        return {"action": "reject_storyboard", "feedback": reject[1]}
    return None
