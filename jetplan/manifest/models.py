"""The manifest as models: the source of the JSON Schema that editors use, with its descriptions and examples.

Reading does not go through them: `manifest.document` reads from events, with places, many times faster. A test holds
that models, schema and reader agree on what is valid. Rules between objects or files are the reader's alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic.alias_generators import to_camel

from jetplan.core.characters import first_unprintable
from jetplan.core.paths import LONGEST_PATH, canonical, faults_of
from jetplan.core.windows import Window
from jetplan.manifest.endings import FORMATS
from jetplan.manifest.keys import (
    BOUND,
    DURATION,
    FROM_KEYS,
    JOB_KEYS,
    LARGEST,
    LEAST,
    LOCAL,
    LONGEST_NAME,
    MOST_PATTERNS,
    MOST_RETRIES,
    OBJECT_KEYS,
    ON_FAILURE_KEYS,
    PACKAGE_KEYS,
    PROFILE_KEYS,
    RULE,
    SET_KEYS,
    TOP_KEYS,
    WINDOW_KEYS,
)
from jetplan.manifest.lists.choosing import fault_of
from jetplan.manifest.windows import duration, is_moment
from jetplan.manifest.yaml.scalars import ID

_UNSEEN = r"\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200e\u200f"
_UNSEEN += r"\u2028-\u202e\u2060-\u206f\u2800\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff"
_JOINED = r"(?!.*(?:^|[\u0000-\u02ff])[\u200b-\u200d])(?!.*[\u200b-\u200d](?:[\u0000-\u02ff]|$))"
"""Refuses joiners beside Latin letters and at either end. The reader has finer rules."""
_NAME_PATTERN = rf"^{_JOINED}(?!\s)(?!.*\s$)[^{_UNSEEN}]+$"
_PATH_PATTERN = rf"^{_JOINED}(?!/?[A-Za-z]:/)(?!.*//)(?!(?:.*/)?\.{{1,2}}(?:/|$))[^\\{_UNSEEN}]+$"
_LISTED_PATTERN = rf"^(?!/?$){_PATH_PATTERN[1:]}"


def _check_name(text: str) -> str:
    if not text or text != text.strip() or len(text) > LONGEST_NAME or first_unprintable(text):
        raise ValueError("not a name")
    return text


def _check_path(text: str) -> str:
    if not text or faults_of(canonical(text)):
        raise ValueError("not a path")
    return text


def _check_listed_path(text: str) -> str:
    if text == "/":
        raise ValueError("the whole profile is `objects: all`")
    return _check_path(text)


def _check_id(text: str) -> str:
    if not ID.fullmatch(text) or len(text) > LONGEST_NAME:
        raise ValueError("not an id")
    return text


def _text(pattern: str, longest: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": 1, "maxLength": longest, "pattern": pattern})


_NAME = _text(_NAME_PATTERN, LONGEST_NAME)
_NAMED: dict[str, Any] = {"propertyNames": _NAME.json_schema}
Name = Annotated[str, AfterValidator(_check_name), _NAME]
Id = Annotated[str, AfterValidator(_check_id), _text(rf"^(?!.*\.\.){ID.pattern}$", LONGEST_NAME)]
PathText = Annotated[str, AfterValidator(_check_path), _text(_PATH_PATTERN, LONGEST_PATH)]
ListedPath = Annotated[str, AfterValidator(_check_listed_path), _text(_LISTED_PATTERN, LONGEST_PATH)]
Revision = Annotated[int, Field(ge=LEAST["revision"], le=LARGEST)]


class _Model(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        field_title_generator=lambda name, _: to_camel(name),
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
    )

    KEYS: ClassVar[tuple[str, ...]]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if (aliases := tuple(field.alias for field in cls.model_fields.values())) != cls.KEYS:
            raise TypeError(f"{cls.__name__} has the keys {aliases}, and `manifest.keys` has {cls.KEYS}")

    @model_validator(mode="before")
    @classmethod
    def _refuse_null(cls, data: Any) -> Any:
        if isinstance(data, dict) and None in data.values():
            raise ValueError("null where a value is needed")
        return data


class StorageProfileId(_Model):
    """A storage profile by its id, for accounts in which a name is not unique."""

    KEYS = PROFILE_KEYS

    storage_profile_id: Id = Field(
        description="The id of the storage profile, from the console or the API.",
        examples=["11111111-2222-3333-4444-555555555555"],
    )


Profile = Annotated[
    Name | StorageProfileId,
    Field(examples=["NYC Dailies", {"storageProfileId": "11111111-2222-3333-4444-555555555555"}]),
]


def _check_bound(text: str) -> str:
    if not is_moment(text, BOUND):
        raise ValueError("not a date and a time with an offset")
    return text


def _check_local(text: str) -> str:
    if not is_moment(text, LOCAL):
        raise ValueError("not a local date and time")
    return text


def _check_duration(text: str) -> str:
    if duration(text) is None:
        raise ValueError("not a duration")
    return text


def _shaped(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^(?:{pattern})$"})


Bound = Annotated[str, AfterValidator(_check_bound), _shaped(BOUND.pattern)]


class RecurringWindow(_Model):
    """A window that opens again and again."""

    KEYS = WINDOW_KEYS
    model_config = ConfigDict(title="Window")

    rrule: Annotated[str, _shaped(RULE.pattern)] = Field(
        description="When it opens: a recurrence rule (RFC 5545), from yearly to hourly, in local time.",
        examples=["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=20", "FREQ=DAILY;BYHOUR=1;BYMINUTE=30"],
    )
    time_zone: Name = Field(
        description="The time zone of the rule, by its name in the IANA database.",
        examples=["Europe/Berlin", "America/Los_Angeles"],
    )
    duration: Annotated[str, AfterValidator(_check_duration), _shaped(DURATION.pattern)] = Field(
        description="How long it stays open: an ISO 8601 duration, at most 366 days.", examples=["PT10H", "P2D"]
    )
    start: Annotated[str, AfterValidator(_check_local), _shaped(LOCAL.pattern)] | None = Field(
        None,
        description="The local date and time of the first opening, for rules that count from it (INTERVAL).",
        examples=["2026-12-01T20:00"],
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        from jetplan.manifest import openings  # noqa: PLC0415 - loaded only where there are windows

        window = Window(self.rrule, self.time_zone, duration(self.duration) or 0, self.start or "")
        if openings.time_zone(self.time_zone) is None or openings.fault_of(window):
            raise ValueError("not a window")
        return self


Windows = Annotated[list[RecurringWindow], Field(min_length=1)]
_WINDOWS_EXAMPLE = [{"rrule": "FREQ=DAILY;BYHOUR=20", "timeZone": "Europe/Berlin", "duration": "PT10H"}]
_NOT_BEFORE = "Nothing is sent before this moment: a date and a time with its offset from UTC."
_NOT_AFTER = "Nothing is sent from this moment on; what was not sent by then has expired."


class _Timed(_Model):
    """A model that can say when something may be sent."""

    KEYS: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="after")
    def _check_timing(self) -> Self:
        first, last = getattr(self, "not_before", None), getattr(self, "not_after", None)
        if first and last and datetime.fromisoformat(first) >= datetime.fromisoformat(last):
            raise ValueError("notAfter is not later than notBefore")
        return self


class Job(_Timed):
    """A manual job: what is delivered with it moves from the source to the destination."""

    KEYS = JOB_KEYS

    source: Profile = Field(description="The storage profile that files come from, by name or by id.")
    destination: Profile = Field(description="The storage profile that files go to, by name or by id.")
    paused: bool | None = Field(
        None,
        description="`false` resumes a paused job before anything is delivered; `true` pauses it. "
        "Without it jetplan neither pauses nor resumes.",
        examples=[False],
    )
    job_id: Id | None = Field(
        None,
        description="The id of an existing job, where several have this name.",
        examples=["11111111-2222-3333-4444-555555555555"],
    )
    not_before: Bound | None = Field(None, description=_NOT_BEFORE, examples=["2026-12-01T20:00+01:00"])
    not_after: Bound | None = Field(None, description=_NOT_AFTER, examples=["2026-12-05T06:00:00Z"])
    windows: Windows | None = Field(
        None, description="Windows of which one must be open. Left out: at any time.", examples=[_WINDOWS_EXAMPLE]
    )


def _object_rules(schema: dict[str, Any]) -> None:
    said = {"properties": {"isDirectory": {"const": True}}, "required": ["isDirectory"]}
    schema["allOf"] = [
        {"if": said, "then": {"properties": {"sizeInBytes": False}}},
        {
            "if": {"properties": {"relativePath": {"pattern": "/$"}}, "required": ["relativePath"]},
            "then": {"properties": {"sizeInBytes": False, "isDirectory": {"const": True}}},
        },
        {"if": {"properties": {"relativePath": {"const": "/"}}, "required": ["relativePath"]}, "then": said},
    ]


class DeliveredObject(_Model):
    """A file or folder in the API's own words, where more than its path is to be said."""

    KEYS = OBJECT_KEYS
    model_config = ConfigDict(title="Object", json_schema_extra=_object_rules)

    relative_path: PathText = Field(
        description="The full path from the root of the source storage profile. With a trailing slash: a folder.",
        examples=["/ep101/master.mxf", "/ep101/audio/"],
    )
    size_in_bytes: Annotated[int, Field(ge=LEAST["sizeInBytes"], le=LARGEST)] | None = Field(
        None,
        description="The size of a file: a note for estimates, never a part of what identifies it.",
        examples=[104857600],
    )
    is_directory: bool | None = Field(
        None, description="`true` for a folder, as a trailing slash says too.", examples=[True]
    )
    revision: Revision | None = Field(
        None, description="Raise it to send this object again. The set's revision if left out.", examples=[2]
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        slash = self.relative_path.endswith("/")
        if slash and (self.is_directory is False or (self.relative_path == "/" and self.is_directory is None)):
            raise ValueError("a folder that says it is none")
        if self.size_in_bytes is not None and (slash or self.is_directory):
            raise ValueError("a folder has no size")
        return self


def _check_pattern(text: str) -> str:
    if fault := fault_of(text):
        raise ValueError(fault[0])
    return text


def _check_format(text: str) -> str:
    if text not in FORMATS:
        raise ValueError("not a format of lists")
    return text


ListFormat = Annotated[str, AfterValidator(_check_format), WithJsonSchema({"type": "string", "enum": list(FORMATS)})]
Patterns = Annotated[
    list[Annotated[Name, AfterValidator(_check_pattern)]], Field(min_length=1, max_length=MOST_PATTERNS)
]


class ObjectsFrom(_Model):
    """Objects listed in a file beside the manifest, for lists too long for YAML."""

    KEYS = FROM_KEYS

    file: Name = Field(
        description="A CSV file (header `relativePath,sizeInBytes,isDirectory`, optionally `revision`), a JSON Lines "
        "file (one object a line), a .txt file (one path a line), a checksum file (.md5, .sha256, .xxh64 …) or a "
        "manifest of BagIt, what `rclone lsjson` writes, a delivery's body or an S3 Inventory (.json) or a media hash "
        "list (.mhl) or the ASSETMAP of a package (.xml), plain or packed as .gz or .zst. Relative to this manifest, "
        "below the same folder.",
        examples=["ep101.csv", "lists/archive.jsonl.gz"],
    )
    strip_prefix: Name | None = Field(
        None,
        description="A folder that is taken off the front of every path in the list. A path that is not below it is an "
        "error.",
        examples=["/mnt/dailies"],
    )
    prefix: Name | None = Field(
        None,
        description="A folder of the storage profile that is put in front of every path in the list, after "
        "`stripPrefix`.",
        examples=["/ep101/bag"],
    )
    format: ListFormat | None = Field(
        None,
        description="How the list is written, where its ending says otherwise: `format: md5` for `checksums.txt`.",
        examples=["md5"],
    )
    include: Patterns | None = Field(
        None,
        description="Only objects are taken whose path, as it would be sent, matches one of these patterns: `*` and "
        "`?` within a name, `**` over folders, `[a-z]`, `{a,b}`. A pattern without a slash matches a name in any "
        "folder; one that begins with `/` a path from the root; one that ends with `/` a folder and all that lies in "
        "it.",
        examples=[["*.mxf", "/ep101/audio/**"]],
    )
    exclude: Patterns | None = Field(
        None,
        description="Objects are left out whose path matches one of these patterns.",
        examples=[[".DS_Store", "tmp/"]],
    )


class Package(_Model):
    """The list that came with the files of a package, to be held against the set."""

    KEYS = PACKAGE_KEYS

    file: Name = Field(
        description="An ASSETMAP, a media hash list or any other list that `objectsFrom` reads, beside this manifest.",
        examples=["A001.mhl"],
    )
    strip_prefix: Name | None = Field(None, description="As in `objectsFrom`.", examples=["/mnt/dailies"])
    prefix: Name | None = Field(
        None, description="The folder of the storage profile that the package lies in.", examples=["/ep101/A001"]
    )
    format: ListFormat | None = Field(None, description="As in `objectsFrom`.", examples=["md5"])


class OnFailure(_Model):
    """What is done with files that failed, without a further word."""

    KEYS = ON_FAILURE_KEYS

    retry: int = Field(
        description="How often the failed files of one delivery are sent again, each time by a later apply.",
        ge=1,
        le=MOST_RETRIES,
        examples=[2],
    )


class DeliverySet(_Timed):
    """Files and folders to be sent with one job, each once per revision."""

    KEYS = SET_KEYS
    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["objects"]}, {"required": ["objectsFrom"]}],
            "dependentRequired": {"complete": ["package"]},
        }
    )

    job: Name = Field(
        description="The job to deliver with: one declared in the manifests, or one that only exists on the server.",
        examples=["nyc-to-lax"],
    )
    objects: Literal["all"] | Annotated[list[ListedPath | DeliveredObject], Field(min_length=1)] | None = Field(
        None,
        description="What is sent: a list of paths (a trailing slash is a folder), or `all` for the whole profile.",
        examples=["all", ["/ep101/master.mxf", "/ep101/audio/"]],
    )
    objects_from: ObjectsFrom | None = Field(
        None, description="What is sent, listed in a file of its own.", examples=[{"file": "ep101.csv"}]
    )
    overlap: Literal["refuse", "skip", "send"] | None = Field(
        None,
        description="What to do with objects that another set already sent to the same destination: `refuse` the set "
        "(the default), `skip` them and send the rest, or `send` them again.",
        examples=["skip"],
    )
    renamed_from: Name | None = Field(
        None,
        description="The former name of this set, so that what it sent under that name is not sent again.",
        examples=["ep101"],
    )
    revision: Revision | None = Field(
        None, description="Raise it to send every object of the set again. 1 if left out.", examples=[2]
    )
    on_failure: OnFailure | None = Field(
        None,
        description="What an apply does with files of the set that Jet names as failed. Left out: nothing.",
        examples=[{"retry": 2}],
    )
    package: Package | None = Field(
        None,
        description="The list of a package (MHL, ASSETMAP) that the set is to hold: every file of it is in the set or "
        "below a folder of it, and sizes agree. What is missing is a warning.",
        examples=[{"file": "A001.mhl", "prefix": "/ep101/A001"}],
    )
    complete: bool | None = Field(
        None, description="`true`: what the set lacks of its `package` is an error.", examples=[True]
    )
    not_before: Bound | None = Field(None, description=_NOT_BEFORE, examples=["2026-12-01T20:00+01:00"])
    not_after: Bound | None = Field(None, description=_NOT_AFTER, examples=["2026-12-05T06:00:00Z"])
    windows: Windows | None = Field(
        None, description="Windows of which one must be open. Left out: at any time.", examples=[_WINDOWS_EXAMPLE]
    )
    allow_case_twins: bool | None = Field(
        None,
        description="`true` accepts paths that differ only in case; a destination may fold them into one.",
        examples=[True],
    )
    allow_unicode_twins: bool | None = Field(
        None,
        description="`true` accepts paths that look the same and differ in how their accents are encoded.",
        examples=[True],
    )
    allow_files_as_folders: bool | None = Field(
        None,
        description="`true` accepts a file that is also the folder of another object, as storages without folders "
        "have them.",
        examples=[True],
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.objects is None) == (self.objects_from is None):
            raise ValueError("either objects or objectsFrom")
        if self.complete is not None and self.package is None:
            raise ValueError("complete without package")
        return self


class Manifest(_Model):
    """One manifest file of jetplan. All files of a folder share one namespace of jobs and of delivery sets."""

    KEYS = TOP_KEYS
    model_config = ConfigDict(title="jetplan manifest")

    api_version: Literal["jetplan/v1"] = Field(description="The version of this format.", examples=["jetplan/v1"])
    jobs: dict[Name, Job] = Field(
        default_factory=dict,
        description="Jobs by name. A missing one is created; one found by name and both profiles is adopted.",
        examples=[{"nyc-to-lax": {"source": "NYC Dailies", "destination": "LAX Ingest"}}],
        json_schema_extra=_NAMED,
    )
    delivery_sets: dict[Name, DeliverySet] = Field(
        default_factory=dict,
        description="Delivery sets by name. The name is a part of what identifies what was sent: see `renamedFrom`.",
        examples=[{"ep101-masters": {"job": "nyc-to-lax", "objects": ["/ep101/master.mxf"]}}],
        json_schema_extra=_NAMED,
    )
