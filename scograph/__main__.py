"""``python -m scograph`` is ``scograph``."""

from __future__ import annotations

import signal
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line; an interruption while it is loaded ends the process without words."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from scograph.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
