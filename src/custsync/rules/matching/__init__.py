"""Matching: how a customer's counterpart is found, and what a hit is worth."""
