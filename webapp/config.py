"""Settings of the installation, read once from the environment. What a county decides is not here but in rows."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SAMPLE_KEYS = frozenset({"", "change-me", "sample", "secret", "dev"})
SHORTEST_KEY = 32
KEY_FILE = "secret.key"  # in DATA_DIR, made by ``init``
CHAIN_KEY_FILE = "chain.key"  # beside it: signs the heads of the chain
FEW_PROXIES = "PROXIES is the number of our own proxies in front: 0 to 9."


def command(words: str) -> str:
    """A command of ours as it can be typed here: after ``run.sh``, when that started us (it says so), or ``wangge``."""
    return f"{os.environ.get('WANGGE_COMMAND') or 'wangge'} {words}"


def _kept_key(data: Path) -> str:
    """The key of the data folder; empty when it has none that this user may read."""
    try:
        return (data / KEY_FILE).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


@dataclass(frozen=True)
class Config:
    """Where the records are, where files are, and what signs the cookie."""

    database_url: str  #: DATABASE_URL: SQLAlchemy URL; default an SQLite file in the data folder
    data_dir: Path  #: DATA_DIR: photos and the SQLite file; default ./instance
    secret_key: str  #: SECRET_KEY: 32 characters or more, else what secret.key in DATA_DIR holds; ``serve`` needs one
    https: bool = False  #: HTTPS: "yes" marks cookies Secure and sends HSTS; set it wherever TLS ends before us
    proxies: int = 0  #: PROXIES: how many proxies of ours stand in front and say which address a person comes from
    owner_url: str = ""  #: OWNER_DATABASE_URL: the log-in that owns the tables, for migrate, restore and sweep
    demo_made: date | None = None  #: set by ``wangge demo`` only: the day the invented county was made

    @property
    def demo(self) -> bool:
        """Whether everything here is invented; only then are sample log-ins shown."""
        return self.demo_made is not None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read the environment; nothing is checked here but kept as it is."""
        data = Path(environ.get("DATA_DIR", "instance")).absolute()
        return cls(
            environ.get("DATABASE_URL") or f"sqlite:///{data / 'wangge.db'}",
            data,
            environ.get("SECRET_KEY") or _kept_key(data),
            environ.get("HTTPS") == "yes",
            int(proxies) if (proxies := environ.get("PROXIES") or "0").isascii() and proxies.isdigit() else -1,
            environ.get("OWNER_DATABASE_URL", ""),
        )

    def proxies_are_few(self) -> bool:
        """Whether PROXIES is a number that can be: with a wrong one everybody could say where he comes from."""
        return 0 <= self.proxies <= 9

    def key_is_kept(self) -> bool:
        """Whether the key is what the data folder holds, or none, and not one that the environment gives."""
        return self.secret_key == _kept_key(self.data_dir)

    def key_is_safe(self) -> bool:
        """Whether the key may sign cookies in real use."""
        return (
            self.secret_key not in SAMPLE_KEYS
            and len(self.secret_key) >= SHORTEST_KEY
            and len(set(self.secret_key)) > 8
        )
