"""What a caller tests their own part with: contracts that an adapter or a store has to keep."""
