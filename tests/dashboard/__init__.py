"""The public dashboard, the charts, and the manager's exact years."""
