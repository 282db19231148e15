"""The flow as data, and the definition that is drawn from it."""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from handlers import flow
from handlers.names import PLAN_FIELDS
from handlers.sanitizing import CONNECTION_FIELDS
from handlers.states_language import Deployed, render
from handlers.step import ContainerTask, Features

DEPLOYED = Deployed(
    worker_arn="arn:aws:lambda:eu-west-1:123456789012:function:worker:1",
    sharer_arn="arn:aws:lambda:eu-west-1:123456789012:function:sharer:1",
    cluster_arn="arn:aws:ecs:eu-west-1:123456789012:cluster/ss-prod",
    task_definition_arn="arn:aws:ecs:eu-west-1:123456789012:task-definition/sanitizer:1",
    container_name="sanitizer",
    subnet_ids=["subnet-1", "subnet-2"],
    sanitizer_security_group_id="sg-sanitizer",
    assign_public_ip=True,
    bucket="bucket",
    rules_key="rules/orders/abc.yaml",
    masking_key_arn="arn:aws:kms:eu-west-1:123456789012:key/mask",
    signing_key_arn="arn:aws:kms:eu-west-1:123456789012:key/sign",
    database="orders",
)
ALL_FEATURES = [Features(*each) for each in product((True, False), repeat=4)]
EVERYTHING = Features(new_snapshot=True, reencrypt=True, share=True)


def definition(features: Features = EVERYTHING) -> dict[str, Any]:
    """The definition of a run with these features."""
    return render(flow.run(features), DEPLOYED)


def exits(state: dict[str, Any]) -> Iterator[str]:
    """The states that can follow."""
    for branch in (state, *state.get("Catch", []), *state.get("Choices", [])):
        yield from (branch[field] for field in ("Next", "Default") if field in branch)


def lambdas(features: Features = EVERYTHING) -> dict[str, dict[str, Any]]:
    """The states that invoke a function."""
    states = definition(features)["States"]
    return {name: state for name, state in states.items() if state.get("Resource", "").endswith("lambda:invoke")}


def test_the_states_are_those_of_the_run_in_its_order() -> None:
    """Who reads the definition reads the run."""
    assert list(definition()["States"]) == [
        *("Begin", "Plan", "TakeRawSnapshot", "AwaitRawSnapshot", "RestoreTemporaryDatabase", "AwaitTemporaryDatabase"),
        *("TakeOver", "AwaitTakenOver", "CheckIsolation", "Sanitize", "ExplainSanitizer", "TakeSanitizedSnapshot"),
        *("AwaitSanitizedSnapshot", "ReEncrypt", "AwaitReEncrypted", "Share", "Announce", "Retire", "StopTask"),
        *("DeleteTemporaryDatabase", "DeleteRawSnapshot", "DeleteIntermediateSnapshot", "DeleteUnfinishedSnapshot"),
        *("AwaitGone", "Verdict", "Failed", "LeftoversRemain", "Succeeded"),
    ]


def test_a_run_has_only_the_states_that_its_features_ask_for() -> None:
    """The latest snapshot, shared with nobody: nothing is taken of the source, copied or shared."""
    least = set(definition(Features(new_snapshot=False, reencrypt=False, share=False))["States"])
    assert set(definition()["States"]) - least == {
        *("TakeRawSnapshot", "AwaitRawSnapshot", "DeleteRawSnapshot", "Share"),
        *("ReEncrypt", "AwaitReEncrypted", "DeleteIntermediateSnapshot"),
    }


