"""A log line is one JSON object on one stream, in UTC, whatever words get into it."""

import json
import subprocess
import sys
from datetime import UTC, datetime

_SCRIPT = """
import logging, structlog
from shared.logging import configure_logging
configure_logging("info")
assert len(logging.getLogger().handlers) == 1
hostile = 'a"}\\n{"event": "forged", "level": "info"}\\r\\x1b[31m'
structlog.get_logger().info("something_happened", record=hostile)
logging.getLogger("another").warning("said %s", hostile)
"""


def test_nobody_writes_a_line_of_their_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    ours, theirs = (json.loads(line) for line in done.stderr.splitlines())
    assert (ours["event"], ours["level"]) == ("something_happened", "info")
    assert "forged" in ours["record"]
    assert theirs["event"].startswith("said a")
    for line in (ours, theirs):
        moment = datetime.fromisoformat(line["timestamp"])
        assert moment.utcoffset() == datetime.now(UTC).utcoffset()
    assert "\\x1b" not in done.stderr.replace("\\\\x1b", "")
    assert "\x1b" not in done.stderr
