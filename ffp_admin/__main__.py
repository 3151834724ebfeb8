"""`python -m ffp_admin` is `ffp-admin`."""

from ffp_admin.cli import main

if __name__ == "__main__":
    main()
