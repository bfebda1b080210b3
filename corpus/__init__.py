"""What is known: the shipped texts, the readers for a desk's own files, and the library that keeps them."""
