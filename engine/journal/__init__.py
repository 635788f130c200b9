"""Journal: the append-only, hash-chained record of everything that happened (ISO 9001:2015 7.5.3)."""
