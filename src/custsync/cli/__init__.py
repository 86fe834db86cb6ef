"""The command line: a demonstration, and plans, explanations and rehearsals over exported files."""
