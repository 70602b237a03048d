"""Settings of the installation, read once from the environment. What a county decides is not here but in rows."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SAMPLE_KEYS = frozenset({"", "change-me", "sample", "secret", "dev"})
SHORTEST_KEY = 32
KEY_FILE = "secret.key"  # in DATA_DIR, made by ``init``; a key a line, the newest first
BACKUP_KEY_FILE = "backup.key"  # beside DATA_DIR where BACKUP_KEY_FILE names no other
CHAIN_KEY_FILE = "chain.key"  # in DATA_DIR: signs the heads of the chain
FEW_PROXIES = "PROXIES is the number of our own proxies in front: 0 to 9."


def command(words: str) -> str:
    """A command of ours as it can be typed here: after ``run.sh``, when that started us (it says so), or ``wangge``."""
    return f"{os.environ.get('WANGGE_COMMAND') or 'wangge'} {words}"


def _kept_keys(data: Path) -> list[str]:
    """The keys of the data folder, the newest first; none when it has none that this user may read."""
    try:
        return (data / KEY_FILE).read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return []


def language() -> str:
    """The language of who types a command, as the environment of his terminal says: zh, else en."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if said.startswith("zh") else "en"


def _keys(environ: Mapping[str, str], data: Path) -> list[str]:
    """What signs, and after it what was signed with before: all of the environment, or all of the file."""
    given = environ.get("SECRET_KEY")
    return [given, *environ.get("SECRET_KEY_FALLBACKS", "").split()] if given else _kept_keys(data)


@dataclass(frozen=True)
class Config:
    """Where the records are, where files are, and what signs the cookie."""

    database_url: str  #: DATABASE_URL: SQLAlchemy URL; default an SQLite file in the data folder
    data_dir: Path  #: DATA_DIR: photos and the SQLite file; default ./instance
    secret_key: str  #: SECRET_KEY: 32 characters or more, else what secret.key in DATA_DIR holds; ``serve`` needs one
    https: bool = False  #: HTTPS: "yes" marks cookies Secure and sends HSTS; set it wherever TLS ends before us
    proxies: int = 0  #: PROXIES: how many proxies of ours stand in front and say which address a person comes from
    owner_database_url: str = ""  #: OWNER_DATABASE_URL: the log-in that owns the tables, for migrate, restore and sweep
    secret_key_fallbacks: tuple[str, ...] = ()  #: SECRET_KEY_FALLBACKS: older keys, still believed; or secret.key's
    backup_key_file: Path | None = None  #: BACKUP_KEY_FILE: keys of the backups, never in DATA_DIR
    witness_file: str = ""  #: WITNESS_FILE: where the sweep appends the signed head of each day
    witness_url: str = ""  #: WITNESS_URL: where it posts it
    trusted_hosts: tuple[str, ...] = ()  #: TRUSTED_HOSTS: the names we are asked under, by commas; default any
    demo_made: date | None = None  #: set by ``wangge demo`` only: the day the invented county was made

    @property
    def demo(self) -> bool:
        """Whether everything here is invented; only then are sample log-ins shown."""
        return self.demo_made is not None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read the environment; nothing is checked here but kept as it is."""
        data = Path(environ.get("DATA_DIR", "instance")).absolute()
        keys = _keys(environ, data)
        return cls(
            environ.get("DATABASE_URL") or f"sqlite:///{data / 'wangge.db'}",
            data,
            keys[0] if keys else "",
            environ.get("HTTPS") == "yes",
            int(proxies) if (proxies := environ.get("PROXIES") or "0").isascii() and proxies.isdigit() else -1,
            environ.get("OWNER_DATABASE_URL", ""),
            tuple(keys[1:]),
            Path(environ.get("BACKUP_KEY_FILE") or data.parent / BACKUP_KEY_FILE).absolute(),
            environ.get("WITNESS_FILE", ""),
            environ.get("WITNESS_URL", ""),
            tuple(filter(None, (name.strip().lower() for name in environ.get("TRUSTED_HOSTS", "").split(",")))),
        )

    def proxies_are_few(self) -> bool:
        """Whether PROXIES is a number that can be: with a wrong one everybody could say where he comes from."""
        return 0 <= self.proxies <= 9

    def key_is_kept(self) -> bool:
        """Whether the key is what the data folder holds, or none, and not one that the environment gives."""
        return [self.secret_key] == (_kept_keys(self.data_dir) or [""])[:1]

    def backup_key_is_named(self) -> bool:
        """Whether BACKUP_KEY_FILE says where that key is, so that it has to be there."""
        return self.backup_key_file != self.data_dir.parent / BACKUP_KEY_FILE

    def key_is_safe(self) -> bool:
        """Whether the key may sign cookies in real use, and what was signed with the older ones be believed."""
        return all(map(_is_safe, (self.secret_key, *self.secret_key_fallbacks)))


def _is_safe(key: str) -> bool:
    return key not in SAMPLE_KEYS and len(key) >= SHORTEST_KEY and len(set(key)) > 8
