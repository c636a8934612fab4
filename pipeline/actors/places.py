"""A name that stands for no actor: only where something happened, or somebody or something of the same name."""

from __future__ import annotations

import re

_IN = re.compile(
    r"\b(?:in|at|near|outside|around|via|through|across|inside|beyond|above|below|over|off|beneath|towards?"
    r"|throughout|(?:north|south|east|west|northeast|northwest|southeast|southwest|edge|outskirts|suburbs?|streets"
    r"|airport|centre|center"
    r"|port|city|town|coast|shores?|rest|parts?|treaty|skies) of) (?:the )?(?:\w+(?:ern|al) )?$",
    re.IGNORECASE,
)
_MOVED = re.compile(
    r"\b(?:flew|flies|fly|flying|flown|fled|went|goes|came|come|comes|arriv\w+|return\w*|sail\w*|drove|drives|moves"
    r"|moved|road|trains?|bus|flights?|ferry|home|railway|highway|pipeline|miles|kilomet\w+|km|walk\w*|march\w*"
    r"|hours?|shipped|smuggled|way|route|trip|travel\w*|landed)(?: [\w'-]+){0,3} (?:from|to|into|for|between|towards?"
    r"|and) $",
    re.IGNORECASE,
)
_AT_SEAT = re.compile(
    r"\b(?:at|outside|inside|near|left|leaves?|leaving|enter\w*|in front of) (?:the )?$", re.IGNORECASE
)
_AIMED = re.compile(
    r"\b(?:fir(?:e|es|ed|ing)|sho(?:t|ts|ot|oting)|launch\w*|lobb\w*|hurl\w*|aim\w*|direct\w*|thr(?:ew|own)|level\w*"
    r"|target\w*|missiles?|rockets?|shells?|ang(?:er|ry)|fur(?:y|ious)|lash\w* out) (?:[\w-]+ ){0,4}at (?:the )?$"
)
_BETWEEN = re.compile(r"\b(?:between|from) $")
_RANGE_AFTER = re.compile(r" (?:and|to) the (?:coast|sea|border|port|capital|south|north|east|west|front)\b")
_ANY_PREPOSITION = re.compile(r"\b(?:to|from|of|for|between|towards?|down|up|left|leave|reach\w*) (?:the )?$")
_HAPPENED = re.compile(
    r"\b(?:floods?|mudslides?|storm|tornado|wildfires?|fires?|outbreak|epidemic|famine|eruption|avalanche|accident"
    r"|crash|blast|explosion|registered|insured|born|raised|flag|holiday|hospital|hotel|museum|mine|stadium|concert"
    r"|festival|nightclub|off the coasts?) (?:in|of|near|off|at) $",
    re.IGNORECASE,
)
_SUFFERED = re.compile(
    r"\b(?:earthquakes?|quakes?|tremors?|cyclone|typhoon|hurricane|measles|cholera|ebola|polio|malaria|temperatures?"
    r"|degrees|plunged|derailed|capsized|collided|ran aground|flights|volcano|volcanic|snow|rain|drought|monsoon"
    r"|landslides?|tsunami|sirens)\b[^.;]{0,50} (?:in|of|at|off|between|across|near|as far away as)"
    r" (?:(?:north|south|east|west|central)(?:ern)? )?(?:[A-Z]\w+(?:,| and) )*(?:the )?$",
    re.IGNORECASE,
)
_THING_AFTER = re.compile(
    r" (?:gates?|streets?|suburbs?|airport|stadium|hotel|hospital|zoo|metro|subway|marathon|university|accords?"
    r"|agreement|treaty|conventions?|protocol|declaration|summit|time|weather|nightclub|restaurant|cathedral|mosque"
    r"|church|theatre|theater|museum|gallery|cinema|apartment|flat|studio|suburb|slums?|walls?|lawn|gardens?|traffic"
    r"|taxis?|landlords?|pubs?|cafes?)\b"
)
_NAMED_FOR = re.compile(
    r" (?:Boulevard|Avenue|Street|Road|Square|Park|Bridge|Highway|Airport|Stadium|Library|Museum|Centre|Center|Hall"
    r"|Foundation|Institute|University|School|Hospital|Prize|Award|Medal|Memorial)\b"
)
_STATES = (
    r"(?:Ala(?:bama|\.)|Alaska|Ariz(?:ona|\.)|Ark(?:ansas|\.)|Calif(?:ornia|\.)|Colo(?:rado|\.)|Conn(?:ecticut|\.)"
    r"|Fla\.|Florida|Ga\.|Hawaii|Idaho|Ill(?:inois|\.)|Ind(?:iana|\.)|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland"
    r"|Mass(?:achusetts|\.)|Michigan|Minn(?:esota|\.)|Miss(?:issippi|\.|ouri)|Montana|Nebraska|Nevada|New "
    r"(?:Hampshire|Jersey|York|Mexico)|Ohio|Okla(?:homa|\.)|Oregon|Pennsylvania|Tenn(?:essee|\.)|Texas|Utah|Vermont"
    r"|Virginia|Wis(?:consin|\.)|Wyoming)"
)
_IN_AMERICA = re.compile(rf",? (?:a (?:[a-z]+ )?town in |in )?,? ?{_STATES}\b")
_GEORGIA_USA = re.compile(rf"\b(?:Atlanta|Savannah|Augusta|Carolina|{_STATES})\b")
_FIRST_NAME = re.compile(r"(?:^|[^.\w])([A-Z][a-z]+) $")
_NO_FIRST_NAME = frozenset(
    "The In At On But And For To From President Minister Prime King Queen Emir General Greater South North East West "
    "Republic Central Northern Southern Eastern Western Papua Equatorial New Red Free United Kingdom Saint Great "
    "Inner Outer Upper Lower Imperial Soviet Nationalist Communist Muslim Jewish Christian Young Old While When After "
    "Before As If That Both Neither Either With Without Since Against Monday Tuesday Wednesday Thursday Friday "
    "Saturday Sunday Mr "
    "Army".split()
)
_SURNAMES = frozenset(
    ["Jordan", "Holland", "Chad", "Israel", "Washington", "Georgia", "Ireland", "Paris", "Berlin", "London"]
)
_GIVEN_NAMES = frozenset(["Jordan", "Chad", "Israel", "Georgia", "Paris", "London"])
_SURNAME_NEXT = re.compile(r" (?:(?:le|la|de|van|von|da|di|al|el) )?[A-Z][\w'’]+\b")
_NAMED_AFTER = re.compile(
    r"\b(?:Hotel|Calle|Teatro|Plaza|Rue|Via|Avenida|Avenue|Villa|Palazzo|Place|Café|Club|Miss|Hôtel|Pension) $"
)
_RIVERS = frozenset(["Jordan", "Niger", "Senegal", "Congo"])
_RIVER_AFTER = re.compile(r" (?:[Rr]iver|[Dd]elta|basin|(?:over)?flow\w*|bursts?)\b")
_RIVER_AFTER_THE = re.compile(
    r" (?:has|had|is|was|rose|rises|broke|breaks|runs|ran|flows|flowed|dried|valley|near|at|north|south"
    r"|east|west|upstream|downstream)\b"
)
_PERSON_AFTER = re.compile(r" (?:scored|dunked|sings?|sang|starred)\b")
_LANGUAGE_BEFORE = re.compile(
    r"\b(?:speaks?|spoke|spoken|speaking|taught (?:himself|herself|themselves)|learn\w*|fluent|translated into"
    r"|written in|dubbed (?:in|into)|said in|wrote in|a little|read in)(?: [A-Z][a-z]+,?| and| a little| fluent)* $"
)
_LAKE = re.compile(r"\b(?:Lake|Mount|Cape|Gulf of|Strait of|Treaty of|Port of) $")
_NAMESAKE_ENDS = frozenset("lake mount cape of".split())
_LANGUAGE_ENDS = frozenset(
    "speaks speak spoke spoken speaking himself herself themselves in into little and fluent".split()
)
_TERRITORIES = frozenset(["name", "demonym", "region"])
_SEATS = frozenset(["capital", "place", "seat", "phrase"])
_ENDS = frozenset(
    "in at near outside around via through across inside beyond above below over off beneath toward towards "
    "throughout of the to into from for between and down up left leave leaves leaving as enter entered entering "
    "northern southern eastern western central".split()
)


