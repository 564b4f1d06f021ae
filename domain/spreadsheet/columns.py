"""Which column of a table means what, by the words that stand over it."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from .book import Row, Unreadable, Value
from .cells import NUMBER, SPACES, plain

REQUIRED = ("warehouse", "item", "units")
# In the order of a template.
FIELDS = (
    "session",
    "warehouse",
    "location",
    "item",
    "serial",
    "serial2",
    "package",
    "owner",
    "units",
    "uom",
    "counted_at",
    "note",
    "cost",
)
# English, German, French, Spanish, Italian, Dutch and Portuguese; the first is the
# heading of a template.
SYNONYMS = {
    "session": (
        "Count Session|Cycle Count|Session|Count|Count Number|Count ID|Inventory"
        "|Zählung|Inventur|Zählliste|Inventurnummer|Comptage|Inventaire|Recuento"
        "|Inventario|Conteo|Conteggio|Telling|Contagem"
    ),
    "warehouse": (
        "Warehouse|Warehouse ID|Warehouse Name|Warehouse Code|WH|Whse|Site|Plant|Depot"
        "|Lager|Lagerhaus|Werk|Standort|Entrepôt|Magasin|Dépôt|Almacén|Bodega"
        "|Magazzino|Deposito|Magazijn|Armazém"
    ),
    "location": (
        "Location|Location Name|Location Barcode|Bin|Bin Location|Bin Code|Shelf|Place"
        "|Stock Location|Lagerort|Lagerplatz|Platz|Regal|Fach|Emplacement|Ubicación"
        "|Ubicazione|Posizione|Locatie|Lokatie|Localização|Local"
    ),
    "item": (
        "Item ID|Item|Item Number|Item No|Item Code|SKU|Product|Product ID|Product Code"
        "|Internal Reference|Reference|Part Number|Part No|Part|Material|Barcode|EAN"
        "|EAN13|GTIN|UPC|Article|Article Number|Stock Code|Code|Artikel|Artikelnummer"
        "|Artikelnr|Artikel-Nr|Art.-Nr.|Materialnummer|Sachnummer|Teilenummer|Produkt"
        "|Référence|Référence interne|Article|Produit|Code article|Code-barres"
        "|Artículo|Producto|Referencia|Código|Código de barras|Articolo|Prodotto|Codice"
        "|Artikelcode|Produto|Artigo"
    ),
    "serial": (
        "Serial|Serial/Lot|Serial Number|Serial No|SN|Lot|Lot Number|Lot No|Lot/Serial"
        "|Lot/Serial Number|Batch|Batch Number|Seriennummer|Serien-Nr|Charge|Los"
        "|Chargennummer|Losnummer|Serie/Los|Numéro de série|N° de série|Numéro de lot"
        "|N° de lot|Número de serie|Lote|Número de lote|Numero di serie|Lotto"
        "|Serienummer|Partij|Lotnummer"
    ),
    "serial2": (
        "Serial2|Serial 2|Second Serial|Second Serial Number|Alt Serial"
        "|Alternate Serial|Zweite Seriennummer|Seriennummer 2|Deuxième numéro de série"
    ),
    "package": (
        "Package|Pallet|License Plate|LPN|Container|Packstück|Paket|Palette|Colis"
        "|Paquete|Pacco|Pallet ID"
    ),
    "owner": (
        "Owner|Consignor|Stock Owner|Eigentümer|Besitzer|Propriétaire|Propietario"
        "|Proprietario|Eigenaar"
    ),
    # What says that it was counted comes first, what may be the book's stock last: a
    # file that has both must not be imported as if nothing differed.
    "units": (
        "Units|Counted Quantity|Counted Qty|Counted|Count Qty|Found Quantity|Found"
        "|Physical Quantity|Physical Qty|Gezählte Menge|Zählmenge|Gezählt|Istmenge"
        "|Ist-Menge|Istbestand|Quantité comptée|Compté|Cantidad contada|Quantity|Qty"
        "|Menge|Stückzahl|Anzahl|Quantité|Qté|Cantidad|Cant|Unidades|Quantità|Qtà"
        "|Aantal|Hoeveelheid|Quantidade|Qtd|Amount|On Hand|Stock|Bestand"
    ),
    "uom": (
        "UoM|Unit|Unit of Measure|Measure|UM|Einheit|Mengeneinheit|ME|Unité"
        "|Unité de mesure|Unidad|Unidad de medida|Unità|Unità di misura|Eenheid|Unidade"
    ),
    "counted_at": (
        "Counted At|Counted On|Count Date|Date Counted|Date|Time|Timestamp|Date Time"
        "|Datum|Zähldatum|Gezählt am|Zeitpunkt|Date de comptage|Compté le|Fecha"
        "|Fecha de recuento|Data|Data conteggio|Teldatum"
    ),
    "note": (
        "Note|Notes|Comment|Comments|Remark|Remarks|Memo|Notiz|Bemerkung|Kommentar"
        "|Hinweis|Remarque|Commentaire|Nota|Notas|Comentario|Observaciones|Commento"
        "|Opmerking|Observação"
    ),
    "cost": (
        "Unit Cost|Cost|Cost Price|Standard Price|Standard Cost|Einstandspreis|Kosten"
        "|Stückkosten|Selbstkosten|Coût|Coût unitaire|Prix de revient|Coste|Costo"
        "|Coste unitario|Costo unitario|Kostprijs|Custo"
    ),
}
WORDS = {name: tuple(text.split("|")) for name, text in SYNONYMS.items()}
# The columns that our own files of problems have beside the table.
OURS = {"status", "problem", "suggestion"}
# A header stands in one of these rows.
HEAD_ROWS = 25
ALIKE = 0.86


class Header(NamedTuple):
    """Where the table begins: the number of the row, 0 for none, and its words."""

    number: int
    names: list[str]


def match(names: Sequence[str], own: dict[str, Iterable[str]] | None = None) -> list:
    """The field that each heading means, None where it means none; each field once.

    :param own: further words of a field, such as their translations

    >>> match(["Artikelnummer", "Lagerplatz", "Menge", "Colour"])
    ['item', 'location', 'units', None]
    """
    words = _words(own or {})
    scores = [
        (score, -column, field)
        for column, name in enumerate(names)
        for field, score in _scores(plain(name), words).items()
    ]
    found: list[str | None] = [None] * len(names)
    taken = set()
    for _score, column, field in sorted(scores, reverse=True):
        if found[-column] is None and field not in taken:
            found[-column] = field
            taken.add(field)
    return found


def _words(own: dict[str, Iterable[str]]) -> dict[str, dict[str, int]]:
    """The plain words of each field, and how early each stands in its list."""
    return {
        field: {
            plain(word): rank
            for rank, word in reversed(
                list(enumerate((*WORDS[field], *own.get(field, ()))))
            )
        }
        for field in FIELDS
    }


def _scores(name: str, words: dict) -> dict[str, float]:
    """How well a heading fits each field that it fits at all."""
    if not name or name in OURS:
        return {}
    exact = {f: 2 - ranks[name] / 100 for f, ranks in words.items() if name in ranks}
    if exact or len(name) < 5:
        return exact
    likeness = {f: max(_alike(name, w) for w in ranks) for f, ranks in words.items()}
    return {field: score for field, score in likeness.items() if score >= ALIKE}


def _alike(name: str, word: str) -> float:
    if abs(len(name) - len(word)) > 3 or len(word) < 5:
        return 0.0
    return SequenceMatcher(None, name, word).ratio()


def find_header(rows: Iterable[Row], own: dict | None = None) -> Header:
    """The row whose cells are headings; a table may have a title above them.

    :raise Unreadable: where two rows below each other are headings
    """
    words = _words(own or {})
    first = [row for _i, row in zip(range(HEAD_ROWS), rows, strict=False)]
    known = [(_known(row, words), row) for row in first]
    best, row = max(known, key=lambda pair: len(pair[0]), default=(set(), None))
    if not row or len(best) < 2:
        return Header(0, [])
    # A row of the table may be of warehouse WH, at Stock, in Units: words that are
    # headings, too. Only the item is hardly ever called Item.
    again = [
        other.number
        for fields, other in known
        if other is not row and len(fields) >= 2 and "item" in fields
    ]
    if again:
        one, two = sorted((row.number, again[0]))
        raise Unreadable("two_headers", first=one, second=two)
    return Header(row.number, heading_names(row.values))


def heading_names(values: Sequence[Value]) -> list[str]:
    """The headings as texts, marks of required columns taken off."""
    return [str("" if v is None else v).strip().strip("*").strip() for v in values]


def _known(row: Row, words: dict) -> set[str]:
    """The fields of which a row has headings; none where a cell cannot be one."""
    if not all(map(_may_be_heading, row.values)):
        return set()
    names = {plain(name) for name in heading_names(row.values)}
    return {field for field in FIELDS if not names.isdisjoint(words[field])}


def _may_be_heading(value: Value) -> bool:
    """Neither a number nor a date, nor a number that was written as text.

    >>> _may_be_heading("Units"), _may_be_heading("1,5"), _may_be_heading(5)
    (True, False, False)
    """
    if value is None:
        return True
    return isinstance(value, str) and not NUMBER.fullmatch(value.translate(SPACES))
