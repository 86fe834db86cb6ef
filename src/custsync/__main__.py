"""`python -m custsync`."""

import sys

from custsync.cli.main import main

sys.exit(main())
