"""The command line: a demonstration, and plans, explanations and rehearsals over people's own exports."""

from custsync.cli.running import main

__all__ = ["main"]
