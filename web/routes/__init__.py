"""One module for each group of endpoints of the HTTP contract."""
