"""The desk's doors: everything below ``/api/v1/desk`` and the pages below ``/desk``."""
