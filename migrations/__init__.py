"""Schema revisions; run by ``wangge migrate``. Revisions import ``migrations.ops``, never ``webapp``."""
