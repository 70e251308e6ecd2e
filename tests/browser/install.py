"""Install a browser for the tests where that can be done: `make browser`."""

import os
import shutil
import subprocess
import sys

#: The first is the same browser without windows and a GPU process, and spares a third of its work.
_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
)


def browser_path() -> str | None:
    """The browser on this machine: `TSUNAGI_BROWSER`, or the first known name on the path."""
    chosen = os.environ.get("TSUNAGI_BROWSER")
    found = (path for name in _NAMES if (path := shutil.which(name)))
    return chosen or next(found, None)


def _install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "--quiet"], check=False)
        for name in _NAMES[:2]:
            command = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends"]
            command += [name, "fonts-noto-cjk"]
            done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
            if done.returncode == 0:
                return
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if __name__ == "__main__" and browser_path() is None:
    _install()
