"""The benchmark of the closure (`make bench`). No part of the package."""
