"""A held snapshot is shared with nobody until a person releases it, and gone when a person denies it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from handlers import flow
from handlers.errors import NotHeld, NotSanitized
from handlers.step import Features
from tests.handlers.fakes import NOW, iam_action
from tests.handlers.test_cleanup import kept
from tests.handlers.test_proof import FORGERIES
from tests.handlers.world import CONSUMER, ENVIRONMENT, HOLDING, World

PERSON = "arn:aws:sts::123456789012:assumed-role/dba/anna"


def held() -> World:
    """A database whose run is over, and whose snapshot waits."""
    world = World(environment={**ENVIRONMENT, "HOLD": "true"}).run_until(None, HOLDING)
    world.stepfunctions.executions[world.execution] = "SUCCEEDED"
    return world


def answer(world: World, step: str = "Release", **more: Any) -> Any:
    """What the command sends, an hour later; it hands in no plan."""
    world.document = {}
    return world.perform(step, **{"now": world.later(1), "by": PERSON, "run_id": None, **more})


def stored(world: World, key: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(world.s3.objects[f"{key}.json"])
    return found


def test_a_run_that_holds_shares_with_nobody_and_announces_nothing() -> None:
    """The snapshot stays, and so does the bucket's word that it waits; whoever waits for announcements hears nothing."""
    world = held()
    assert set(world.rds.snapshots) == {world.name("sanitized")}
    assert world.rds.shared == {}
    assert [key for key in world.s3.objects if key.startswith("announced/")] == []
    assert stored(world, f"held/orders/{world.run_id}")["snapshot"] == world.name("sanitized")
    assert world.sweep() == []


def test_a_release_shares_announces_and_lets_go() -> None:
    """After that everything is as if the run had not held; who agreed is noted as claimed."""
    world = held()
    done = answer(world)
    assert (done["done"], done["accounts"]) == ("is shared", [CONSUMER])
    assert world.rds.shared == {world.name("sanitized"): [CONSUMER]}
    said = stored(world, "announced/orders/latest")
    assert said == stored(world, f"announced/orders/{world.run_id}")
    assert said["agreed"] == {"claimed": PERSON, "at": "2024-05-05T04:00:00Z"}
    assert "plan" not in said
    assert [key for key in world.s3.objects if key.startswith("held/")] == []
    assert world.sweep() == []


def test_a_release_is_safe_to_repeat() -> None:
    """An answer that was lost is asked for again; a crash before the end is made good."""
    world = held()
    hold = world.s3.objects[f"held/orders/{world.run_id}.json"]
    answer(world, run_id=world.run_id)
    assert answer(world, run_id=world.run_id)["done"] == "was released already"
    world.s3.objects[f"held/orders/{world.run_id}.json"] = hold
    assert answer(world, run_id=world.run_id)["done"] == "is shared"
    assert world.rds.shared == {world.name("sanitized"): [CONSUMER]}


def test_a_denial_is_safe_to_repeat() -> None:
    """An answer that was lost is asked for again."""
    world = held()
    answer(world, "Deny", run_id=world.run_id)
    assert answer(world, "Deny", run_id=world.run_id)["done"] == "was denied already"


def test_what_was_released_cannot_be_denied_in_silence() -> None:
    """Also where the release stopped before it let go: whoever denies hears that the snapshot is shared."""
    world = held()
    hold = world.s3.objects[f"held/orders/{world.run_id}.json"]
    answer(world)
    for left in (False, True):
        if left:
            world.s3.objects[f"held/orders/{world.run_id}.json"] = hold
        with pytest.raises(NotHeld, match="was released before, and is shared"):
            answer(world, "Deny", run_id=world.run_id)
    assert [key for key in world.s3.objects if key.startswith("denied/")] == []


def test_what_was_denied_cannot_be_released() -> None:
    """Also where the denial stopped before it let go."""
    world = held()
    hold = world.s3.objects[f"held/orders/{world.run_id}.json"]
    answer(world, "Deny")
    world.s3.objects[f"held/orders/{world.run_id}.json"] = hold
    with pytest.raises(NotHeld, match="was denied"):
        answer(world, run_id=world.run_id)
    assert world.rds.shared == {}


def test_a_denial_before_the_run_is_over_leaves_the_run_green() -> None:
    """The message comes while the clean-up still waits; the sweep deletes the snapshot afterwards."""
    world = held()
    document = dict(world.document)
    answer(world, "Deny", run_id=world.run_id)
    world.document = document
    world.perform("AwaitGone")
    assert set(world.rds.snapshots) == {world.name("sanitized")}


@pytest.mark.parametrize("step", ["Release", "Deny"])
def test_a_dry_run_says_what_would_happen_and_does_nothing(step: str) -> None:
    """For whoever wants to see first."""
    world = held()
    before = dict(world.s3.objects)
    assert answer(world, step, dry_run=True)["done"].startswith("would be")
    assert (world.rds.shared, world.s3.objects) == ({}, before)


def test_a_denied_snapshot_goes_with_the_next_sweep() -> None:
    """Nothing of the sharer's deletes a snapshot: without its hold it is a leftover. Who said so stays in the bucket."""
    world = held()
    assert answer(world, "Deny")["done"] == "is denied"
    assert stored(world, f"denied/orders/{world.run_id}")["denied"]["claimed"] == PERSON
    assert world.sweep() == [world.name("sanitized")]
    with pytest.raises(NotHeld, match=world.run_id):
        answer(world, run_id=world.run_id)
    assert world.rds.shared == {}


