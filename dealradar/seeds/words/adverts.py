"""How deals are advertised: for brands that nobody owns, in shops that do not exist."""

from typing import Final

from dealradar.seeds.words import listed

BRANDS: Final = listed(
    "Aldora Brevik Castell Dunmoor Elvanto Fjordal Garrick Halden Ivarson Jorvik Kestrelle Lumara Marden Nordvale Olano"
    " Pellworth Quillon Ravello Sundby Tavener Umbria Velmora Westrow Yarrow Zephra"
)
QUALITIES: Final = ("", "", "Compact ", "Classic ", "Pro ", "Lite ", "Mark II ", "Plus ", "Eco ")
UNPRICED_TITLES: Final = (
    "{brand} {quality}{good}, {detail}",
    "{brand} {quality}{good} ({detail})",
    "{quality}{good} by {brand}: {detail}",
    "{brand} {quality}{good}, {detail}, at {merchant}",
)
TITLES: Final = (
    *UNPRICED_TITLES,
    "{percent} % off: {brand} {quality}{good}, {detail}",
    "{brand} {quality}{good}, {detail}, {percent} % off at {merchant}",
)
DESCRIPTIONS: Final = (
    "Lowest price that I have seen since spring.",
    "{merchant} takes it back within 30 days, no questions asked.",
    "Delivery is free from the second item on, or to a shop near you.",
    "The next best offer is {other} dearer.",
    "The price shows up in the basket, not before.",
    "New customers get another few per cent with the newsletter.",
    "Sold and sent by {merchant} itself, not by a third party.",
    "Only the darker colour is at this price.",
    "Tests praise the {aspect} and grumble about the {fault}.",
    "The successor is out, hence the price; I doubt that you would notice a difference.",
    "It was cheaper once, for an hour, last winter.",
    "Stock seems low: it said twelve left when I ordered mine.",
    "Ordered on Monday, arrived on Wednesday.",
    "Two year guarantee, three if you register.",
)
COUPONS: Final = ("SAVE", "RADAR", "WELCOME", "SPRING", "AUTUMN", "THANKS", "EXTRA", "BASKET")

SHOP_NAMES: Final = listed("Harbour Maple Copper Linden Juniper Granite Willow Ember Saffron Meadow Cobalt Heron")
SHOP_KINDS: Final = (
    "Market",
    "Outlet",
    "Supply",
    "Direct",
    "Warehouse",
    "& Daughters",
    "Trading",
    "Depot",
    "Corner",
    "Online",
)
