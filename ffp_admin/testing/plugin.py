"""The pytest plug-in of this package.

pytest loads it in every run on this machine, so nothing heavy is imported until a fixture is asked for.
"""

from __future__ import annotations

pytest_plugins = ("ffp_admin.testing.postgres", "ffp_admin.testing.browser")
