"""Where somebody goes on to after coming in."""


def local_path(wanted: str) -> str:
    """The page to go on to; anything but a path on this site becomes the first page."""
    safe = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and "\n" not in wanted
    return wanted if safe else "/"
