"""Options that several commands share."""

from pathlib import Path

import click

from cinema.system.home import Home, default_home


def _as_home(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> Home:
    return Home(value.resolve() if value else default_home())


home_option = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    callback=_as_home,
    help="The folder that holds all data  [default: CINEMA_HOME, or in the user's data folder].",
)
