"""Packages whose folder has their own name: imported before pytest takes the folder for them."""

import chassis  # noqa: F401
import contracts  # noqa: F401
