"""``python -m seeds``: record the seed files as they are now in MANIFEST.csv, after they were edited on purpose."""

import sys
from importlib.resources import files
from pathlib import Path

from seeds import manifest

if __name__ == "__main__":
    count = manifest.rewrite(Path(str(files("seeds"))))
    sys.stdout.write(f"{manifest.NAME}: {count} files recorded\n")
