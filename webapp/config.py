"""Settings of the installation, read once from the environment. What a county decides is not here but in rows."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SAMPLE_KEYS = frozenset({"", "change-me", "sample", "secret", "dev"})
SHORTEST_KEY = 32
FEW_PROXIES = "PROXIES is the number of our own proxies in front: 0 to 9."


@dataclass(frozen=True)
class Config:
    """Where the records are, where files are, and what signs the cookie."""

    database_url: str  #: DATABASE_URL: SQLAlchemy URL; default an SQLite file in the data folder
    data_dir: Path  #: DATA_DIR: photos and the SQLite file; default ./instance
    secret_key: str  #: SECRET_KEY: at least 32 characters; ``serve`` refuses a sample
    https: bool = False  #: HTTPS: "yes" marks cookies Secure and sends HSTS; set it wherever TLS ends before us
    proxies: int = 0  #: PROXIES: how many proxies of ours stand in front and say which address a person comes from
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
            environ.get("SECRET_KEY", ""),
            environ.get("HTTPS") == "yes",
            int(proxies) if (proxies := environ.get("PROXIES") or "0").isascii() and proxies.isdigit() else -1,
        )

    def proxies_are_few(self) -> bool:
        """Whether PROXIES is a number that can be: with a wrong one everybody could say where he comes from."""
        return 0 <= self.proxies <= 9

    def key_is_safe(self) -> bool:
        """Whether the key may sign cookies in real use."""
        return (
            self.secret_key not in SAMPLE_KEYS
            and len(self.secret_key) >= SHORTEST_KEY
            and len(set(self.secret_key)) > 8
        )
