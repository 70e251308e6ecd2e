"""How this database came to its present shape."""
