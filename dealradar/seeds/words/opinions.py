"""What reviewers say: a bank of sentences for each mood, with slots for what it is about."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Mood:
    """How somebody who gave so many stars talks."""

    titles: tuple[str, ...]
    openings: tuple[str, ...]
    points: tuple[str, ...]
    closings: tuple[str, ...]


HAPPY: Final = Mood(
    titles=(
        "Worth every cent",
        "Would buy again",
        "Better than expected",
        "Exactly what I wanted",
        "The {aspect} alone is worth it",
        "Great at this price",
        "My third {brand}, and the best",
        "No complaints",
        "Finally one that lasts",
        "Surprisingly good {aspect}",
        "Happy after {span}",
        "A small joy every day",
    ),
    openings=(
        "I have had this for {span} now and am still glad that I bought it.",
        "Bought on a whim when the price fell, and kept for good reasons.",
        "I came from a much dearer one and miss nothing.",
        "{who} told me to get {brand} this time, rightly so.",
        "I read reviews for two weeks before I ordered, and the good ones were right.",
        "Arrived a day early, well packed.",
        "It replaces one that I had for nine years.",
        "This is for {who}, who uses it far more than I thought.",
    ),
    points=(
        "The {aspect} is better than anything that I have had at twice the price.",
        "I was worried about the {aspect}, for no reason as it turned out.",
        "The {aspect} is simply right.",
        "After {span} of daily use there is not a scratch on it.",
        "Even {who} noticed the {aspect}.",
        "You can tell that somebody thought about the {aspect}.",
        "It does one thing and does it well.",
        "{merchant} had it here in two days.",
        "I use it {often}, and it has never let me down.",
        "The {aspect} took some getting used to, and now I would not want another.",
        "It looks dearer than it was.",
        "Set up in five minutes, manual left in the box.",
        "Compared with the one at {who}'s place, the {aspect} is in another league.",
        "If you care for the {aspect}, stop looking.",
    ),
    closings=(
        "Recommended without reservation.",
        "At this price I would take two.",
        "I have ordered a second one for {who}.",
        "Five minutes after unpacking I knew that it stays.",
        "Buy it while the offer lasts.",
        "If it breaks tomorrow, it was still money well spent.",
        "Thanks to whoever posted this deal!",
    ),
)
TORN: Final = Mood(
    titles=(
        "Good, with a catch",
        "Fine for the price",
        "Mixed feelings",
        "Mind the {aspect}",
        "Almost great",
        "Does the job",
        "Not bad, not more",
        "Three stars, and here is why",
        "Nice, but the {aspect}…",
        "You get what you pay for",
    ),
    openings=(
        "I wanted to like this more than I do.",
        "After {span} I can say: it is all right.",
        "Half of the reviews say great, half say awful; both have a point.",
        "For the money there is little to complain about, so I will be fair.",
        "It does what it should, most of the time.",
        "First impression good, second one less so.",
    ),
    points=(
        "The {aspect} is fine, the {aspect2} is not.",
        "The {aspect} could be better, but I can live with it.",
        "I use it {often}; for more than that I would look elsewhere.",
        "The {aspect} is good, though not as good as the pictures promise.",
        "{who} likes it, I find the {aspect} annoying.",
        "It took me three tries to get the {aspect} right.",
        "The {aspect} was better on my old one, and that was cheaper.",
        "Nothing is broken after {span}, which is something.",
        "The box was dented, the contents were not.",
        "The instructions are a drawing of a happy man. That is all.",
    ),
    closings=(
        "At the full price I would send it back, at this one it stays.",
        "Decide for yourself how much the {aspect} matters to you.",
        "Wait for the next offer if you are in no hurry.",
        "It will do until I find better.",
        "Three and a half stars, if that were possible.",
    ),
)
CROSS: Final = Mood(
    titles=(
        "Sent it back",
        "Save your money",
        "Broke after {span}",
        "The {aspect} is a joke",
        "Disappointed",
        "Never again {brand}",
        "Looks good, works badly",
        "Not as described",
    ),
    openings=(
        "I rarely write reviews, but this one has to be.",
        "It lasted {span}.",
        "I do not understand the good reviews.",
        "Mine arrived used: fingerprints, and the seal was open.",
        "On paper it has everything.",
        "I gave it a fair chance for {span}.",
    ),
    points=(
        "The {aspect} is poor even for the price.",
        "The {aspect} gave up first, the {aspect2} soon after.",
        "{merchant} answered after eleven days, with a form letter.",
        "It smells of glue, and not only on the first day.",
        "The pictures show something else than what is in the box.",
        "I have had cheaper ones with a better {aspect}.",
        "The {aspect} works if you hold it just so.",
        "{who} asked whether it was a toy.",
        "Nobody can have tested the {aspect} for more than a minute.",
        "A part was missing, and the spare costs half of the price.",
    ),
    closings=(
        "It went back, and the refund at least was quick.",
        "One star because none is not possible.",
        "Spend a little more, or keep what you have.",
        "I would not take it as a present.",
        "Lesson learned.",
    ),
)
MOODS: Final = {1: CROSS, 2: CROSS, 3: TORN, 4: HAPPY, 5: HAPPY}

SPANS: Final = ("two days", "a week", "three weeks", "a month", "two months", "half a year", "a winter", "one move")
OFTEN: Final = ("every day", "twice a week", "on most weekends", "on the way to work", "far too often", "now and then")
PEOPLE: Final = (
    *("my sister", "my father", "my flatmate", "a colleague", "my neighbour", "my partner", "our daughter"),
    *("my mother-in-law", "a friend", "the man at the repair café", "my boss"),
)
