"""The systems in memory, with the behaviour that their vendors document."""
