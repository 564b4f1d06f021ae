"""What units are called in other systems and languages, as data."""

# Cyrillic words look like Latin ones.
# ruff: noqa: RUF001

from .book import Value
from .meaning import fold

# By Odoo's own unit, as the external id without its module.
WORDS = {
    "product_uom_unit": (
        "pc|pcs|pce|pces|piece|pieces|ea|each|eaches|unit|units|un|u|nos|no|nr|number"
        "|stk|stck|st|stuck|stueck|einheit|einheiten|p|unite|unites|ud|uds|und|unds"
        "|unid|unidad|unidades|pza|pzas|pieza|piezas|pz|pezzo|pezzi|unita|nr pezzi"
        "|unidade|unidades|peca|pecas|pca|stuk|stuks|szt|sztuka|sztuki|sztuk"
        "|个|個|件|只|台|支|ケ|コ|ピース|点|개|шт|штук|штука|styck|styk|kpl|ks|kus|db|darab"
        "|adet|ad|buc|bucata|c62|h87|pce"
    ),
    "product_uom_dozen": (
        "dz|dzn|doz|dozen|dozens|dtz|dutzend|douzaine|douzaines|docena|docenas|dozzina"
        "|dozzine|duzia|duzias|dozijn|tuzin|打|ダース|다스|дюжина|dussin|dusin|tucet|tucat"
        "|duzine"
    ),
    "product_uom_kgm": (
        "kg|kgs|kgm|kilo|kilos|kilogram|kilograms|kilogramm|kilogramme|kilogrammes"
        "|kilogramo|kilogramos|chilo|chili|chilogrammo|quilo|quilograma|公斤|千克|キログラム"
        "|кг"
    ),
    "product_uom_gram": (
        "g|gr|grm|gram|grams|gramm|gramme|grammes|gramo|gramos|grammo|grammi|grama"
        "|gramas|克|グラム|г|гр"
    ),
    "product_uom_ton": (
        "t|to|ton|tons|tonne|tonnes|tne|tonelada|toneladas|tonnellata|吨|噸|トン|т"
    ),
    "product_uom_lb": "lb|lbs|lbr|pound|pounds|livre|libra|libras|libbra",
    "product_uom_oz": "oz|onz|ounce|ounces|once|onza|onzas|oncia",
    "product_uom_litre": (
        "l|lt|ltr|ltrs|liter|liters|litre|litres|litro|litros|litri|litr|升|リットル|л"
    ),
    "product_uom_milliliter": "ml|mlt|milliliter|millilitre|mililitro|毫升|мл",
    "product_uom_gal": "gal|gll|gallon|gallons|galon|galones",
    "product_uom_floz": "fl oz|floz|fluid ounce|fluid ounces",
    "product_uom_qt": "qt|quart|quarts",
    "product_uom_cubic_meter": "m3|mtq|cbm|cubic meter|cubic metre|kubikmeter|立方米",
    "product_uom_meter": (
        "m|mt|mtr|mtrs|lfm|meter|meters|metre|metres|metro|metros|metri|米|メートル|м"
    ),
    "product_uom_cm": "cm|cmt|centimeter|centimetre|zentimeter|centimetro|厘米|см",
    "product_uom_millimeter": "mm|mmt|millimeter|millimetre|milimetro|毫米|мм",
    "product_uom_km": "km|kmt|kilometer|kilometre|kilometro|公里",
    "product_uom_inch": "in|inh|inch|inches|zoll|pouce|pouces|pulgada|pulgadas|pollice",
    "product_uom_foot": "ft|fot|foot|feet|fuss|pied|pieds|pie|pies",
    "product_uom_yard": "yd|yrd|yard|yards|yarda|yardas",
    "product_uom_square_meter": "m2|mtk|qm|sqm|square meter|quadratmeter|平方米|м2",
    "product_uom_square_foot": "ft2|sqft|sq ft|square foot|square feet",
    "product_uom_hour": "h|hr|hrs|hur|hour|hours|std|stunde|stunden|heure|heures|hora",
    "product_uom_day": "day|days|tag|tage|jour|jours|dia|dias|giorno|giorni",
}
KINDS: dict[str, str] = {
    fold(word): kind for kind, words in WORDS.items() for word in words.split("|")
}
# What is also a size, a class or a word of another kind, so that a column of it alone
# is no column of units.
VAGUE = {"in", "to", "un", "no", "st", "ad", "nr", "number", "once", "pie", "tag"}
SHORTEST = 2


def unit_kind(text: str) -> str:
    """Odoo's unit that a word of another system means, or an empty text.

    >>> unit_kind("PCS"), unit_kind("Stk."), unit_kind("dz"), unit_kind("carton")
    ('product_uom_unit', 'product_uom_unit', 'product_uom_dozen', '')
    """
    return KINDS.get(fold(text), "")


def is_unit(value: Value) -> bool:
    """Whether a value is the name of a unit, and hardly anything else.

    >>> is_unit("pcs"), is_unit("L"), is_unit("箱"), is_unit(5)
    (True, False, False, False)
    """
    if not isinstance(value, str):
        return False
    word = fold(value)
    is_vague = word in VAGUE or (len(word) < SHORTEST and word.isascii())
    return word in KINDS and not is_vague
