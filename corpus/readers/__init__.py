"""One module for each kind of file; every reader turns bytes into a Document."""