@pytest.mark.parametrize("features", ALL_FEATURES)
def test_every_exit_leads_to_a_state_and_every_state_is_reached(features: Features) -> None:
    """No dangling Next, no state that nothing leads to."""
    drawn = definition(features)
    reached, waiting = set(), [drawn["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(exits(drawn["States"][name]))
    assert reached == set(drawn["States"])


@pytest.mark.parametrize("features", ALL_FEATURES)
def test_whatever_fails_the_clean_up_runs_to_its_end(features: Features) -> None:
    """From every failure of the body, all the clean-up's states follow, each whether or not the one before failed."""
    planned, states = flow.run(features), definition(features)["States"]
    cleaning = [step.name for step in planned.finally_]
    for part in planned.body:
        name = part.explained_by.name if isinstance(part, ContainerTask) else part.name
        assert states[name]["Catch"] == [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": cleaning[0]}]
    for name, following in zip(cleaning, [*cleaning[1:], "Verdict"], strict=True):
        caught = {"ErrorEquals": ["States.ALL"], "ResultPath": f"$.leftovers.{name}", "Next": following}
        assert (states[name]["Catch"], states[name]["Next"]) == ([caught], following)


def test_a_run_that_did_not_get_its_plan_cleans_nothing_up() -> None:
    """Without the lock nothing may be deleted; a slot that is served already is no failure."""
    assert definition()["States"]["Plan"]["Catch"] == [
        {"ErrorEquals": ["DuplicateStart"], "ResultPath": None, "Next": "Succeeded"},
        {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Verdict"},
    ]


def test_any_error_or_leftover_ends_red() -> None:
    """The verdict looks at the error first, then at every clean-up step's own failure."""
    states = definition()["States"]
    failed, left = states["Verdict"]["Choices"]
    assert failed == {"Not": {"Variable": "$.error", "IsNull": True}, "Next": "Failed"}
    noted = {state["Catch"][0]["ResultPath"] for name, state in states.items() if name in flow_names_of_clean_up()}
    assert {each["Variable"] for each in left["Or"]} == noted
    assert states["Failed"]["ErrorPath"] == "$.error.Error"
    assert states["LeftoversRemain"]["Error"] == "LeftoversRemain"


def flow_names_of_clean_up() -> set[str]:
    """The states of the clean-up."""
    return {step.name for step in flow.run(EVERYTHING).finally_}


def test_the_sanitizer_is_never_started_twice() -> None:
    """A second container would mask what a first one has begun to mask."""
    sanitize = definition()["States"]["Sanitize"]
    assert "Retry" not in sanitize
    assert sanitize["Catch"][0]["Next"] == "ExplainSanitizer"


def test_the_container_is_told_names_and_no_secret() -> None:
    """The password is fetched by the sanitizer itself; rules and report are addresses. Overrides may have 8,192 characters."""
    overrides = definition()["States"]["Sanitize"]["Parameters"]["Overrides"]
    told = {each["Name"] for each in overrides["ContainerOverrides"][0]["Environment"]}
    assert told == {
        f"SANITIZER_{name}"
        for name in (
            "ENGINE",
            "HOST",
            "PORT",
            "USER",
            "SECRET_ARN",
            "RULES",
            "REPORT",
            "DATABASE",
            "RUN_ID",
            "MASKING_KEY",
            "SIGNING_KEY",
            "SNAPSHOT_AT",
        )
    }
    assert len(json.dumps(overrides)) < 4000


@pytest.mark.parametrize("features", ALL_FEATURES)
def test_what_a_state_reads_was_kept_by_a_state_before_it(features: Features) -> None:
    """Every `$.plan.x` and `$.connection.x` names a field of what Plan and AwaitTakenOver return."""
    drawn = json.dumps(definition(features))
    assert set(re.findall(r"\$\.plan\.(\w+)", drawn)) <= set(PLAN_FIELDS)
    assert set(re.findall(r"\$\.connection\.(\w+)", drawn)) <= set(CONNECTION_FIELDS)
    assert set(definition(features)["States"]["Begin"]["Result"]) == {
        *("plan", "restored", "connection", "error", "leftovers")
    }


def test_every_payload_carries_the_time_and_the_attempt() -> None:
    """Functions read no clock and count nothing themselves."""
    for name, state in lambdas().items():
        payload = state["Parameters"]["Payload"]
        assert payload["step"] == name
        assert payload["now.$"] == "$$.State.EnteredTime"
        assert payload["attempt.$"] == "$$.State.RetryCount"
        assert ("execution" if name == "Plan" else "plan.$") in payload


def test_each_function_does_its_own_steps() -> None:
    """What leaves the account is done by the sharer, everything else by the worker."""
    by_sharer = {
        name for name, state in lambdas().items() if state["Parameters"]["FunctionName"] == DEPLOYED.sharer_arn
    }
    assert by_sharer == {"Share", "Announce"}


def test_a_wait_asks_again_without_growing_impatient() -> None:
    """NotReady is retried at one interval; a crashed function a few times, whatever the step."""
    for name, state in lambdas().items():
        *waits, transient = state["Retry"]
        assert {"Lambda.ServiceException", "Lambda.ClientExecutionTimeoutException"} <= set(transient["ErrorEquals"])
        assert transient["MaxAttempts"] <= 3
        patience = flow.step(name).patience
        assert [(wait["ErrorEquals"], wait["BackoffRate"], wait["MaxAttempts"]) for wait in waits] == (
            [(["NotReady"], 1, patience.times)] if patience.times else []
        )
        assert name.startswith("Await") <= bool(waits)


def test_all_the_patience_of_a_run_fits_the_history_of_an_execution() -> None:
    """25,000 events at most, of which a look that was not ready takes three and a state a handful."""
    retries = sum(rule["MaxAttempts"] for state in lambdas().values() for rule in state["Retry"])
    assert retries * 3 + len(definition()["States"]) * 6 < 25_000


def test_the_machine_has_no_deadline_but_each_state_has() -> None:
    """A machine's own timeout cannot be caught, so nothing would be cleaned up."""
    drawn = definition()
    assert "TimeoutSeconds" not in drawn
    assert all(state["TimeoutSeconds"] > 0 for state in drawn["States"].values() if state["Type"] == "Task")


def test_the_definition_fits_into_one_megabyte() -> None:
    """Step Functions takes no longer ones; ours is far from it."""
    assert len(json.dumps(definition())) < 50_000
