"""Working time of an office: sessions, days off, swapped Saturdays, and deadlines that explain themselves."""
