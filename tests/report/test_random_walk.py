"""Reports led about at random by everybody who might touch them, against a model written by hand from docs/rules.md."""

import random
from dataclasses import dataclass, field

import pytest

from tests.report.conftest import Way, due_day
from tests.short import count
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.ops import verify

RUNS = count(3, 150, 2000)
STEPS = 50
TOWNSHIP, COUNTY = ("township_a", "township_a_two"), ("county", "county_two")
#: Who speaks for the bodies that a report is given to; "housing" and so on are their short names.
SPEAKS = {"housing": "liaison", "ecology": "liaison_other", "station_a": "station_a", "committee_a1": "committee_a1"}
#: They do other things, or the same things elsewhere.
OUTSIDE = ("officer_a2", "officer_b1", "township_b", "leader", "inspector", "admin", "auditor")
EVERYBODY = ("officer_a1", *TOWNSHIP, *COUNTY, *SPEAKS.values(), *OUTSIDE)

#: By state and action: by whom (an office, the officer, or "lead": who speaks for the body that has it), and where to.
RULES = {
    ("township", "assign"): ("township", "station"),
    ("township", "raise"): ("township", "county"),
    ("township", "give_back"): ("township", "returned"),
    ("township", "handle"): ("township", "township_done"),
    ("township", "dismiss"): ("township", "void"),
    ("returned", "supplement"): ("officer", "township"),
    ("returned", "cannot_add"): ("officer", "township"),
    ("station", "handle"): ("lead", "station_done"),
    ("station_done", "confirm"): ("township", "closed"),
    ("station_done", "redo"): ("township", "station"),
    ("township_done", "confirm"): ("county", "closed"),
    ("township_done", "redo"): ("county", "township"),
    ("county", "dispatch"): ("county", "department"),
    ("county", "give_back"): ("county", "township"),
    ("county", "dismiss"): ("county", "void"),
    ("department", "receive"): ("lead", "handling"),
    ("department", "bounce"): ("lead", "county"),
    ("handling", "handle"): ("lead", "department_done"),
    ("department_done", "confirm"): ("township", "closed"),
    ("department_done", "redo"): ("township", "handling"),
    ("closed", "reopen"): ("county", "county"),
    ("void", "reopen"): ("county", "county"),
}
ACTIONS = sorted({action for _, action in RULES} | {"undo", "take_back", "unsettle", "submit"})
#: What can be taken back at once by who did it.
TAKEN_BACK = {("department", "receive"), ("township_done", "confirm")}
#: What a township looks at again goes to the county too when everybody there has handled it himself.
PASSED_UP = {("station_done", "township"), ("department_done", "township")}
OFFICES = {"township": TOWNSHIP, "county": COUNTY, "officer": ("officer_a1",)}


@dataclass
class Model:
    """What a report is, as the rules on paper have it."""

    state: str = "township"
    lead: str = ""
    handled: set[str] = field(default_factory=set)
    last: tuple[str, str, str] = ("", "", "")  # who made the last move, from where, and what it was

    def allows(self, login: str, action: str) -> str | None:
        """Where somebody's act would lead; None when he may not."""
        if action == "undo":
            who, source, last = self.last
            return source if login == who and (source, last) in TAKEN_BACK else None
        by, target = RULES.get((self.state, action), ("", None))
        may = (SPEAKS.get(self.lead, ""),) if by == "lead" else OFFICES.get(by, ())
        if (self.state, by) in PASSED_UP and self.handled.issuperset(may):
            may += COUNTY
        if login not in may or (action == "confirm" and login in self.handled):
            return None
        return target

    def made(self, login: str, action: str, target: str, body: str) -> None:
        """It was done."""
        self.last = (login, self.state, action) if action != "undo" else ("", "", "")
        self.state = target
        if action == "handle":
            self.handled.add(login)
        if action in ("assign", "dispatch"):
            self.lead = body


def given(way: Way, action: str, body: str) -> dict:
    """All that a form could ask for, rightly filled in."""
    said = {"reason": "x", "missing": ["facts"], "result": "true", "done": "x", "note": "x", "added": "x"}
    said |= {"body": way.world.bodies[body], "due": due_day(), "duty_or_none": "none"}
    return said | ({"ground": "minutes", "ground_text": "x"} if action == "dispatch" else {})


def act(way: Way, login: str, action: str, seen: str, body: str) -> str | None:
    """Do it through the service; the state it led to, or None when it was refused."""
    try:
        return way.move(login, action, seen=seen, **given(way, action, body))
    except (Refused, NotFound, Conflict):
        return None


def choose(chance: random.Random, model: Model) -> tuple[str, str, str, str]:
    """Somebody, an action, the state his page showed, a body: half of them what the model allows, half anything."""
    body = chance.choice(["housing", "ecology"] if model.state == "county" else ["station_a", "committee_a1"])
    possible = [(login, action) for login in EVERYBODY for action in ACTIONS if model.allows(login, action) is not None]
    if possible and chance.random() < 0.5:
        return *chance.choice(possible), model.state, body
    seen = model.state if chance.random() < 0.8 else chance.choice(sorted({state for state, _ in RULES}))
    return chance.choice(EVERYBODY), chance.choice(ACTIONS), seen, body


def walk(way: Way, chance: random.Random) -> int:
    """Fifty acts on one report; how many were done."""
    model, done = Model(), 0
    for _ in range(STEPS):
        login, action, seen, body = choose(chance, model)
        target = model.allows(login, action) if seen == model.state else None
        if (action, body) == ("assign", "committee_a1"):
            target = None  # smoke may need enforcement, on which no village committee decides
        came = act(way, login, action, seen, body)
        assert came == target, (model, login, action, seen, body, came, target)
        if target is not None:
            model.made(login, action, target, body)
            done += 1
        assert way.state() == model.state
    return done


def test_every_act_is_done_or_refused_as_the_rules_on_paper_say(world):
    chance = random.Random(20260101)
    done = [walk(Way(world), chance) for _ in range(RUNS)]
    assert sum(done) > RUNS * STEPS * 0.4
    assert verify.verify_reports(world.store) == []


@pytest.mark.parametrize("rule", [("county", "dispatch"), ("department_done", "confirm"), ("closed", "reopen")])
def test_a_rule_that_the_program_does_not_have_is_found(world, monkeypatch, rule):
    monkeypatch.setitem(RULES, rule, ("officer", RULES[rule][1]))
    with pytest.raises(AssertionError):
        for seed in range(40):
            walk(Way(world), random.Random(seed))
