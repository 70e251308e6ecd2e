"""The log: outbox with dense positions, relay, inbox, dead letters; the stream is its cache."""
