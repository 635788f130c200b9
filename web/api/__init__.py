"""The JSON API under ``/api/v1``: one module for each noun, the services of the engine behind it."""
