"""Reports: what reads across all domains and changes nothing."""
