"""`cinema sample`: footage to try the system on."""

from pathlib import Path

import click

from cinema.sample.shoot import make_shoot


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def sample(folder: Path) -> None:
    """Make a sample shoot in FOLDER: an interview with its mistakes, and cutaways."""
    for clip in make_shoot(folder):
        click.echo(clip)
