"""How it is found: terms, lexical and dense index, fusion, reranking, doubt, and the generations on disk."""
