"""Accounts: a user, who signs in, and a profile, which is shown."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Database, ReadSession, Transaction
from chassis.ids import uuid7
from gateway.models import Profile, User
from gateway.passwords import Passwords
from gateway.problems import CredentialsInvalid, EmailTaken, TokenInvalid
from gateway.schemas.accounts import SignIn, SignUp, UserView


async def sign_up(tx: Transaction, wanted: SignUp, password_hash: str) -> UserView:
    """Raise EmailTaken. Addresses that differ in case alone are one address."""
    user_id = await tx.session.scalar(
        insert(User)
        .values(id=uuid7(), email=wanted.email, password_hash=password_hash)
        .on_conflict_do_nothing()
        .returning(User.id)
    )
    if user_id is None:
        raise EmailTaken
    tx.session.add(Profile(id=user_id, display_name=wanted.display_name))
    await tx.session.flush()
    return await user_view(tx.session, user_id)


async def sign_in(database: Database, passwords: Passwords, given: SignIn) -> UserView:
    """Raise CredentialsInvalid, after the same time whatever is wrong."""
    async with database.read() as session:
        user: User | None = await session.scalar(
            select(User).where(
                func.lower(User.email) == func.lower(given.email), User.is_active.is_(True)
            )
        )
    fits = await passwords.fits(given.password, user.password_hash if user else None)
    if user is None or not fits:
        raise CredentialsInvalid
    async with database.read() as session:
        return await user_view(session, user.id)


async def user_view(session: ReadSession, user_id: UUID) -> UserView:
    """Raise TokenInvalid where the account has gone."""
    row = (
        await session.execute(
            select(User.id, User.email, Profile.display_name, User.created_at)
            .join(Profile, Profile.id == User.id)
            .where(User.id == user_id, User.is_active.is_(True))
        )
    ).first()
    if row is None:
        raise TokenInvalid("Its account is gone")
    return UserView.model_validate(row)
