"""Tools for a caller's tests: fakes, faults, and contracts for adapters, stores and systems."""
