"""The migration tree of the whole product; run by :func:`corpus.database.upgrade`."""
