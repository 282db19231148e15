"""What the runs of a test session say is written down, and searched at the session's end for what no run may ever say."""
