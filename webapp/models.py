"""Imports every domain's tables, so that the metadata is whole (migrations, tests, the command line)."""

from .core import models as core
from .core.db import Base
from .duty import models as duty
from .feedback import models as feedback
from .grid import models as grid
from .login import models as login
from .patrol import models as patrol
from .people import models as people
from .report import models as report

metadata = Base.metadata
__all__ = ["Base", "core", "duty", "feedback", "grid", "login", "metadata", "patrol", "people", "report"]
