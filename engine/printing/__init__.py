"""Papers: PDF/A from a Typst template and plain data, bar codes, and how Vietnamese offices write dates and numbers."""
