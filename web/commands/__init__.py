"""What ``quytrinh`` can be told to do: one module for each kind of command, each function one command."""
