"""People: agencies, divisions, positions, access, sign-in."""
