"""The command line: a demonstration, and plans, explanations and rehearsals over people's own exports."""

from custsync.cli.main import main

__all__ = ["main"]
