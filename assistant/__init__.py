"""How it is answered: from a visitor's words to a reply that a window can stand behind."""
