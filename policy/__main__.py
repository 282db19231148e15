"""Starts the pack, and blocks: it serves the engine until the engine stops it. Nothing else may stand here."""

from pulumi_policy import EnforcementLevel, PolicyPack
from sanitizedpolicy import POLICIES

PolicyPack(name="sanitized-snapshots", enforcement_level=EnforcementLevel.MANDATORY, policies=POLICIES)
