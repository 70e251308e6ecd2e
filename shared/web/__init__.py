"""The web shell of the services: app factory, authentication, rendering, static files."""
