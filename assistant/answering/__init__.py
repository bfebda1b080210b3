"""How an answer's text is written: cut from the passages, or phrased by a chat model and checked against them."""
