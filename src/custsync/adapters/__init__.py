"""Adapters that come with the library: from functions, and over files."""
