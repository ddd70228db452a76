"""`cinema`: directs footage from a terminal, and runs the whole system on one machine."""

import click

from cinema.commands.direct import direct
from cinema.commands.down import down
from cinema.commands.sample import sample
from cinema.commands.status import status
from cinema.commands.up import up


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cinema-cli", prog_name="cinema")
def main() -> None:
    """Cinema AI: an AI video director."""


for command in (direct, up, status, down, sample):
    main.add_command(command)
