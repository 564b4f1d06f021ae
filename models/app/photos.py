import base64
import binascii
import hashlib
from collections.abc import Mapping

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ...const import OPEN_STATES
from ...domain.entries import Refused, read_id, read_text, read_time
from ...domain.events import Happening
from ...domain.texts import storable

_lt = LazyTranslate(__name__)

# A longer code is too long for an index.
MAX_KEY = 128
MAX_PHOTO = 5 * 1024 * 1024
# First bytes, extension and type of the kinds of photos that are kept.
PHOTOS = (
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
)

# By code: why a photo or a note is refused.
REFUSALS = {
    "bad_evidence": _lt("Evidence is an object with a uuid, a note or a photo."),
    "nothing_to_keep": _lt("Write a note or take a photo."),
    "bad_photo": _lt("This is no photo: take it as JPEG or PNG."),
    "photo_too_large": _lt(
        "The photo is larger than %(limit)s MB: take it with less resolution."
    ),
}


class StockCountAppPhotos(models.AbstractModel):
    """Photos and notes about a line or about an unknown item (M14)."""

    _name = "stock.count.app.evidence"
    _description = "Evidence of the Counting App"

    # === BUSINESS METHODS === #

    @api.model
    def _attach(self, session, raw):
        """Keep a photo or a note, see ``docs/count_app.md``.

        :param session: in sudo mode, of a user who may count it
        :param raw: what the device sent, of any type
        :return: dict with ``uuid``, ``status``, ``code`` and ``message``
        """
        event, values = Happening(kind="evidence"), {}
        try:
            values = self._read_evidence(event, raw)
            self._check_session(session)
            known = self._check_known(session, event)
            if not known:
                self._resolve(session, event, values)
                self._keep(session, event, values)
            event.status = "duplicate" if known else "recorded"
        except Refused as refusal:
            event.refuse(refusal.code, **refusal.params)
        return {
            "uuid": event.uuid,
            "status": event.status,
            "code": event.code,
            "message": self._message(event) if event.status == "refused" else "",
        }

    @api.model
    def _message(self, event):
        """Why a photo or note was refused."""
        known = {
            **self.env["stock.count.recorder"]._messages(),
            **self.env["stock.count.app.sync"]._messages(),
            **self._messages(),
        }
        return known.get(event.code, event.code) % (event.params or {})

    # === READING === #

    @api.model
    def _read_evidence(self, event, raw):
        """The values that the device sent, in the right form.

        :param event: gets the uuid, device and times
        :return: dict
        :raise Refused: when a value has a wrong form
        """
        if not isinstance(raw, Mapping):
            raise Refused("bad_evidence")
        if isinstance(raw.get("uuid"), str):
            event.uuid = storable(raw["uuid"][:64])
        event.uuid = read_text(raw, "uuid") or ""
        if not event.uuid:
            raise Refused("no_uuid")
        event.device = read_text(raw, "device")
        event.at, event.sent_at = read_time(raw, "at"), read_time(raw, "sent_at")
        values = {
            name: read_id(raw, name)
            for name in ("line_id", "product_id", "location_id")
        }
        values["note"] = read_text(raw, "note")
        values["barcode"] = read_text({"barcode": raw.get("code")}, "barcode")
        values["photo"], values["type"] = self._read_photo(raw.get("photo"))
        if not values["note"] and not values["photo"]:
            raise Refused("nothing_to_keep")
        return values

    @api.model
    def _read_photo(self, value):
        """The bytes of a photo, and its extension and type; None and None without one.

        :param value: base64 text
        :raise Refused: when it is no photo or too large
        """
        if not value:
            return None, None
        if not isinstance(value, str):
            raise Refused("bad_photo")
        # Base64 has four letters for three bytes. Refuse before decoding.
        if len(value) > MAX_PHOTO * 4 // 3 + 4:
            raise Refused("photo_too_large", limit=MAX_PHOTO // 1024 // 1024)
        try:
            data = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Refused("bad_photo") from error
        for start, *kind in PHOTOS:
            if data.startswith(start):
                return data, kind
        raise Refused("bad_photo")

    # === CHECKS === #

    @api.model
    def _check_session(self, session):
        if session.state not in OPEN_STATES:
            raise Refused("session_closed", session=session.name)

    @api.model
    def _check_known(self, session, event):
        """The event of this uuid if it was recorded before.

        :raise Refused: when it belongs to another session
        """
        known = self.env["stock.count.event"].search([("uuid", "=", event.uuid)])
        if known and known.session_id != session:
            raise Refused("uuid_of_another_count")
        return known

    @api.model
    def _resolve(self, session, event, values):
        """Find the line, product and location that the device named.

        :raise Refused: when one does not exist or is not of this session
        """
        line = self.env["stock.count.line"].browse(values["line_id"]).exists()
        if values["line_id"] and line.session_id != session:
            raise Refused("unknown_line", value=values["line_id"])
        event.line_id = line.id
        self._resolve_product(session, values)
        self._resolve_location(session, event, values)

    @api.model
    def _resolve_product(self, session, values):
        if not values["product_id"]:
            return
        Catalogue = self.env["stock.count.app.catalogue"]
        mine = Domain("id", "=", values["product_id"])
        domain = Catalogue._product_domain(session) & mine
        product = self.env["product.product"].with_context(active_test=False)
        if not product.search_count(domain):
            raise Refused(
                "unknown_record", field="product_id", value=values["product_id"]
            )

    @api.model
    def _resolve_location(self, session, event, values):
        if not values["location_id"]:
            return
        event.location_id = values["location_id"]
        place = self.env["stock.location"].browse(event.location_id).exists()
        if not place:
            raise Refused("unknown_location", value=event.location_id)
        Recorder = self.env["stock.count.recorder"]
        scope = Recorder._scope_location_ids(session, place.ids)
        if place.id not in scope:
            raise Refused(
                "outside_session", location=place.display_name, session=session.name
            )

    # === KEEPING === #

    @api.model
    def _keep(self, session, event, values):
        """Write the event with its photo; raise an exception about an unknown item."""
        unknown = self.env["stock.count.exception"]
        if event.line_id:
            self._note_on_line(event.line_id, values["note"])
        else:
            unknown = self._raise_unknown(session, event, values)
        Events = self.env["stock.count.event"].with_context(count_internal=True)
        record = Events.create(self._prepare_event(session, event, values, unknown))
        photo = self._create_photo(record, values)
        if unknown:
            unknown._log_action(values["note"] or "", attachment_ids=photo.ids)

    @api.model
    def _prepare_event(self, session, event, values, unknown):
        """Values of the event.

        :param unknown: the exception about an unknown item, or an empty recordset
        """
        Sync = self.env["stock.count.app.sync"]
        now = Sync._now()
        return {
            "session_id": session.id,
            "uuid": event.uuid,
            "kind": "evidence",
            "line_id": event.line_id,
            "product_id": values["product_id"],
            "location_id": event.location_id,
            "exception_id": unknown.id,
            "barcode": values["barcode"],
            "note": values["note"],
            "happened_at": Sync._when(event, now),
            "recorded_at": now,
            "user_id": self.env.uid,
            "device": event.device,
        }

    @api.model
    def _create_photo(self, record, values):
        """Attach the photo to the event, which other counters may not read."""
        if not values["photo"]:
            return self.env["ir.attachment"]
        extension, mimetype = values["type"]
        photo = self.env["ir.attachment"].create(
            {
                "name": f"{values['barcode'] or 'photo'}-{record.id}.{extension}",
                "raw": values["photo"],
                "mimetype": mimetype,
                "res_model": record._name,
                "res_id": record.id,
            }
        )
        record.attachment_ids = photo
        return photo

    @api.model
    def _note_on_line(self, line_id, note):
        """Write the note to the line, unless the line has one."""
        line = self.env["stock.count.line"].browse(line_id)
        if note and not line.note:
            line._internal().note = note

    @api.model
    def _raise_unknown(self, session, event, values):
        """Raise an exception about an unknown item.

        :rtype: stock.count.exception
        """
        watch = self.env["stock.count.watch"]._in_words_of(session.company_id)
        name = self._name_unknown(values)
        key = f"session:{session.id}:{self._shorten(values['barcode'] or event.uuid)}"
        row = {
            **watch._prepare_about(session),
            "kind": "unknown_barcode",
            "key": key,
            "name": name,
            "evidence": self._describe(watch, session, event, values),
            "impact_value": 0,
            "impact_orders": 0,
            "product_id": values["product_id"],
            "location_id": event.location_id,
            "barcode": values["barcode"],
        }
        watch.env["stock.count.exception"]._raise([row])
        return self.env["stock.count.exception"].search(
            [("key", "=", key), ("kind", "=", "unknown_barcode")],
            order="id desc",
            limit=1,
        )

    @api.model
    def _shorten(self, code):
        """The code, or what stands for a long one in an index."""
        is_short = len(code) <= MAX_KEY
        return code if is_short else hashlib.sha256(code.encode()).hexdigest()

    @api.model
    def _name_unknown(self, values):
        product = self.env["product.product"].browse(values["product_id"])
        return values["barcode"] or product.display_name or self.env._("Unknown item")

    @api.model
    def _describe(self, watch, session, event, values):
        """The evidence of an exception about an unknown item."""
        place = self.env["stock.location"].browse(event.location_id)
        text = watch.env._(
            "%(who)s found something unknown in %(session)s.",
            who=self.env.user.name,
            session=session.name,
        )
        extra = (place.display_name, values["note"], event.device)
        return " · ".join([text, *(part for part in extra if part)])

    @api.model
    def _messages(self):
        """By code, why a photo or a note is refused, in the user's language."""
        return {code: self.env._(text) for code, text in REFUSALS.items()}
