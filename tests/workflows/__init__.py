"""Tests of what pull requests and deployments do."""
