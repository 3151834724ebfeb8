"""The interface for programs: the same records, rights and rules as the pages, as JSON."""
