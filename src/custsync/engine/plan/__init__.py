"""How a plan is made: read, search, decide, a batch at a time."""
