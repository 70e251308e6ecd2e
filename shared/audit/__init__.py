"""The audit trail: who did what to which record, chained so that nothing leaves it unnoticed."""
