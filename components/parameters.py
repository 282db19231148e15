"""The parameter group of temporary databases: production's would run production's jobs and log what it is told."""

from typing import NamedTuple

import pulumi_aws as aws

from handlers.engines import Major, Version


class Parameter(NamedTuple):
    """A setting of a temporary database."""

    name: str
    value: str
    why: str
    since: Version = ()  # the first major version that knows it, where that is not every one
    static: bool = False  # only read when the server starts; a restored database starts with it


POSTGRES = (
    Parameter("log_statement", "none", "statements hold values"),
    Parameter("log_min_duration_statement", "-1", "so do slow ones"),
    Parameter("log_min_error_statement", "panic", "and failed ones"),
    Parameter("log_min_messages", "panic", "an error's own message may quote the value"),
    Parameter("log_error_verbosity", "terse", "no DETAIL: it quotes rows"),
    Parameter("log_lock_waits", "0", "a wait is logged with its statement"),
    Parameter("log_temp_files", "-1", "so is a temporary file"),
    Parameter("log_parameter_max_length", "0", "bound values stay out of the log", since=(13,)),
    Parameter("log_parameter_max_length_on_error", "0", "also in errors", since=(13,)),
    Parameter("rds.force_ssl", "1", "nobody connects in clear text"),
    Parameter(
        "shared_preload_libraries",
        "pg_stat_statements",
        "nothing that runs production's jobs, such as pg_cron",
        static=True,
    ),
)
# What keeps the binary log off is a backup retention of 0 days.
MYSQL = (
    Parameter("general_log", "0", "statements hold values"),
    Parameter("slow_query_log", "0", "so do slow ones"),
    Parameter("log_output", "FILE", "what is logged all the same is in no table, and so in no snapshot"),
    Parameter("innodb_print_all_deadlocks", "0", "a deadlock is logged with its statements"),
    Parameter("performance_schema", "0", "it keeps statements in memory, with the values in them", static=True),
    Parameter("event_scheduler", "OFF", "nothing that runs production's jobs"),
    Parameter("local_infile", "1", "the masking key comes as the content of a file, which no log holds"),
    Parameter("require_secure_transport", "1", "nobody connects in clear text"),
)
PARAMETERS = {"postgres": POSTGRES, "mysql": MYSQL, "mariadb": MYSQL}


def parameters(major: Major) -> list[aws.rds.ParameterGroupParameterArgs]:
    """The parameters that this major version knows."""
    return [
        aws.rds.ParameterGroupParameterArgs(
            name=each.name, value=each.value, apply_method="pending-reboot" if each.static else "immediate"
        )
        for each in PARAMETERS[major.engine]
        if major.version >= each.since
    ]
