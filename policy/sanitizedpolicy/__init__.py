"""The policies of the pack, by subject. One sentence, one message, one broken example each."""

from sanitizedpolicy import (
    buckets,
    exposure,
    graph,
    groups,
    identity,
    keeping,
    parameters,
    placement,
    rules,
    schedule,
    secrets,
    sharing,
    task,
)
from sanitizedpolicy.inspected import inspection
from sanitizedpolicy.verdicts import Policy

SUBJECTS: dict[str, list[Policy]] = {
    "Isolation of temporary databases": [
        groups.component_lists_are_disjoint,
        groups.functions_carry_disjoint_lists,
        graph.graph_keeps_them_apart,
        placement.subnets_are_their_own,
        placement.vpc_is_their_own,
        placement.parameter_groups_are_their_own,
        parameters.parameters_keep_quiet,
    ],
    "Public access": [
        exposure.databases_are_not_public,
        exposure.nothing_lets_the_world_in,
        exposure.rules_stand_by_themselves,
        exposure.subnets_give_no_public_address,
        exposure.functions_answer_no_strangers,
        buckets.buckets_block_public_access,
    ],
    "Sharing": [
        sharing.snapshots_are_shared_with_named_accounts,
        sharing.shared_snapshots_have_a_key,
        sharing.share_key_is_not_the_sources,
    ],
    "Identities and rights": [
        identity.actions_are_named,
        identity.resources_are_named,
        identity.roles_are_passed_to_named_services,
        identity.nobody_gets_an_access_key,
        identity.trust_names_who,
        identity.things_name_who_may_use_them,
        identity.endpoints_are_narrow,
    ],
    "Secrets": [
        secrets.no_secret_in_plain_text,
        secrets.databases_keep_no_password_in_state,
        secrets.executions_are_logged_without_data,
    ],
    "What is kept, and how": [
        keeping.logs_end,
        keeping.keys_are_protected,
        keeping.keys_rotate,
        keeping.databases_are_encrypted,
        buckets.buckets_are_encrypted,
        buckets.buckets_are_versioned,
        buckets.buckets_answer_over_tls_only,
        keeping.snapshots_do_not_pile_up,
    ],
    "Images and tasks": [
        task.images_are_pinned,
        task.containers_are_not_root,
        task.containers_write_nothing,
        task.containers_drop_their_capabilities,
        task.tasks_have_no_public_address,
        task.image_tags_stay,
        task.images_are_scanned,
    ],
    "Rules and runs": [
        rules.unlisted_columns_stop_the_run,
        schedule.runs_have_time_to_end,
    ],
}
_ALL = [policy for policies in SUBJECTS.values() for policy in policies]
SUBJECTS["The pack itself"] = [inspection(_ALL)]
POLICIES: list[Policy] = [*_ALL, *SUBJECTS["The pack itself"]]
