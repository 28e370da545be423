"""Comparisons that become checks."""
