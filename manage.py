#!/usr/bin/env python
"""Django's command line. `goldenthread` is the same commands for operators (see README)."""

import sys
from pathlib import Path

# `platform/` is a second source root, not a package: an `__init__.py` in it would shadow Python's own `platform`.
sys.path.insert(1, str(Path(__file__).resolve().parent / "platform"))

if __name__ == "__main__":
    from goldenthread.cli import main

    main()
