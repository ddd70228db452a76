"""`cinema up`: the whole system in the foreground."""

import signal
import threading

import click

from cinema.commands.options import home_option
from cinema.system.environment import service_specs
from cinema.system.home import Home
from cinema.system.supervisor import Supervisor
from embedded.files import LockedError, is_free


@click.command()
@click.option("--port", default=8420, show_default=True, help="Port of the API; 0: any free one.")
@home_option
def up(port: int, home: Home) -> None:
    """Run the whole system on this machine until Ctrl-C."""
    running = home.running()
    if running:
        raise click.ClickException(f"already running: {running.url} (process {running.pid})")
    if port and not is_free(port):
        raise click.ClickException(f"port {port} is taken: choose another with --port")
    click.echo(f"starting; data and logs in {home.root}")
    try:
        Supervisor(home, service_specs(port), say=click.echo).run(stopped_by_signals())
    except LockedError:
        raise click.ClickException(f"another process is using {home.root}") from None
    click.echo("stopped")


def stopped_by_signals() -> threading.Event:
    """Set by Ctrl-C, SIGTERM or the end of the terminal."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopped.set())
    return stopped
