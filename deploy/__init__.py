"""How Tsunagi is started: launcher, embedded servers, command line."""
