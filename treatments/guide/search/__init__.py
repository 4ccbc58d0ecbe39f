"""Search over the live guide and the clinic's own pages, passage by passage."""
