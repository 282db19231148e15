"""Tests of the sanitizer on MariaDB."""
