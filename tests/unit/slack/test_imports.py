"""What is slow to import."""

import subprocess
import sys


def test_reading_and_rendering_need_no_package_of_slacks():
    """The playground and the tests show what Slack would be sent without loading its SDK."""
    code = (
        "import sys, adapters.slack.parse, adapters.slack.render; "
        "sys.exit(any(name.startswith(('slack_sdk', 'slack_bolt')) for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
