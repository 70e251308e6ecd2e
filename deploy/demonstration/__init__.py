"""The demonstration year: made-up records, written through the public interface."""
