"""What there is to buy: the shelves of the categories."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Shelf:
    """One innermost category: what lies there (``name: detail / detail``), what is said of it, and what it costs."""

    path: tuple[str, ...]
    goods: tuple[str, ...]
    aspects: tuple[str, ...]
    cents: tuple[int, int]


SHELVES: Final = (
    Shelf(
        ("Electronics", "Audio", "Headphones"),
        (
            "wireless earbuds: 40 h with case / noise cancelling / two pairs",
            "over-ear headphones: noise cancelling / 60 h battery / refurbished",
            "studio headphones: closed back / 80 ohm / with spare pads",
            "sports earbuds: waterproof / with ear hooks",
            "sleep earbuds: with white noise / extra flat",
        ),
        ("sound", "fit", "noise cancelling", "microphone", "bass", "case", "comfort"),
        (1_900, 38_000),
    ),
    Shelf(
        ("Electronics", "Audio", "Speakers"),
        (
            "bookshelf speakers: pair, walnut / active, 2 x 50 W",
            "portable speaker: waterproof / 20 W / two for stereo",
            "soundbar: with subwoofer / HDMI / 90 cm",
            "kitchen radio: FM and DAB / under cabinet",
        ),
        ("sound", "bass", "volume", "build", "set-up", "voice clarity"),
        (2_900, 64_000),
    ),
    Shelf(
        ("Electronics", "Computers", "Laptops"),
        (
            "14-inch laptop: 16 GB, 512 GB / 32 GB, 1 TB / last year's model",
            "16-inch laptop: 32 GB, 1 TB / without system / matt screen",
            "convertible laptop: 16 GB, with pen / 8 GB, 256 GB",
            "student laptop: 8 GB, 256 GB / refurbished",
        ),
        ("keyboard", "screen", "battery life", "fan", "trackpad", "case", "speed"),
        (29_900, 219_000),
    ),
    Shelf(
        ("Electronics", "Computers", "Monitors"),
        (
            "27-inch monitor: 1440p, 165 Hz / 4K / USB-C, 90 W",
            "32-inch monitor: 4K / curved / with arm",
            "ultrawide monitor: 34 inches / 144 Hz",
            "portable monitor: 15 inches, USB-C / with cover",
        ),
        ("picture", "contrast", "stand", "viewing angle", "brightness", "on-screen menu"),
        (9_900, 89_000),
    ),
    Shelf(
        ("Electronics", "Computers", "Storage"),
        (
            "solid-state drive: 1 TB / 2 TB / 4 TB, with heat sink",
            "external drive: 4 TB / 1 TB, shockproof",
            "memory card: 256 GB / 512 GB, with adapter",
            "network storage: two bays / four bays, without drives",
        ),
        ("speed", "case", "heat", "noise", "price per terabyte"),
        (1_200, 42_000),
    ),
    Shelf(
        ("Electronics", "Smart home"),
        (
            "smart plug: pack of 4 / with meter",
            "thermostat: starter set / works offline",
            "doorbell camera: battery powered / with chime",
            "light strip: 5 m / for outside",
            "motion sensor: pack of 3 / with hub",
        ),
        ("app", "set-up", "range", "response time", "build"),
        (900, 24_000),
    ),
    Shelf(
        ("Home & Kitchen", "Coffee"),
        (
            "espresso machine: 15 bar / with grinder / double boiler",
            "coffee grinder: 40 settings / by hand",
            "moka pot: 6 cups / for induction",
            "drip coffee maker: 1.2 l / thermos jug",
            "milk frother: hot and cold / stainless steel",
        ),
        ("taste", "noise", "cleaning", "finish", "handling", "heat"),
        (1_800, 69_000),
    ),
    Shelf(
        ("Home & Kitchen", "Cookware"),
        (
            "cast-iron pan: 28 cm / 24 cm, with lid",
            "stockpot: 5 l / 10 l, glass lid",
            "knife set: 6 pieces / with block",
            "wok: 32 cm / for induction",
            "baking tray: set of 3 / extendable",
        ),
        ("handle", "surface", "weight", "finish", "cleaning"),
        (1_100, 28_000),
    ),
    Shelf(
        ("Home & Kitchen", "Cleaning"),
        (
            "robot vacuum: with station / for pet hair",
            "cordless vacuum: 60 min / two batteries",
            "steam mop: with 3 cloths / 1,500 W",
            "window cleaner: with spray bottle",
            "air purifier: HEPA filter / for 40 m²",
        ),
        ("result", "noise", "handling", "filter", "cleaning", "build"),
        (3_900, 79_000),
    ),
    Shelf(
        ("Home & Kitchen", "Bedding"),
        (
            "duvet: 140 x 200 / all seasons / down",
            "memory foam pillow: set of 2 / two heights",
            "mattress topper: 90 x 200 / 7 cm",
            "linen sheets: king size / undyed",
            "wool blanket: 150 x 200 / machine washable",
        ),
        ("feel", "warmth", "stitching", "smell", "fabric"),
        (1_900, 34_000),
    ),
    Shelf(
        ("Fashion", "Shoes"),
        (
            "running shoes: men / women / wide fit",
            "leather boots: waterproof / last sizes",
            "canvas sneakers: low / high / organic cotton",
            "hiking boots: women / men, waterproof",
            "sandals: cork / with three straps",
        ),
        ("fit", "sole", "comfort", "leather", "grip", "colour"),
        (2_400, 21_000),
    ),
    Shelf(
        ("Fashion", "Jackets"),
        (
            "rain jacket: with hood / packable",
            "down jacket: women / men / 800 fill",
            "denim jacket: two colours / lined",
            "fleece jacket: recycled / with chest pocket",
            "wool coat: long / last season",
        ),
        ("cut", "zip", "lining", "warmth", "pocket", "colour"),
        (2_900, 32_000),
    ),
    Shelf(
        ("Fashion", "Bags"),
        (
            "backpack: 25 l / 40 l / laptop sleeve",
            "weekender: recycled canvas / with shoe compartment",
            "messenger bag: waxed / 13 inches",
            "cabin suitcase: four wheels / with front pocket",
            "belt bag: 2 l / waterproof",
        ),
        ("zip", "strap", "space", "stitching", "fabric", "smell"),
        (1_900, 26_000),
    ),
    Shelf(
        ("Outdoors", "Camping"),
        (
            "two-person tent: 2.1 kg / 3 seasons",
            "sleeping bag: down, 0 °C / summer",
            "camping stove: with piezo / set with pots",
            "head torch: 400 lumen / rechargeable",
            "sleeping mat: R-value 4 / with pump sack",
        ),
        ("weight", "handling", "packed size", "build", "fabric"),
        (1_400, 41_000),
    ),
    Shelf(
        ("Outdoors", "Cycling"),
        (
            "bike light set: USB-C / 80 lux",
            "floor pump: 11 bar / with gauge",
            "gravel tyres: 700 x 40, pair / tubeless",
            "helmet: size M / with visor",
            "pannier bags: pair, 40 l / roll top",
        ),
        ("fit", "mount", "weight", "grip", "build"),
        (1_200, 19_000),
    ),
    Shelf(
        ("Toys & Games", "Board games"),
        (
            "strategy game: 2 to 4 players / second edition / with expansion",
            "family game: from 6 years / 45 min",
            "card game: 110 cards / travel edition",
            "co-operative game: 1 to 5 players / with 12 scenarios",
            "puzzle: 1,000 pieces / 2,000 pieces, wood",
        ),
        ("rule book", "artwork", "difficulty", "box insert", "material"),
        (900, 9_900),
    ),
    Shelf(
        ("Toys & Games", "Building sets"),
        (
            "crane set: 820 pieces / with motor",
            "space station set: 1,200 pieces",
            "marble run: wood / starter box",
            "train set: with battery engine / 60 pieces",
            "robot kit: from 8 years / programmable",
        ),
        ("manual", "fit of the parts", "stability", "box", "size"),
        (1_900, 29_000),
    ),
    Shelf(
        ("Garden & Tools", "Power tools"),
        (
            "cordless drill: 18 V, two batteries / bare tool",
            "jigsaw: with 10 blades / 750 W",
            "sander: random orbit / with dust box",
            "circular saw: 190 mm / with rail",
            "tool set: 142 pieces / in a case",
        ),
        ("power", "handling", "case", "noise", "weight", "precision"),
        (2_900, 33_000),
    ),
    Shelf(
        ("Garden & Tools", "Garden"),
        (
            "raised bed: larch / galvanised",
            "garden hose: 30 m, with reel / flexible",
            "hedge trimmer: 60 cm / telescopic",
            "kettle grill: 57 cm / with lid thermometer",
            "folding chair: set of 2 / with cushion",
        ),
        ("assembly", "material", "finish", "stability", "weight"),
        (1_900, 37_000),
    ),
    Shelf(
        ("Groceries", "Coffee & tea"),
        (
            "espresso beans: 1 kg / 3 x 1 kg / decaf",
            "filter coffee beans: 500 g / organic",
            "green tea: 250 g, loose / 100 bags",
            "rooibos tea: 1 kg / with vanilla",
        ),
        ("aroma", "taste", "freshness", "bag", "colour"),
        (800, 6_900),
    ),
    Shelf(
        ("Groceries", "Household"),
        (
            "dishwasher tablets: 100 pieces / without phosphate",
            "laundry detergent: 5 l / fragrance free",
            "kitchen roll: 24 rolls / recycled",
            "battery pack: AA, 40 pieces / rechargeable, 8 pieces",
            "bin bags: 35 l, 200 pieces / compostable",
        ),
        ("smell", "result", "packaging", "yield", "quality"),
        (600, 4_900),
    ),
    Shelf(
        ("Health & Beauty",),
        (
            "electric toothbrush: two heads / with travel case",
            "shaver: wet and dry / with station",
            "hair dryer: 2,000 W / folding",
            "massage gun: six heads / extra quiet",
            "bathroom scale: up to 180 kg / with app",
        ),
        ("noise", "handling", "build", "cleaning", "result", "size"),
        (1_500, 27_000),
    ),
)
