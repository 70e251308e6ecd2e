"""The three services; they meet in shared.contracts only."""
