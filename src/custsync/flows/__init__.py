"""The documented integrations: one room each, frozen flows that read like their source pages."""
