"""Registers: gapless yearly numbers and the books they stand in."""
