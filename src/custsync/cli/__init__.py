"""The command line: a demonstration, and plans, explanations and syncs over exported files."""
