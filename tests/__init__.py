"""The promises, tested on real parts."""