def is_only_place(kind: str, before: str, after: str) -> bool:
    """Return whether a name says where and not who.

    Parameters
    ----------
    kind
        What kind of alias it is: "capital", "place", "name" …
    before, after
        The text around it.
    """
    word = _last_word(before)
    if kind in _TERRITORIES:
        return word in _ENDS and (_HAPPENED.search(before) or _SUFFERED.search(before)) is not None
    if kind not in _SEATS:
        return False
    if _THING_AFTER.match(after):
        return True
    if word not in _ENDS and not (word.startswith("reach") or word.endswith(("ern", "al"))):
        return False
    if word == "at" and _AIMED.search(before):
        return False
    moved = _MOVED.search(before) or (_BETWEEN.search(before) and _RANGE_AFTER.match(after))
    inside = _AT_SEAT.search(before) if kind == "seat" else _IN.search(before)
    return bool(moved or inside or (kind == "place" and _ANY_PREPOSITION.search(before)))


def is_namesake(kind: str, name: str, before: str, after: str, text: str) -> bool:
    """Return whether a name is that of a person, a language, a river, a club, a street, or a town elsewhere.

    Parameters
    ----------
    kind, name
        What kind of alias it is, and the alias.
    before, after, text
        The text around it, and the whole.
    """
    if kind == "person":
        return _NAMED_FOR.match(after) is not None
    word = _last_word(before).rstrip(",")
    if kind == "demonym":
        may_be_listed = word in _LANGUAGE_ENDS or before.endswith(", ")
        return may_be_listed and _LANGUAGE_BEFORE.search(before) is not None
    elsewhere = (after[:1] == "," and _IN_AMERICA.match(after)) or (word in _NAMESAKE_ENDS and _LAKE.search(before))
    if (
        elsewhere
        or (name == "Georgia" and _GEORGIA_USA.search(text))
        or (name in _RIVERS and (_RIVER_AFTER.match(after) or (word == "the" and _RIVER_AFTER_THE.match(after))))
        or _NAMED_AFTER.search(before)
    ):
        return True
    return name in _SURNAMES and _is_person(name, before, after)


def _is_person(name: str, before: str, after: str) -> bool:
    if _PERSON_AFTER.match(after) or (name in _GIVEN_NAMES and _SURNAME_NEXT.match(after)):
        return True
    first = _FIRST_NAME.search(before)
    return first is not None and first[1] not in _NO_FIRST_NAME


def _last_word(before: str) -> str:
    return before[:-1].rpartition(" ")[2].lower()
