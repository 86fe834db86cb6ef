"""The rules, each of which stands alone: pure functions over plain values."""
