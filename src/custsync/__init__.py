"""The business rules of syncing customers between systems."""
