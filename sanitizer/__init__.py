VERSION = "0.1.0"  # pyproject.toml's, which the image does not hold
