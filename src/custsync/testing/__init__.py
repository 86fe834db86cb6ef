"""What a caller tests their own part with: contracts that an adapter, a store or a system has to keep."""
