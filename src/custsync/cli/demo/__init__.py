"""A story over invented customers: both directions, a crash, and how the next run finds its way."""
