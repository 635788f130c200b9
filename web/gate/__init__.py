"""What ``python3 -m web test`` does: style, types, layers, locks, browser, PostgreSQL, then every test."""
