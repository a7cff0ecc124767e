"""The people of a made-up community."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dealradar.domain.reports import TargetType
from dealradar.domain.users import Role, Standing
from dealradar.seeds import cases
from dealradar.seeds.cases import Case, Target
from dealradar.seeds.dice import Dice
from dealradar.seeds.ids import Ids
from dealradar.seeds.rows import LogRow, NotificationRow, ReportRow, UserRow
from dealradar.seeds.timeline import Timeline
from dealradar.seeds.words import names

REPORTED_SHARE: Final = 0.02


@dataclass(frozen=True)
class Member:
    """Who somebody is."""

    username: str
    display_name: str
    role: Role


LOG_INS: Final = (
    Member("member", "Demo Member", Role.MEMBER),
    Member("moderator", "Demo Moderator", Role.MODERATOR),
    Member("admin", "Demo Admin", Role.ADMIN),
)
"""The first people there are: their ids are 1, 2 and 3."""


def rows(timeline: Timeline, password_hashes: Mapping[str, str]) -> Iterator[UserRow]:
    """Yield everybody; only those whom *password_hashes* names can log in."""
    for person in range(1, timeline.scale.people + 1):
        member = _member(person, timeline)
        case = _case(person, timeline)
        joined_at = timeline.moment(timeline.joined_s(person))
        yield UserRow(
            id=person,
            username=member.username,
            email=f"{member.username}@people.example",
            password_hash=password_hashes.get(member.username),
            display_name=member.display_name,
            role=member.role,
            standing=case.status_of_target(Standing.GOOD) if case else Standing.GOOD,
            created_at=joined_at,
            updated_at=joined_at,
        )


def reports(timeline: Timeline, ids: Ids) -> Iterator[ReportRow | LogRow | NotificationRow]:
    """Yield what was reported of people, whom there must be by then."""
    for person in range(1, timeline.scale.people + 1):
        if case := _case(person, timeline):
            yield from cases.rows(case, ids, timeline)


def display_name(person: int) -> str:
    """Return what the person of that id is called."""
    return LOG_INS[person - 1].display_name if person <= len(LOG_INS) else " ".join(_name(Dice(f"person {person}")))


def _name(dice: Dice) -> tuple[str, str]:
    return dice.pick(names.FIRST), dice.pick(names.LAST)


def _member(person: int, timeline: Timeline) -> Member:
    if person <= len(LOG_INS):
        return LOG_INS[person - 1]
    dice = Dice(f"person {person}")
    first, last = _name(dice)
    username = dice.pick(names.PATTERNS).format(first=first.lower(), last=last.lower(), number=person)
    role = Role.MODERATOR if person in cases.moderators(timeline.scale.people) else Role.MEMBER
    return Member(username, f"{first} {last}", role)


def _case(person: int, timeline: Timeline) -> Case | None:
    dice = Dice(f"conduct {person}")
    if person in cases.moderators(timeline.scale.people) or person <= len(LOG_INS) or not dice.chance(REPORTED_SHARE):
        return None
    since_s = timeline.joined_s(person)
    return cases.about(Target(TargetType.USER, person, person, since_s, display_name(person)), dice, timeline)
