"""`cinema down`: stop the system that `cinema up` started."""

import click

from cinema.commands.options import home_option
from cinema.system.control import shut_down
from cinema.system.home import Home


@click.command()
@home_option
def down(home: Home) -> None:
    """Stop the running system. Its data stays; jobs under way go on at the next start."""
    click.echo("stopped" if shut_down(home) else f"not running on {home.root}")
