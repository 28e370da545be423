"""Processes, downloads and files; nothing else in mobilegen touches them."""
