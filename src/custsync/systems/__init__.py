"""One room per system: how its payloads are read and written, and what fits into its fields."""
