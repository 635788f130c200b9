"""Schedule: APScheduler wakes the sweeps; the database decides who acts."""
