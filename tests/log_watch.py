"""What the program writes to its log while the tests run, searched for what no log may hold: passwords, keys, hashes,
numbers of telephones and identity cards, and every token and code that was given out meanwhile."""

import logging
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from webapp.core import passwords

SECRETS = {
    "a password": re.compile(r"test-pass-word|a (?:new|long) pass ?word"),
    "the key": re.compile(r"a-test-key-of-sufficient-length"),
    "a hash of a password": re.compile(r"\$argon2|\$scrypt"),
    "a telephone": re.compile(r"(?<![\w.:/-])1[3-9]\d{9}(?![\w.-])"),
    "an identity card": re.compile(r"(?<![\w.-])\d{17}[\dXx](?![\w.-])"),
}
GIVEN_OUT: set[str] = set()
WORD = re.compile(r"[\w-]{12,}")  # the six digits of a code that is read out are not told from other numbers


def remembering(make: Callable[..., str]) -> Callable[..., str]:
    """The same maker of secrets; what it makes is remembered."""

    def made(*how: Any, **more: Any) -> str:
        secret = make(*how, **more)
        GIVEN_OUT.add(secret)
        return secret

    return made


def found(text: str) -> list[str]:
    """What a log holds that it must not."""
    shaped = [f"{what}: {hit[0]}" for what, shape in SECRETS.items() for hit in shape.finditer(text)]
    return shaped + [f"given out: {word}" for word in WORD.findall(text) if word in GIVEN_OUT]


class Watch(logging.Handler):
    """Listens to every logger of this process, and keeps what it found and how much it heard."""

    def __init__(self) -> None:
        super().__init__()
        self.heard, self.wrong = 0, list[str]()
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """One event, with its traceback."""
        self.heard += 1
        self.wrong += found(self.format(record))


def begin() -> Watch:
    """Listen from here on."""
    for module, name in ((secrets, "token_urlsafe"), (secrets, "token_hex"), (passwords, "code")):
        setattr(module, name, remembering(getattr(module, name)))
    watch = Watch()
    logging.getLogger().addHandler(watch)
    return watch


def of_file(file: Path) -> list[str]:
    """What is wrong with the log of a server that was started apart."""
    return found(file.read_text(encoding="utf-8", errors="replace"))
