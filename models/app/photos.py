import base64
import binascii
from collections.abc import Mapping

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ...const import OPEN_STATES
from ...domain.entries import Refused, read_id, read_text, read_time
from ...domain.events import Happening

_lt = LazyTranslate(__name__)

MAX_PHOTO = 5 * 1024 * 1024
# How files of these kinds begin, whatever they are called.
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


class StockCountAppEvidence(models.AbstractModel):
    """A photo and a note about a line, or about something that nobody knows (M14)."""

    _name = "stock.count.app.evidence"
    _description = "Evidence of the Counting App"

    # === BUSINESS METHODS === #

    @api.model
    def _attach(self, session, raw):
        """Keep evidence once, see docs/count_app.md.

        :param session: in sudo mode, of a user who may count it
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
        known = {
            **self.env["stock.count.recorder"]._messages(),
            **self.env["stock.count.app.sync"]._messages(),
            **self._messages(),
        }
        return known.get(event.code, event.code) % (event.params or {})

    # === READING === #

    @api.model
    def _read_evidence(self, event, raw):
        """What was sent, checked for its form."""
        if not isinstance(raw, Mapping):
            raise Refused("bad_evidence")
        if isinstance(raw.get("uuid"), str):
            event.uuid = raw["uuid"][:64]
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
        """The bytes of a photo and what they are; both None without one."""
        if not value:
            return None, None
        if not isinstance(value, str):
            raise Refused("bad_photo")
        # Four characters for three bytes: refused before it is decoded.
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
        known = self.env["stock.count.event"].search([("uuid", "=", event.uuid)])
        if known and known.session_id != session:
            raise Refused("uuid_of_another_count")
        return known

    @api.model
    def _resolve(self, session, event, values):
        """Refuse what it is about if that is not there, or not of this count."""
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
        unknown = self.env["stock.count.exception"]
        if event.line_id:
            self._note_on_line(event.line_id, values["note"])
        else:
            unknown = self._raise_unknown(session, event, values)
        Sync = self.env["stock.count.app.sync"]
        now = Sync._now()
        record = (
            self.env["stock.count.event"]
            .with_context(count_internal=True)
            .create(
                {
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
            )
        )
        photo = self._create_photo(record, values)
        if unknown:
            unknown.message_post(
                body=values["note"] or "",
                author_id=self.env.user.partner_id.id,
                attachment_ids=photo.ids,
            )

    @api.model
    def _create_photo(self, record, values):
        """The photo, kept with the event: counters do not read others' evidence."""
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
        """The sheet shows the note, unless somebody wrote another one there."""
        line = self.env["stock.count.line"].browse(line_id)
        if note and not line.note:
            line._internal().note = note

    @api.model
    def _raise_unknown(self, session, event, values):
        """The exception about an item that is there and that nobody knows."""
        watch = self.env["stock.count.watch"]._in_words_of(session.company_id)
        name = self._name_unknown(values)
        key = f"session:{session.id}:{values['barcode'] or event.uuid}"
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
    def _name_unknown(self, values):
        product = self.env["product.product"].browse(values["product_id"])
        return values["barcode"] or product.display_name or self.env._("Unknown item")

    @api.model
    def _describe(self, watch, session, event, values):
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
