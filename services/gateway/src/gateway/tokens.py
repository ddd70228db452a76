"""Access tokens: JSON Web Tokens that this service signs and checks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt

from chassis.ids import uuid7
from gateway.problems import TokenExpired, TokenInvalid

ALGORITHM = "HS256"
CLAIMS = ["iss", "aud", "sub", "exp", "iat", "jti"]


@dataclass(frozen=True)
class Tokens:
    secret: str
    issuer: str
    audience: str
    lifetime: timedelta

    def issue(self, user_id: UUID) -> str:
        now = datetime.now(UTC)
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": str(user_id),
            "iat": now,
            "exp": now + self.lifetime,
            "jti": str(uuid7()),
        }
        return jwt.encode(claims, self.secret, ALGORITHM)

    def user_of(self, token: str) -> UUID:
        """Return whose token it is; raise TokenExpired or TokenInvalid."""
        try:
            claims = jwt.decode(
                token,
                self.secret,
                algorithms=[ALGORITHM],
                issuer=self.issuer,
                audience=self.audience,
                options={"require": CLAIMS},
            )
            return UUID(claims["sub"])
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired from error
        except (jwt.InvalidTokenError, ValueError) as error:
            raise TokenInvalid from error
