"""`cinema direct`: footage in, finished cuts out."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console

from cinema.account import enter
from cinema.api import Api, ApiProblem
from cinema.commands.options import home_option
from cinema.direct import Brief, run_direct
from cinema.system.control import SystemFailed, system
from cinema.system.home import Home

KINDS = ("cinematic", "vertical", "short", "hook", "dialogue")


def _as_kinds(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(kind.strip() for kind in value.split(",")))
    for kind in kinds:
        if kind not in KINDS:
            raise click.BadParameter(f"{kind!r} is none of {', '.join(KINDS)}")
    return kinds


def _as_music(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if value not in ("auto", "none") and not Path(value).is_file():
        raise click.BadParameter(f"{value!r} is neither a file nor auto nor none")
    return value


@click.command()
@click.argument(
    "clips",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--brief", default="", help="What the video is to be, in your words.")
@click.option(
    "--out",
    "folder",
    default=Path("cuts"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the cuts go.",
)
@click.option(
    "--outputs",
    default="cinematic,vertical,short,hook",
    show_default=True,
    callback=_as_kinds,
    help=f"Which of {', '.join(KINDS)}.",
)
@click.option(
    "--caption-style",
    default="clean",
    show_default=True,
    type=click.Choice(["none", "clean", "bold", "karaoke"]),
)
@click.option(
    "--music", default="auto", show_default=True, callback=_as_music, help="A file, auto or none."
)
@click.option(
    "--quality",
    default="1080p",
    show_default=True,
    type=click.Choice(["720p", "1080p", "2160p"]),
)
@click.option("--review", is_flag=True, help="Stop at the storyboard and ask.")
@click.option("--json", "as_json", is_flag=True, help="Print only the finished job, as JSON.")
@click.option("--url", envvar="CINEMA_URL", help="A running system elsewhere  [env: CINEMA_URL].")
@home_option
def direct(
    clips: tuple[Path, ...],
    brief: str,
    folder: Path,
    outputs: tuple[str, ...],
    caption_style: str,
    music: str,
    quality: str,
    review: bool,
    as_json: bool,
    url: str | None,
    home: Home,
) -> None:
    """Direct CLIPS into finished cuts.

    What is said in a clip may lie beside it (interview.txt for interview.mp4): captions are then
    exact. Ctrl-C cancels the job.
    """
    wanted = Brief(clips, brief, outputs, caption_style, music, quality, review)
    console = Console(stderr=as_json)
    with _plain_errors(), _system(home, url) as base, Api(base) as api:
        enter(api, home.root, url)
        run_direct(api, wanted, folder, console, as_json=as_json)


@contextmanager
def _system(home: Home, url: str | None) -> Iterator[str]:
    if url:
        yield url
        return
    with system(home) as own:
        yield own


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except (ApiProblem, SystemFailed) as error:
        raise click.ClickException(str(error)) from error
