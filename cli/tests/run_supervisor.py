"""`cinema up` with stand-ins for the services. Arguments: the home, and the services' names."""

import sys
from pathlib import Path

from cinema.commands.up import stopped_by_signals
from cinema.system.home import Home
from cinema.system.service import ServiceSpec
from cinema.system.supervisor import Supervisor

STAND_IN = str(Path(__file__).with_name("stand_in_service.py"))


def say(text: str) -> None:
    print(text, flush=True)


home, *names = sys.argv[1:]
specs = [ServiceSpec(name, command=(sys.executable, STAND_IN)) for name in names]
Supervisor(Home(Path(home)), specs, say=say).run(stopped_by_signals())
