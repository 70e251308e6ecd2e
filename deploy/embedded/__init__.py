"""PostgreSQL and Valkey from wheels, started beside Tsunagi: no root, no Docker, no packages."""
