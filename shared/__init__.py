"""What the services share: contracts, the log, the plan, identity and the web shell."""
