"""Whose work it is: a token or an account from the environment, else one made for this machine."""

import json
import os
import secrets
from pathlib import Path

from cinema.api import Api


def enter(api: Api, home: Path, url: str | None) -> None:
    """Sign in. `url` is that of a remote system; None means the one on this machine."""
    if token := os.environ.get("CINEMA_TOKEN"):
        api.use_token(token)
    elif email := os.environ.get("CINEMA_EMAIL"):
        api.sign_in(email, os.environ.get("CINEMA_PASSWORD", ""))
    else:
        _enter_own_account(api, home, url or "local")


def _enter_own_account(api: Api, home: Path, system: str) -> None:
    """Each system gets an account of its own, kept in the data folder, readable by its owner."""
    path = home / "accounts.json"
    accounts = json.loads(path.read_text()) if path.exists() else {}
    if account := accounts.get(system):
        api.sign_in(account["email"], account["password"])
        return
    account = {
        "email": f"creator-{secrets.token_hex(6)}@example.com",
        "password": secrets.token_urlsafe(24),
    }
    api.sign_up(**account)
    home.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(accounts | {system: account}, indent=2))