@pytest.mark.parametrize("step", ["Release", "Deny"])
@pytest.mark.parametrize("run", [None, "202405040300-aaaa", "../orders/202405050300-aaaa"])
def test_what_is_not_held_is_refused(step: str, run: str | None) -> None:
    """Unknown runs, and where nothing waits at all."""
    world = World(environment={**ENVIRONMENT, "HOLD": "true"}).run_until("Hold", HOLDING)
    with pytest.raises(NotHeld):
        answer(world, step, run_id=run)
    assert not world.rds.shared


def plan_of_another(world: World) -> None:
    hold = stored(world, f"held/orders/{world.run_id}")
    hold["plan"]["sanitized_snapshot"] = world.name("raw")
    world.s3.put_json(f"held/orders/{world.run_id}.json", hold)


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_release_proves_everything_again(forgery: str) -> None:
    """What is not shared at the end of a run is not shared by a person's word either; a retired one neither."""
    world = held()
    if forgery == "another name in the plan":
        plan_of_another(world)
    else:
        FORGERIES[forgery](world)
    with pytest.raises(NotSanitized):
        answer(world)
    assert not world.rds.shared
    assert [key for key in world.s3.objects if key.startswith("announced/")] == []


def test_a_plan_that_a_person_hands_in_is_not_read() -> None:
    """The payload's plan could name anything."""
    world = held()
    plan = stored(world, f"held/orders/{world.run_id}")["plan"]
    plan_of_another(world)
    with pytest.raises(NotSanitized):
        answer(world, plan=plan)


def test_nothing_is_shared_past_the_hold() -> None:
    """Whoever may invoke the sharer cannot ask it for the step that a run without a hold takes."""
    world = World(environment={**ENVIRONMENT, "HOLD": "true"}).run_until("Hold", HOLDING)
    for step in ("Share", "Announce"):
        with pytest.raises(NotSanitized, match="by a release only"):
            world.perform(step)
    assert not world.rds.shared
    assert [key for key in world.s3.objects if key.startswith("announced/")] == []


def test_what_could_not_be_shared_is_not_held_either() -> None:
    """People are asked only for what can be released."""
    world = World(environment={**ENVIRONMENT, "HOLD": "true"}).run_until("Hold", HOLDING)
    del world.rds.snapshots[world.name("sanitized")]["KmsKeyId"]
    with pytest.raises(NotSanitized, match="share key"):
        world.perform("Hold")
    assert [key for key in world.s3.objects if key.startswith("held/")] == []


def waiting(world: World, days: int) -> str:
    """A snapshot of some days ago that still waits."""
    name = kept(world, days, announced=False)
    world.s3.put_json(f"held/orders/{name.removeprefix('ss-prod-sanitized-orders-')}.json", {"snapshot": name})
    return name


def test_held_snapshots_retire_by_themselves_and_never_push_out_announced_ones() -> None:
    """Seven nights without an answer leave what developers have; and the newest of both always stays."""
    world = held()
    world.document = {"plan": stored(world, f"held/orders/{world.run_id}")["plan"]}
    world.environment |= {"KEEP_COUNT": "2"}
    announced = [kept(world, days) for days in (20, 21, 22)]
    old = [waiting(world, days) for days in (1, 2, 3)]
    world.perform("Retire")
    assert set(world.rds.snapshots) == {*announced[:2], world.name("sanitized"), old[0]}
    world.environment |= {"KEEP_COUNT": "1", "KEEP_AGE_SECONDS": "86400"}
    world.perform("Retire")
    assert set(world.rds.snapshots) == {announced[0], world.name("sanitized")}


def test_an_older_one_that_is_released_late_is_not_the_latest() -> None:
    """`latest` never goes back in time."""
    world = held()
    newer = {"snapshot": "newer", "run_id": f"{NOW + timedelta(days=1):%Y%m%d%H%M}-abcd"}
    world.s3.put_json("announced/orders/latest.json", newer)
    answer(world)
    assert stored(world, "announced/orders/latest") == newer
    assert stored(world, f"announced/orders/{world.run_id}")["snapshot"] == world.name("sanitized")


def test_the_newest_is_meant_where_no_run_is_named() -> None:
    """Of several that wait."""
    world = held()
    waiting(world, 3)
    assert answer(world)["run_id"] == world.run_id


@pytest.mark.parametrize("step", ["Hold", "Release", "Deny"])
def test_each_step_makes_only_calls_that_it_declares(step: str) -> None:
    """As in any other run."""
    world = World(environment={**ENVIRONMENT, "HOLD": "true"}).run_until("Hold", HOLDING)
    if step != "Hold":
        world.perform("Hold")
    world.journal.clear()
    world.perform(step, **({} if step == "Hold" else {"run_id": None}))
    allowed = {action for may in flow.step(step).action.permissions(HOLDING) for action in may.actions}
    assert {iam_action(service, call) for service, call in world.journal} <= allowed


def test_a_run_without_a_hold_has_no_permission_to_release() -> None:
    """Nor to touch holds at all."""
    sharer = flow.permissions("sharer", Features(new_snapshot=True, reencrypt=True, share=True))
    assert not [each for may in sharer for each in may.resources if "/held/" in each or "/denied/" in each]
    by_holder = flow.permissions("sharer", HOLDING)
    assert [each for may in by_holder for each in may.resources if "/held/" in each]
