"""The program ``scograph``, also ``python -m scograph``."""

from __future__ import annotations

import signal
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line; Ctrl-C ends it without a traceback from its first moment on."""
    # While modules are imported, Python shows a KeyboardInterrupt with its traceback, or drops it.
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from scograph.cli.main import main as run

    signal.signal(signal.SIGINT, handler)
    run()


if __name__ == "__main__":
    main()
