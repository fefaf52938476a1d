"""HTTP without a framework and without a server: messages, errors, files, conditional requests."""
