"""The field table: which field becomes which, how long it may be, whether two values are equal."""
