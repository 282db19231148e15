"""What can be said of an instance when it is created, restored or modified, and what RDS takes where nothing is said."""

from collections.abc import Mapping
from typing import Any

from rehearsal.rds.resources import Json

# The parameter -> the member of DBInstance that shows it.
SHOWN_AS = {
    **{
        name: name
        for name in ("AllocatedStorage", "AutoMinorVersionUpgrade", "BackupRetentionPeriod", "CopyTagsToSnapshot", "DBInstanceClass",
                     "DeletionProtection", "EngineLifecycleSupport", "LicenseModel", "MultiAZ", "PubliclyAccessible", "StorageType")
    },
    "EnableCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
    "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
    "EnablePerformanceInsights": "PerformanceInsightsEnabled",
}  # fmt: skip
AT_CREATION = frozenset(SHOWN_AS)
AT_RESTORE = AT_CREATION - {"EnablePerformanceInsights"}
# Those that take effect at once, without a change of the instance's status.
AT_MODIFICATION = frozenset(
    {
        "AutoMinorVersionUpgrade",
        "BackupRetentionPeriod",
        "CopyTagsToSnapshot",
        "DeletionProtection",
        "EnablePerformanceInsights",
    }
)

DEFAULTS = {
    "AllocatedStorage": 20,
    "AutoMinorVersionUpgrade": True,
    "BackupRetentionPeriod": 1,
    "CopyTagsToSnapshot": False,
    "DeletionProtection": False,
    "EnabledCloudwatchLogsExports": [],
    "EngineLifecycleSupport": "open-source-rds-extended-support",
    "IAMDatabaseAuthenticationEnabled": False,
    "MultiAZ": False,
    "PerformanceInsightsEnabled": False,
    "PubliclyAccessible": False,
    "StorageType": "gp3",
}
# What a restore does not take from the source where nothing is said; everything else it does.
DEFAULTS_AT_RESTORE = {
    "CopyTagsToSnapshot": False,
    "DeletionProtection": False,
    "EngineLifecycleSupport": "open-source-rds-extended-support",
}


def shown(settings: Mapping[str, Any], understood: frozenset[str]) -> Json:
    """The understood settings, as DBInstance shows them."""
    return {SHOWN_AS[name]: value for name, value in settings.items() if name in understood}
