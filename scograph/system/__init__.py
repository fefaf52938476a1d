"""What the operating system offers: regular files, whole or not at all; bounded processes."""
