"""Python runs this at the start of every child process of the tests, whose PYTHONPATH names this folder: the process is watched, too."""

import os

if os.environ.get("TEST_SECRETS_DIR"):
    from secret_watch.observer import watch

    watch(output=True)
