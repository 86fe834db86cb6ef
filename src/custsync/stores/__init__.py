"""Sync-record stores: `memory` for runs that end with the process, `sqlite` for those that do not."""
