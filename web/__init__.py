"""Doors, not rooms: HTTP routes, pages and channels. What is said and known comes from ``assistant``."""
