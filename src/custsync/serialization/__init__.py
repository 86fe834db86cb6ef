"""Our own values as JSON."""
