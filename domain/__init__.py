"""The rules of counting: numbers in, numbers out. No env, no cursor."""
