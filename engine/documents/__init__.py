"""Controlled documents: approved by signatures, made effective by date, printed from the model (ISO 9001:2015 7.5)."""
