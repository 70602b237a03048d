"""Every domain's tables, so that the metadata is whole (migrations, tests, the command line)."""

from . import domains
from .core import models as core
from .core.db import Base

tables = (core, *domains.modules("models"))
metadata = Base.metadata
