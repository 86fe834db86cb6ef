"""The engine: plan, decide and apply a flow over the caller's adapters."""
