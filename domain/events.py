"""What a device may send besides counts, read without trusting any of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .entries import TEXT_LIMITS, Refused, read_id, read_text, read_time
from .texts import storable

LINE_KINDS = ("skip", "unskip")
BIN_KINDS = ("bin_claim", "bin_release", "bin_finished")
# Far above what a counter does between two tries of the device to send it.
MAX_BATCH = 1000


@dataclass
class Happening:
    """An event on its way to being recorded."""

    uuid: str = ""
    kind: str = ""
    line_id: int | None = None
    location_id: int | None = None
    device: str | None = None
    at: datetime | None = None
    sent_at: datetime | None = None
    # Filled while recording
    status: str = ""
    code: str = ""
    params: dict | None = None

    def refuse(self, code: str, **params: Any) -> None:
        """Give the event up, with the reason."""
        self.status, self.code = "refused", code
        # They were sent by a client, and come back in the answer.
        self.params = {name: storable(value) for name, value in params.items()}


def read_event(raw: Any) -> Happening:
    """Read one event as a device sent it; one that is refused says why.

    >>> read_event({"uuid": "v", "kind": "skip", "line_id": 5}).line_id
    5
    >>> read_event({"uuid": "v", "kind": "dance"}).code
    'unknown_kind'
    >>> read_event({"uuid": "v", "kind": "bin_claim"}).code
    'unknown_location'
    """
    event = Happening()
    if not isinstance(raw, Mapping):
        event.refuse("bad_event")
        return event
    if isinstance(raw.get("uuid"), str):
        event.uuid = storable(raw["uuid"][: TEXT_LIMITS["uuid"]])
    try:
        _fill(event, raw)
    except Refused as refusal:
        event.refuse(refusal.code, **refusal.params)
    return event


def _fill(event: Happening, raw: Mapping) -> None:
    event.uuid = read_text(raw, "uuid") or ""
    if not event.uuid:
        raise Refused("no_uuid")
    event.kind = str(raw.get("kind") or "")[:40]
    if event.kind not in LINE_KINDS + BIN_KINDS:
        raise Refused("unknown_kind", value=event.kind)
    event.device = read_text(raw, "device")
    event.at, event.sent_at = read_time(raw, "at"), read_time(raw, "sent_at")
    event.line_id = read_id(raw, "line_id")
    event.location_id = read_id(raw, "location_id")
    if event.kind in LINE_KINDS and not event.line_id:
        raise Refused("unknown_line", value="")
    if event.kind in BIN_KINDS and not event.location_id:
        raise Refused("unknown_location", value="")


def read_batch(raw: Any) -> tuple[str, list, list]:
    """What is wrong with a batch as a whole, or its entries and events.

    >>> read_batch({"entries": [1]})
    ('', [1], [])
    >>> read_batch([])[0], read_batch({"entries": "all"})[0]
    ('bad_batch', 'bad_batch')
    """
    if not isinstance(raw, Mapping):
        return "bad_batch", [], []
    lists = [raw.get(name) or [] for name in ("entries", "events")]
    if not all(isinstance(values, list) for values in lists):
        return "bad_batch", [], []
    if any(len(values) > MAX_BATCH for values in lists):
        return "too_many", [], []
    return "", *lists


def with_defaults(raw: Any, batch: Mapping) -> Any:
    """An entry or event with the clock and name of the device that sent the batch.

    >>> with_defaults({"uuid": "e"}, {"device": "Scanner"})
    {'device': 'Scanner', 'uuid': 'e'}
    """
    if not isinstance(raw, Mapping):
        return raw
    shared = {key: batch[key] for key in ("sent_at", "device") if batch.get(key)}
    return {**shared, **{key: value for key, value in raw.items() if value is not None}}
