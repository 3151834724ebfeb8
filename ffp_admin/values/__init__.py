"""What single values mean: pure functions that clean, check, derive and mask; this floor imports nothing of ours."""
