"""`python -m rehearsal`: one whole run on this machine, shown live. No AWS account, no Docker, nothing left behind but what is asked for."""

import json
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from rehearsal import outcome, telling
from rehearsal.course import Course
from rehearsal.drafting import NotDrafted
from rehearsal.failing import FAILURES, watch
from rehearsal.keeping import keep
from rehearsal.loading import NotLoaded
from rehearsal.options import Mistaken, Options, checked, parse
from rehearsal.own_data import OwnData
from rehearsal.stage import RUN_TIMEOUT_SECONDS, Stage
from rehearsal.view import View

OWN_DATA_SECONDS = 24 * 3600  # as long as the state machine leaves the sanitizer
FAILED, USAGE, NOT_LOADED, NOT_DRAFTED, INTERRUPTED = 1, 2, 3, 4, 130
STOPPED: dict[type[Exception], tuple[int, str]] = {
    Mistaken: (USAGE, "refused"), NotLoaded: (NOT_LOADED, "not loaded"), NotDrafted: (NOT_DRAFTED, "not drafted"),
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    given = parse(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what is in the background with it ignored
    view = View(plain=given.plain, stderr=given.json)
    told: dict[str, Any] = {"schema": 1}
    try:
        with ExitStack() as closing:
            closing.callback(view.close)
            code = Rehearsal(view, checked(given), told).perform(closing)
    except tuple(STOPPED) as stopped:
        view.close()
        code, told["status"] = STOPPED[type(stopped)]
        told["error"] = str(stopped)
        view.title(f"Nothing was rehearsed: {told['status']}")
        for line in str(stopped).splitlines():
            view.line(line)
    except KeyboardInterrupt:
        view.close()
        view.line("interrupted: servers stopped, folders removed")
        code, told["status"] = INTERRUPTED, "interrupted"
    if given.json:
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    return code


class Rehearsal:
    """One rehearsal; `told` becomes its JSON document."""

    def __init__(self, view: View, options: Options, told: dict[str, Any]) -> None:
        self.view, self.options, self.told = view, options, told
        self.own = (
            OwnData(options.dump, options.masking, options.sql, options.without, options.rows) if options.dump else None
        )
        self.stage = Stage(engine=options.engine, contents=self.own)
        self.course = Course(view.state_entered, view.state_waits, view.state_left)

    def perform(self, closing: ExitStack) -> int:
        """The exit code. Raises: NotLoaded, NotDrafted."""
        stage, view = self.stage, self.view
        self._set_up(closing)
        before = outcome.look_at_source(stage)
        view.line(
            f"{stage.production.identifier} holds {before.rows:,} rows ({telling.size(stage.production.size_bytes())});"
            f" {stage.provider.made} resources were deployed beside it"
        )
        view.title("The run (virtual time: nothing really waits)")
        view.states_heading()
        stage.account.on_event(self.course.listen)
        if self.options.fail:
            watch(stage, self.options.fail)
        patience_seconds = RUN_TIMEOUT_SECONDS if self.own is None else OWN_DATA_SECONDS
        ended = stage.account.wait(stage.start_run(), patience_seconds)
        self.told |= {"status": ended["status"].lower(), "error": ended.get("error")}
        self.told["states"] = [state.told() for state in self.course.states]
        self.told["rows"] = {}
        if ended["status"] != "SUCCEEDED":
            ending = self.course.ending(ended)
            self.told |= telling.show_failure(view, stage, before, ending, self.options.fail)
            return FAILED
        found = outcome.look_at_result(stage)
        self.told |= telling.show_result(view, stage, before, found)
        self._keep(found)
        self._say_what_is_next()
        return 0

    def _set_up(self, closing: ExitStack) -> None:
        stage, view = self.stage, self.view
        view.title("Sanitized snapshots: a rehearsal")
        if self.options.fail:
            view.line(f"{self.options.fail} will fail: {FAILURES[self.options.fail].words}")
        with view.doing("an emulated AWS account, eu-west-1"):
            stage.start(closing)
        with view.doing(stage.contents.title):
            stage.fill()
        own = self.own
        for line in telling.loaded(own) if own else ():
            view.line(line)
        if own and not (own.masking or own.sql):
            with view.doing("masking rules, drafted from what was loaded"):
                stage.write_rules()
        self.told["rules"] = str(own.masking) if own and own.masking else None
        with view.doing("the stack `local`, deployed by the Pulumi program itself"):
            stage.deploy()

    def _keep(self, found: outcome.Result) -> None:
        if self.options.keep:
            keep(self.stage, found, telling.rules_of(self.stage), self.options.keep)
            self.view.line(f"kept: {self.options.keep}, whose README.md says how to start a server on it")
            self.told["kept"] = str(self.options.keep)

    def _say_what_is_next(self) -> None:
        own = self.own
        if own and own.drafted:
            self.view.title("What is next")
            self.view.line(f"review {own.masking}: it was drafted, and nobody has looked at it yet")
            if own.earlier:
                self.view.line(f"an earlier draft was left as it is: {own.earlier}")
            self.view.line(f"then rehearse with it: python -m rehearsal --dump {own.dump.file} --masking {own.masking}")


if __name__ == "__main__":
    sys.exit(main())
