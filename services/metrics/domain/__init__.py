"""How facts become figures: pure functions over the plan's counting rules."""
