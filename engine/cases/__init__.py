"""Cases: one run of a procedure revision: steps, hand-overs, messages, timers, incidents."""
