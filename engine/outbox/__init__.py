"""Outbox: notices, mail and webhooks decided in a transaction and delivered after it."""
