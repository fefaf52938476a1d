"""``python -m scograph`` is ``scograph``."""

from scograph.cli.main import main

if __name__ == "__main__":
    main()
