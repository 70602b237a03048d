"""Tables of logging in: sessions that the server keeps, and one-time codes."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Moment
from ..core.models import NEVER_AGAIN


class LoginSession(Base):
    """A log-in kept on the server: the cookie holds a random token, the row its sha256. Revocable at once."""

    __tablename__ = "login_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    device: Mapped[str] = mapped_column(String(120))
    is_remembered: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    is_half: Mapped[bool] = mapped_column(default=False, server_default=false())  # the second factor is still to come

    __table_args__ = NEVER_AGAIN


class LoginCode(Base):
    """A one-time code that the tier above gives out when a password is forgotten. Only its argon2 hash is kept."""

    __tablename__ = "login_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    code_hash: Mapped[str] = mapped_column(Text)
    given_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (Index(None, "person_id", "expires_at"), NEVER_AGAIN)


class SecondFactor(Base):
    """What makes the codes of a person's authenticator app (TOTP, RFC 6238), sealed with the server's key.

    It counts from ``confirmed_at`` on. ``last_step`` is the half minute of the last code that was taken: none of before
    is taken again.
    """

    __tablename__ = "second_factor"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    sealed: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """A one-time code for who has no app at hand; only its argon2 hash is kept."""

    __tablename__ = "recovery_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(Text)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
