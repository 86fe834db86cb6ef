"""How one customer is decided, from the flow and the evidence alone."""
