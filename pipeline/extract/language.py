"""A text and perhaps a given code → the ISO 639-1 code of its language, or "und".

The detector knows only the languages of world news: each one more is one more to mistake a name for. Short and
doubtful texts are "und", for news in English is full of foreign names. Plain English is told by its small words, in a
fiftieth of the time.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

UNDETERMINED = "und"
_LANGUAGES = """ar az be bg bn ca cs da de el en es et fa fi fr gu ha he hi hr hu hy id it ja ka kk km ko ky lt lv mk ml
mn mr ms my ne nl no pa pl ps pt ro ru si sk sl so sq sr sv sw ta te th tl tr uk ur uz vi zh am""".split()
_LETTERS = 20
"""Least length of the letters in UTF-8 bytes; a Korean letter tells as much as three of ours."""
_CONFIDENCE = 0.6
"""Least probability. On 44,924 English news items of a sentence or two, 0.05 % are called another language."""
_CHARACTERS = 600  # more of a text hardly changes a verdict and costs time
_SMALL_WORDS = frozenset(
    """the and of to that with from which their they said would have has been were this these those are not it its
    what when where there about after before because between through against""".split()
)
"""Words that hold English together and, many side by side, no other language."""
_LEAST_WORDS = 20
_PLAIN = 0.15
"""Least share of small words. Of 44,924 English news items of a sentence or two 47 % are plain; the detector calls one
of those another language, for its Vietnamese names."""
_OTHER_CODES = dict(
    pair.split("=")
    for pair in """iw=he in=id nb=no nn=no nob=no nno=no fil=tl cmn=zh eng=en fra=fr fre=fr deu=de ger=de spa=es por=pt
    ita=it nld=nl dut=nl rus=ru ukr=uk bel=be ara=ar arb=ar fas=fa per=fa pes=fa prs=fa heb=he tur=tr aze=az zho=zh
    chi=zh jpn=ja kor=ko vie=vi tha=th ind=id msa=ms may=ms tgl=tl hin=hi urd=ur ben=bn pan=pa tam=ta tel=te mal=ml
    mar=mr guj=gu nep=ne sin=si mya=my bur=my khm=km hye=hy arm=hy kat=ka geo=ka kaz=kk kir=ky uzb=uz mon=mn swa=sw
    swh=sw amh=am som=so hau=ha pol=pl ces=cs cze=cs slk=sk slo=sk hun=hu ron=ro rum=ro bul=bg srp=sr hrv=hr slv=sl
    mkd=mk mac=mk sqi=sq alb=sq ell=el gre=el swe=sv nor=no dan=da fin=fi est=et lav=lv lit=lt cat=ca pus=ps""".split()
)
_CODE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9_-]*)?$")


def language_of(text: str, given: str) -> str:
    """Return the language of a text.

    Parameters
    ----------
    text
        Title and body; the first 600 characters count.
    given
        A code such as "en", "en-US" or "eng" is trusted; anything else is as good as none.

    Returns
    -------
    str
        An ISO 639-1 code, or "und" where the text is too short or too doubtful.
    """
    code = language_code(given)
    if code:
        return code
    sample = text[:_CHARACTERS]
    if _is_plain_english(sample):
        return "en"
    if len("".join(filter(str.isalpha, sample)).encode("utf-8", "ignore")) < _LETTERS:
        return UNDETERMINED
    found, probability = _identifier().classify(sample)
    return str(found) if probability >= _CONFIDENCE else UNDETERMINED


def _is_plain_english(sample: str) -> bool:
    words = sample.lower().split()
    return len(words) >= _LEAST_WORDS and sum(map(_SMALL_WORDS.__contains__, words)) >= _PLAIN * len(words)


def language_code(given: str) -> str:
    """Return a given code as ISO 639-1, or nothing: "en-US" and "eng" are "en"."""
    match = _CODE.match(given.strip().lower())
    if not match:
        return ""
    code = match[1]
    return _OTHER_CODES.get(code, code if len(code) == 2 else "")


@cache
def _identifier() -> Any:
    """Load the detector: half a second and 120 MB, so only when the first text needs it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_LANGUAGES)
    return identifier
