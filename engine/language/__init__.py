"""The safe expression language: conditions, scripts and rule cells of a procedure. No Python runs; all is bounded."""
