"""The engine: procedures, cases, deadlines, slips and journal of a public office. Runs without a web server."""
