"""`cinema up` with stand-ins for the services, named by the arguments that are no options."""

import argparse
import sys
from pathlib import Path

from cinema.commands.up import stopped_by_signals
from cinema.system.home import Home
from cinema.system.service import ServiceSpec
from cinema.system.supervisor import Supervisor

STAND_IN = str(Path(__file__).with_name("stand_in_service.py"))


def say(text: str) -> None:
    print(text, flush=True)


parser = argparse.ArgumentParser()
parser.add_argument("names", nargs="+")
parser.add_argument("--home", type=Path, required=True)
parser.add_argument("--port", type=int, default=0)
given = parser.parse_args()
specs = [ServiceSpec(name, command=(sys.executable, STAND_IN)) for name in given.names]
Supervisor(Home(given.home), specs, say=say).run(stopped_by_signals())
