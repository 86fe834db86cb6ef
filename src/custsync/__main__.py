"""`python -m custsync`."""

import sys

from custsync.cli import main

sys.exit(main())
