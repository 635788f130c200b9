"""Pages for people: one module per noun, each with its blueprint."""
