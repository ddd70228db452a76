"""`cinema status`: is it running, and how does each service do?"""

import click

from cinema.commands.options import home_option
from cinema.system.home import Home, ServiceState
from cinema.system.service import is_ready


@click.command()
@home_option
def status(home: Home) -> None:
    """Say whether the system runs, and how each service does. Exit code 1 if not all is ready."""
    running = home.running()
    if running is None:
        raise click.ClickException(f"not running on {home.root}")
    click.echo(f"{running.url}  process {running.pid}  {home.root}")
    ready = [_line(name, service) for name, service in running.services.items()]
    if not all(ready):
        raise click.exceptions.Exit(1)


def _line(name: str, service: ServiceState) -> bool:
    ready = is_ready(service.port)
    word = "ready" if ready else "not ready"
    click.echo(f"{name:12} {word:10} port {service.port}  restarts {service.restarts}")
    return ready
