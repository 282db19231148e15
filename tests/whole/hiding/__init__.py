"""Hiding places of values as data, and the search that finds what was planted in them."""
