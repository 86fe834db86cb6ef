"""The demonstration: invented customers through all five integrations, with a crash and its recovery."""
