"""The page of the people behind the window, ``/desk``."""
