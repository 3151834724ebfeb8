"""A walk through every address of the program as people who may not see what lies there."""
