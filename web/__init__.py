"""The doors: pages, JSON API and commands over the engine."""
