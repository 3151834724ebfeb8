"""What a test of the program or of a measure needs: fresh databases and a real browser."""
