"""Accounts: signing up and in."""

from fastapi import APIRouter

from gateway import accounts
from gateway.composition import Gateway, GatewayPart, UserId
from gateway.schemas.accounts import Session, SignIn, SignUp, UserView
from gateway.schemas.base import Envelope

router = APIRouter(tags=["accounts"])


@router.post("/auth/sign-up", status_code=201)
async def sign_up(wanted: SignUp, gateway: GatewayPart) -> Envelope[Session]:
    """Make an account; 409 `email_taken` where there is one."""
    hashed = await gateway.passwords.hash(wanted.password)
    async with gateway.database.transaction() as tx:
        user = await accounts.sign_up(tx, wanted, hashed)
    return _session(gateway, user)


@router.post("/auth/sign-in")
async def sign_in(given: SignIn, gateway: GatewayPart) -> Envelope[Session]:
    """Get an access token; 401 `credentials_invalid`."""
    user = await accounts.sign_in(gateway.database, gateway.passwords, given)
    return _session(gateway, user)


@router.get("/me")
async def read_me(user_id: UserId, gateway: GatewayPart) -> Envelope[UserView]:
    """Say whose token this is."""
    async with gateway.database.read() as session:
        return Envelope(data=await accounts.user_view(session, user_id))


def _session(gateway: Gateway, user: UserView) -> Envelope[Session]:
    session = Session(
        access_token=gateway.tokens.issue(user.id),
        expires_in=gateway.settings.token_seconds,
        user=user,
    )
    return Envelope(data=session)
