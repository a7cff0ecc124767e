"""Sentences that somebody could have written."""

from dataclasses import dataclass
from typing import Final

from dealradar.seeds.dice import Dice
from dealradar.seeds.words import opinions, talk

TITLED_SHARE: Final = 0.7
MAX_POINTS: Final = 8


@dataclass(frozen=True)
class Subject:
    """What is talked about."""

    brand: str
    merchant: str
    aspects: tuple[str, ...]


def say(dice: Dice, template: str, subject: Subject) -> str:
    """Return *template* with its slots filled, as the beginning of a sentence or a whole one."""
    first = int(dice.random() * len(subject.aspects))
    text = template.format(
        brand=subject.brand,
        merchant=subject.merchant,
        aspect=subject.aspects[first],
        aspect2=subject.aspects[first - 1],
        span=dice.pick(opinions.SPANS),
        often=dice.pick(opinions.OFTEN),
        who=dice.pick(opinions.PEOPLE),
    )
    return text[0].upper() + text[1:]


def review_title(dice: Dice, rating: int, subject: Subject) -> str | None:
    """Return what somebody who gives that many stars puts above it; often nothing."""
    if not dice.chance(TITLED_SHARE):
        return None
    return say(dice, dice.pick(opinions.MOODS[rating].titles), subject)


def review_body(dice: Dice, rating: int, subject: Subject) -> str:
    """Return what somebody who gives that many stars says: one sentence, or up to a page."""
    mood = opinions.MOODS[rating]
    points = dice.sample(mood.points, 1 + dice.tail(0.7, at_most=MAX_POINTS - 1))
    templates = [dice.pick(mood.openings), *points] if dice.chance(0.8) else points
    if dice.chance(0.5):
        templates.append(dice.pick(mood.closings))
    sentences = [say(dice, template, subject) for template in templates]
    return "".join(sentence + (" " if dice.chance(0.85) else "\n\n") for sentence in sentences).rstrip()


def comment(dice: Dice, subject: Subject, *, is_reply: bool) -> str:
    """Return what somebody says about a review, or answers."""
    bank = talk.REPLIES if is_reply else talk.REMARKS
    text = say(dice, dice.pick(bank), subject)
    return f"{text} {say(dice, dice.pick(bank), subject)}" if dice.chance(0.3) else text
