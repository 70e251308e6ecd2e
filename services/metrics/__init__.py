"""Events become the indicators of the plan."""
