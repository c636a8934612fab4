"""Settings: every number a run depends on, with its unit, range and default, from one TOML file.

An unknown key or a value out of range is an error that names the key, the file and what is allowed.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, ValidationError, field_validator, model_validator

from pipeline.errors import SettingsError
from pipeline.records import normal_dyad

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]


class Section(BaseModel):
    """A frozen group of settings that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceSettings(BaseModel):
    """One source of articles; the options besides `kind` are the kind's own and checked by it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: str = Field(description="files, feed, pages, sitemap, warc, gdelt, coded, or one of your own")

    @property
    def options(self) -> dict[str, Any]:
        """Return the options of the kind."""
        return dict(self.model_extra or {})

    @classmethod
    def of(cls, source: SourceSettings | dict[str, Any] | Path | str) -> SourceSettings:
        """Return a source as it is, and a path or url of files as a source of that kind."""
        if isinstance(source, dict):
            return cls.model_validate(source)
        return (
            source if isinstance(source, SourceSettings) else cls.model_validate({"kind": "files", "path": str(source)})
        )


class ArticleSettings(Section):
    """How files become articles."""

    fields: dict[str, str] = Field(default_factory=dict, description="article field → its name in your files")
    default_date: date | None = Field(None, description="publication date for articles that carry none")
    max_line_bytes: int = Field(10_000_000, gt=0, description="longest record read, bytes")


class PageSettings(Section):
    """How pages of HTML become articles."""

    tier: Literal["careful", "bulk"] = Field("careful", description="careful for nightly feeds, bulk for archives")
    workers: int = Field(0, ge=0, le=256, description="processes that parse pages; 0 is one a core")
    max_bytes: int = Field(5_000_000, gt=0, description="longest page parsed, bytes")
    max_depth: int = Field(500, gt=0, description="deepest nesting of elements parsed")
    seconds: float = Field(10.0, gt=0, description="longest time one page may take, seconds")
    memory_mib: int = Field(2048, ge=256, description="most memory one worker may ask for, MiB")


class CredentialSettings(Section):
    """A header that one site asks for; its value is a secret, and only the environment holds it."""

    origin: str = Field(pattern=r"^https?://[^/@?#\s]+$", description="scheme and host to which alone it is sent")
    header: str = Field("Authorization", pattern=r"^[A-Za-z0-9-]+$", description="name of the header")
    variable: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", description="environment variable with its whole value")


class FetchSettings(Section):
    """How pages are fetched: politely, and never from inside the house unless allowed."""

    contact: str = Field("", description="mail address or url in the User-Agent, for the people who run the sites")
    per_host: int = Field(2, ge=1, le=16, description="connections to one host at a time")
    connections: int = Field(32, ge=1, le=512, description="connections at a time")
    delay_seconds: float = Field(1.0, ge=0, description="least time between two requests to one host")
    timeout_seconds: float = Field(30.0, gt=0, description="longest time one answer may take, seconds")
    hours: float = Field(6.0, gt=0, description="hours after which a night asks for nothing more")
    attempts: int = Field(3, ge=1, le=10, description="tries of one request in one night")
    nights: int = Field(5, ge=1, description="days on which a page is asked for in vain before it is set aside")
    max_bytes: int = Field(20_000_000, gt=0, description="longest body, compressed or not, bytes")
    max_redirects: int = Field(5, ge=0, le=20)
    robots: bool = Field(True, description="obey robots.txt")
    allow: tuple[IPvAnyNetwork, ...] = Field((), description="private networks that may be asked all the same")
    credentials: tuple[CredentialSettings, ...] = Field((), description="secret headers of sites, as shown above")


class CopySettings(Section):
    """When two articles are copies of one text."""

    days: int = Field(3, ge=0, le=60, description="days of printing before an article in which its original is sought")
    containment: Fraction = Field(0.5, description="least share of the shorter text that both have")


class CoderSettings(Section):
    """When a coded candidate becomes a mention."""

    kind: Literal["estimator", "lexicon"] = Field(
        "estimator", description="the trained estimator, or the lexicon's rules alone"
    )
    min_probability: Fraction = Field(0.35, description="least probability of the chosen event type")
    max_actors: int = Field(6, ge=2, le=20, description="countries considered in one sentence")
    shows_of_force: bool = Field(
        True, description="code missile tests, drills and the like without a target against standing rivals"
    )
    languages: tuple[str, ...] = Field(("en",), description="languages coded; articles in others are kept and counted")

    def reads(self, language: str) -> bool:
        """Whether an article is coded; one of unknown language is."""
        return language in ("", "und", *self.languages)


class DateSettings(Section):
    """When an event belongs to the news of its article, and where it is day."""

    news_window_days: int = Field(14, ge=0, description="older events are historical to the article, days")
    timezone: str = Field("UTC", description='IANA zone of the outlets, in which "today" and "Tuesday" are meant')
    outlet_timezones: dict[str, str] = Field(default_factory=dict, description="outlet → its own IANA zone")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        return _zone_name(name)

    @field_validator("outlet_timezones")
    @classmethod
    def _known_zones(cls, names: dict[str, str]) -> dict[str, str]:
        return {outlet: _zone_name(name) for outlet, name in names.items()}

    def local_day(self, moment: datetime, outlet: str) -> date:
        """Return the calendar day of a moment where an outlet prints."""
        return moment.astimezone(ZoneInfo(self.outlet_timezones.get(outlet, self.timezone))).date()


def _zone_name(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no IANA time zone such as Asia/Seoul")
    return name


class MergeSettings(Section):
    """When two mentions are reports of one event."""

    lookback_days: int = Field(2, ge=0, description="an undated report joins a dated one this many days before it")


class BaseSettings(Section):
    """The base period that fixes the unit of the 0-100 mapping, once and for all."""

    name: str = "KOR-PRK in the demo articles, 2010-2025"
    unit: float = Field(1.8, gt=0, description="level that counts as one unit: median |flow| of days with events")


class IndexSettings(Section):
    """How daily scores become the tension index."""

    scale: Literal["plover", "goldstein"] = "plover"
    start: date = Field(date(1990, 1, 1), description="first day of the index; older events are kept, not scored")
    half_life_days: float = Field(30.0, gt=0, description="days after which an event weighs half")
    min_confidence: Fraction = Field(0.35, description="least confidence of an event that is scored")
    replicates: int = Field(200, ge=20, le=5000, description="resamples behind the interval")
    interval: float = Field(0.9, gt=0, lt=1, description="nominal coverage of the interval")
    max_dyads: int = Field(200, gt=0, description="dyads published, those with most events first")
    base: BaseSettings = Field(default_factory=BaseSettings)


class CheckSettings(Section):
    """What must hold before an index is published; where it does not, the last good one stays."""

    weeks: int = Field(8, ge=4, le=52, description="weeks of printing that tell what is usual")
    coverage: bool = Field(True, description="stop where the newest days have far fewer articles than usual")
    coverage_days: int = Field(3, ge=1, le=14, description="newest whole days that are looked at together")
    coverage_share: Fraction = Field(0.3, description="least share of the usual articles on those days")
    silence: bool = Field(True, description="stop where outlets that printed daily bring nothing")
    silence_days: int = Field(3, ge=1, le=14, description="usual days that an outlet misses before it is silent")
    silence_share: Fraction = Field(0.1, description="share of the articles lost with them; a smaller one only warns")
    jump: bool = Field(True, description="stop where a dyad leaps in a night and hardly anything new tells why")
    jump_share: Fraction = Field(0.5, description="a leap is more than this share of the way to the end of the scale")
    jump_stories: int = Field(3, ge=1, description="new stories that are reason enough for any leap")
    records: bool = Field(True, description="stop where far more records than usual are refused")
    records_share: Fraction = Field(0.3, description="most share of refused records beyond the usual share")


class OutputSettings(Section):
    """How outputs are shared."""

    wait_seconds: float = Field(
        0.0, ge=0, description="seconds to wait for another run that writes to the same outputs; 0 refuses at once"
    )


class AlertSettings(Section):
    """A line whose crossing is told once: of the tension, its percentile, or its rise within some days."""

    dyad: str = Field(description="KOR-PRK, or PRK>KOR for one direction")
    level: float | None = Field(None, ge=0, le=100, description="tension, 0-100")
    percentile: float | None = Field(None, ge=0, le=100, description="percentile of the tension, 0-100")
    jump: float | None = Field(None, gt=0, le=100, description="rise of the tension")
    days: int = Field(7, ge=1, le=365, description="days within which a jump happens")
    notify: str = Field("", description="Prefect block that notifies, as slack-webhook/desk")

    @field_validator("dyad")
    @classmethod
    def _as_the_index_writes_it(cls, dyad: str) -> str:
        return normal_dyad(dyad)

    @model_validator(mode="after")
    def _one_line(self) -> AlertSettings:
        if sum(one is not None for one in (self.level, self.percentile, self.jump)) != 1:
            raise ValueError("give one of level, percentile and jump")
        return self

    @property
    def threshold(self) -> float:
        """The line."""
        return next(one for one in (self.level, self.percentile, self.jump) if one is not None)

    @property
    def name(self) -> str:
        """What the rule is called in alerts."""
        if self.jump is not None:
            return f"jump {self.jump:g} in {self.days} days"
        return f"level {self.level:g}" if self.level is not None else f"percentile {self.percentile:g}"


class Settings(Section):
    """All settings of a run."""

    sources: tuple[SourceSettings, ...] = ()
    articles: ArticleSettings = Field(default_factory=ArticleSettings)
    pages: PageSettings = Field(default_factory=PageSettings)
    fetch: FetchSettings = Field(default_factory=FetchSettings)
    copies: CopySettings = Field(default_factory=CopySettings)
    coder: CoderSettings = Field(default_factory=CoderSettings)
    dates: DateSettings = Field(default_factory=DateSettings)
    merge: MergeSettings = Field(default_factory=MergeSettings)
    index: IndexSettings = Field(default_factory=IndexSettings)
    checks: CheckSettings = Field(default_factory=CheckSettings)
    outputs: OutputSettings = Field(default_factory=OutputSettings)
    alerts: tuple[AlertSettings, ...] = ()


def load_settings(path: Path | None = None) -> Settings:
    """Return the settings in the TOML file `path`, or the defaults.

    Raises
    ------
    SettingsError
        If the file is missing, is not TOML, or holds an unknown key or a value out of range.
    """
    if path is None:
        return Settings()
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read the settings file {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(_explain(error, path)) from error


def _explain(error: ValidationError, path: Path) -> str:
    lines = []
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            lines.append(f"{path}: unknown setting {key!r}; known there: {_known(problem['loc'][:-1])}")
        else:
            lines.append(f"{path}: setting {key!r} = {problem['input']!r}: {problem['msg']}")
    return "\n".join(lines)


def _known(location: tuple[int | str, ...]) -> str:
    model: type[BaseModel] = Settings
    for part in location:
        if isinstance(part, int):
            continue  # which of several, such as the alerts
        annotation: Any = model.model_fields[part].annotation
        annotation = (*get_args(annotation), annotation)[0] if get_origin(annotation) is tuple else annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            break
        model = annotation
    return ", ".join(model.model_fields)
