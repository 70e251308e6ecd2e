"""A consultation becomes a case: routed, handed over, answered, closed."""
