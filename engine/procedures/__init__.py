"""Procedures: one folder becomes one published, immutable, hashed revision."""
