"""The parameter group of temporary databases: production's would run production's jobs and log what it is told."""

import pulumi_aws as aws

# Parameter, value, the first major version that knows it, and why it is set.
PARAMETERS = (
    ("log_statement", "none", 9, "statements hold values"),
    ("log_min_duration_statement", "-1", 9, "so do slow ones"),
    ("log_min_error_statement", "panic", 9, "and failed ones"),
    ("log_min_messages", "panic", 9, "an error's own message may quote the value"),
    ("log_error_verbosity", "terse", 9, "no DETAIL: it quotes rows"),
    ("log_lock_waits", "0", 9, "a wait is logged with its statement"),
    ("log_temp_files", "-1", 9, "so is a temporary file"),
    ("log_parameter_max_length", "0", 13, "bound values stay out of the log"),
    ("log_parameter_max_length_on_error", "0", 13, "also in errors"),
    ("rds.force_ssl", "1", 9, "nobody connects in clear text"),
    ("shared_preload_libraries", "pg_stat_statements", 9, "nothing that runs production's jobs, such as pg_cron"),
)
# Only read when the server starts; a restored database starts with them.
STATIC = ("shared_preload_libraries",)


def family(version: int) -> str:
    """RDS's name for the parameters of a major version."""
    return f"postgres{version}"


def parameters(version: int) -> list[aws.rds.ParameterGroupParameterArgs]:
    """The parameters that this major version knows."""
    return [
        aws.rds.ParameterGroupParameterArgs(
            name=name, value=value, apply_method="pending-reboot" if name in STATIC else "immediate"
        )
        for name, value, since, _why in PARAMETERS
        if version >= since
    ]
