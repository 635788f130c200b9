"""Files: a content-addressed store for scanned papers and printed slips."""
