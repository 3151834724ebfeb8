"""Benches behind `ffp-admin bench`: ours beside a yardstick, in one run."""
