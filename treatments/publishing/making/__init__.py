"""Making: a page from nothing or from another one's words, a whole treatment, and the end of either."""
