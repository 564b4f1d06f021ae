"""What a heading says, by words of many languages and systems, as data.

``SYNONYMS`` has whole headings of the fields. ``WORDS`` has ideas that a heading may
express somewhere: ``word`` is a whole word, ``word*`` the beginning of one, ``*word``
the end, ``*word*`` a part, which is how languages without blanks are read. Accents and
marks do not matter.
"""

# In the order of a template.
FIELDS = (
    "session",
    "round",
    "warehouse",
    "location",
    "item",
    "serial",
    "lot",
    "serial2",
    "package",
    "owner",
    "units",
    "uom",
    "counted_at",
    "counted_by",
    "note",
    "cost",
)
# English, German, French, Spanish, Italian, Dutch, Portuguese, Polish, Chinese and
# Japanese; the first is the heading of a template.
SYNONYMS = {
    "session": (
        "Count Session|Cycle Count|Session|Count|Count Number|Count ID|Inventory"
        "|Count Name|Count Sheet|Stocktake|Stocktake Name"
        "|Zählung|Inventur|Zählliste|Inventurnummer|Comptage|Inventaire|Recuento"
        "|Inventario|Conteo|Conteggio|Telling|Contagem|Inwentaryzacja"
    ),
    "warehouse": (
        "Warehouse|Warehouse ID|Warehouse Name|Warehouse Code|WH|Whse|Site|Plant|Depot"
        "|Lager|Lagerhaus|Warenlager|Werk|Standort|Entrepôt|Magasin|Dépôt|Almacén"
        "|Bodega|Magazzino|Deposito|Magazijn|Armazém|Magazyn|仓库|倉庫|仓库名称|倉庫名"
        "|Склад"
    ),
    "location": (
        "Location|Location Name|Location Barcode|Location Code|Bin|Bin Location"
        "|Bin Code|Shelf|Place|Stock Location|Storage Location|SLoc|Storage Bin"
        "|Sublocation|Lagerort|Lagerplatz|Platz|Regal|Fach|Stellplatz|Lagerfach"
        "|Emplacement|Ubicación|Ubicazione|Posizione|Locatie|Lokatie|Localização|Local"
        "|Endereço|Lokalizacja|Miejsce|Półka|库位|储位|货位|仓位|库位编码|棚番|棚番号"
        "|ロケーション|保管場所|場所"
        "|Ячейка|Lagerplats|Plassering"
    ),
    "item": (
        "Item ID|Item|Item Number|Item No|Item Code|SKU|Product|Product ID|Product Code"
        "|Internal Reference|Reference|Part Number|Part No|Part|Material|Barcode|EAN"
        "|EAN13|GTIN|UPC|Article|Article Number|Stock Code|Code|Artikel|Artikelnummer"
        "|Artikelnr|Artikel-Nr|Art.-Nr.|Materialnummer|Sachnummer|Teilenummer|Produkt"
        "|Référence|Référence interne|Article|Produit|Code article|Code-barres"
        "|Artículo|Producto|Referencia|Código|Código de barras|Articolo|Prodotto|Codice"
        "|Artikelcode|Produto|Artigo|Kod towaru|商品编码|物料编码|品番|商品コード"
    ),
    "serial": (
        "Serial|Serial/Lot|Serial Number|Serial No|SN|Lot/Serial|Lot/Serial Number"
        "|Seriennummer|Serien-Nr|Serie/Los|Numéro de série|N° de série"
        "|Número de serie|Numero di serie|Serienummer"
    ),
    "lot": (
        "Lot|Lot Number|Lot No|Batch|Batch Number|Batch No|Charge|Los|Chargennummer"
        "|Losnummer|Numéro de lot|N° de lot|Lote|Número de lote|Lotto|Partij|Lotnummer"
        "|批号|批次|ロット|ロット番号"
    ),
    "serial2": (
        "Serial2|Serial 2|Second Serial|Second Serial Number|Alt Serial"
        "|Alternate Serial|Zweite Seriennummer|Seriennummer 2|Deuxième numéro de série"
    ),
    "package": (
        "Package|Pallet|License Plate|License Plate Number|LPN|Container|Handling Unit"
        "|Packstück|Paket|Palette|Colis|Paquete|Pacco|Pallet ID"
    ),
    "owner": (
        "Owner|Consignor|Stock Owner|Eigentümer|Besitzer|Propriétaire|Propietario"
        "|Proprietario|Eigenaar"
    ),
    "units": (
        "Units|Counted Quantity|Counted Qty|Counted|Count Qty|Found Quantity|Found"
        "|Physical Quantity|Physical Qty|Gezählte Menge|Zählmenge|Gezählt|Istmenge"
        "|Ist-Menge|Istbestand|Quantité comptée|Compté|Cantidad contada|Quantity|Qty"
        "|Menge|Stückzahl|Anzahl|Quantité|Qté|Cantidad|Cant|Unidades|Quantità|Qtà"
        "|Aantal|Hoeveelheid|Quantidade|Qtd|On Hand|Stock|Bestand"
    ),
    "uom": (
        "UoM|Unit|Unit of Measure|Measure|UM|Einheit|Mengeneinheit|ME|Unité"
        "|Unité de mesure|Unidad|Unidad de medida|Unità|Unità di misura|Eenheid|Unidade"
    ),
    "counted_at": (
        "Counted At|Counted On|Count Date|Date Counted|Date|Time|Timestamp|Date Time"
        "|Stock Take Date|Stocktake Date|Inventory Date|Scan Time|Scanned At"
        "|Datum|Zähldatum|Gezählt am|Zeitpunkt|Inventurdatum|Date de comptage|Compté le"
        "|Date d'inventaire|Fecha|Fecha de recuento|Fecha de conteo|Data"
        "|Data conteggio|Data da contagem|Teldatum|Data spisu|盘点日期|棚卸日"
    ),
    "counted_by": (
        "Counted By|Scanned By|Gezählt von|Gezählt durch|Compté par|Contado por"
        "|Contato da|Conteggiato da|Geteld door|Policzone przez|盘点人|棚卸担当者"
    ),
    "round": "Count Round",
    "note": (
        "Note|Notes|Comment|Comments|Remark|Remarks|Memo|Notiz|Bemerkung|Bemerkungen"
        "|Kommentar|Hinweis|Remarque|Remarques|Commentaire|Nota|Notas|Comentario"
        "|Comentarios|Observaciones|Commento|Opmerking|Observação|Observações|Uwagi"
        "|备注|備註|備考|Примечание"
    ),
    "cost": (
        "Unit Cost|Cost|Cost Price|Standard Price|Standard Cost|Einstandspreis|Kosten"
        "|Stückkosten|Selbstkosten|Coût|Coût unitaire|Prix de revient|Coste|Costo"
        "|Coste unitario|Costo unitario|Kostprijs|Custo"
    ),
}
# By idea, those of one language in each line.
WORDS = {
    # Nothing of it is a quantity.
    "money": (
        "amount|amounts|amt|value|values|val|valuation|price|prices|cost|costs|rate"
        "|currency|eur|usd|gbp|cny|jpy|total cost|extended"
        "|*betrag|*wert|*preis|preis*|*kosten|ek|vk|waehrung|wahrung"
        "|montant*|valeur*|prix|cout*|pu|p u|cump|pmp|devise"
        "|importe*|valor|valores|valoriz*|precio*|coste|costes|costo|costos|moneda"
        "|prezz*|importo|valore|costi|preco*|custo|custos|valuta"
        "|bedrag*|waarde|*waarde|*prijs|kosten"
        "|kwota|wartosc*|cena|ceny|koszt*"
        "|*金额*|*金額*|*单价*|*單價*|*単価*|*原価*|*成本*|*价格*|*價格*|*価格*|*总价*"
        "|*評価額*"
        "|*금액*|*단가*|*가격*|*원가*|сумма*|цена*|стоимост*"
        "|belop*|varde|pris|*pris|verdi|vaerdi|hinta*|arvo|hodnota|castka"
        "|egysegar|ertek|pret|valoare|tutar*|fiyat*|deger*|maliyet*"
    ),
    "difference": (
        "difference*|diff|diffs|dif|var|missing|excess|short|over|variance*|delta"
        "|deviation*|discrepanc*|adjustment*"
        "|adjust|adjusted|adj|change|changes|shortage*|overage*|surplus|shrinkage"
        "|gain loss|over short|to adjust"
        "|*differenz*|*abweichung*|*diff|fehlmenge*|mehrmenge*|fehlbestand*|mehrbestand*|minderbestand*"
        "|manko|korrektur*"
        "|ecart*|ajuste*|diferenci*|diferenca*|desviaci*|desvio*|variaci*|sobrante*"
        "|faltante*|differenz*|scostament*|rettific*|variazion*|divergenc*"
        "|*verschil*|afwijking*|correctie*|roznic*|odchyleni*|korekt*|nadwyzk*"
        "|niedobor*"
        "|*差异*|*差異*|*差额*|*差額*|*盈亏*|*盈虧*|*盘盈*|*盘亏*|*盤盈*|*盤虧*|*损益*"
        "|*差数*|*過不足*"
        "|*차이*|отклонени*|разниц*|излиш*|недостач*|расхожден*"
        "|avvik*|afvig*|differens*|avvikelse*|erotus|poikkeama*|rozdil*|rozdiel*"
        "|elteres*|kulonbozet*|fark|farki|selisih"
    ),
    # Yes or no, who, and what else has a number that is no quantity in a place.
    "flag": (
        "has|is|allow|*status*|state|flag|enabled|active|aktiv|actif|set|check"
        "|*状态*|*狀態*|*状態*|*상태*|statut|estado|stato"
    ),
    "person": (
        "counted by|count by|checked by|scanned by|by user|user|username|operator"
        "|employee|counter|assigned to|created by|updated by|inspector"
        "|gezahlt von|gezaehlt von|gezahlt durch|zahler|zaehler|bearbeiter|mitarbeiter"
        "|compte par|saisi par|operateur|utilisateur|contado por|usuario|operador"
        "|contato da|conteggiato da|rilevato da|operatore|utente|usuario"
        "|geteld door|teller|medewerker|gebruiker|policzyl|liczacy|policzone przez"
        "|*盘点人*|*操作员*|*担当*|*경력*|*담당자*|кто|сотрудник"
    ),
    "date": (
        "date|*date|*dates|time|timestamp|datetime|expir*|expiry|best before|bbd|mhd"
        "|datum|*datum|uhrzeit|*zeit|zeitpunkt|heure|peremption|dluo|fecha*|hora|caduc*"
        "|vencimiento|vencimento|validade|scadenza|data di|data spisu|data da|data do"
        "|data inwent*|data cont*|data invent*|ora|tijd|*datum|tht|czas|termin*"
        "|*日期*|*时间*|*時間*|*日時*|*日付*|*期限*|棚卸日|盘点日|*일자*|*날짜*|дата*"
        "|срок*|dato|pvm"
    ),
    "other": (
        "min|max|minimum|maximum|reorder*|re order|safety|par|target|threshold|moq"
        "|per|pack size|case pack|inner|conversion|factor|multiple|ratio|percent*|pct"
        "|weight|gross|net|volume|length|width|height|depth|dimension*|tolerance*"
        "|accuracy|days|age|lead|month|week|year|frequency|priority"
        "|ordered|order|received|shipped|sold|sales|picked|issued|returned|scrapped"
        "|damaged|defective|transferred|incoming|outgoing|in transit|transit|reserved"
        "|reservation*|allocated|committed|unavailable|backorder*|demand|forecast*"
        "|planned|requested|required|needed|to order|usage|last|previous|prior|alert*"
        "|blocked|quality|insp|inspection|opening|low|sicherheits*|hochst*|hoechst*"
        "|maximal*|anfangs*|bestell*|mini|maxi|initial*|alerte*|securite*|livre*|recu|recue"
        "|inicial*|seguridad|seguranca|inizial*|beginvoorraad|poczatkow*|bezpieczenstw*"
        "|mindest*|melde*|*gewicht*|volumen|reserviert*|bestellt*|verkauft*|pro"
        "|letzte*|vorherig*|preiseinheit|packungsgrosse|packungsgroesse|packungsinhalt"
        "|minimum|poids|volume|reserve|reservee|reserves|commande*|vendu*|par"
        "|conditionnement|dernier*|seuil*"
        "|minim*|maxim*|peso|reservad*|comprometid*|vendid*|pedid*|por|ultimo|ultima"
        "|scorta*|impegnat*|prenotat*|ordinat*|venduto|ultim*|confezione|estoque minimo"
        "|gewicht|gereserveerd*|besteld*|verkocht*|vorige|laatste|waga|masa|zarezerwow*"
        "|rezerwacj*|zamowi*|sprzeda*|poprzedni*"
        "|*在途*|*预留*|*預留*|*占用*|*锁定*|*引当*|*重量*|*体积*|*安全*|*上限*|*下限*"
        "|*最低*|*最高*"
        "|*預約*|*発注*|*受注*|*입고*|*출고*|вес|резерв*|минимал*|максимал*"
    ),
    # Somebody counted it.
    "counted": (
        "counted|physical|phys|phy|physically|found|actual|actuals|observed|scanned"
        "|audited"
        "|qty count|quantity count|count qty|count quantity|count units|counted units"
        "|stocktake|stock take|stocktaking|stock check|tally|verified|real|recount*"
        "|hand count|qty counted|inventory quantity set"
        "|new quantity|new qty|new count|new stock|new on hand|new inventory|new level"
        "|on hand new|quantity new|qty new|stock new|final count|final qty"
        "|gezahlt*|gezaehlt*|gez|zahlmenge|zaehlmenge|zahl menge|zaehl menge|aufnahme"
        "|erfasste menge|erfasster bestand|zahlbestand|zaehlbestand"
        "|zahlergebnis|zaehlergebnis|ist|istbest|istm|istmenge|istbestand|istbestande"
        "|istanzahl"
        "|tatsachlich*|tatsaechlich*|inventurmenge|inventurbestand|inventurzahl"
        "|inventurergebnis|inv menge|inv bestand|aufgenommen*|aufnahmemenge"
        "|vorgefunden*|gefunden*|gescannt*|scanmenge|korperlich*|koerperlich*|physisch*"
        "|realbestand|effektivbestand|neuer bestand|neue menge|bestand neu|menge neu"
        "|nachzahlung|nachzaehlung|wirklich*"
        "|compte|comptee|comptees|comptes|inventorie*|denombre*|physique*|reel|reelle"
        "|reels|reelles|constate*|releve*|saisie|saisi|trouve*|scanne*|qte inv"
        "|nouveau stock|nouvelle quantite|nouvelle qte"
        "|contad*|fisic*|reales|inventariad*|encontrad*|hallad*|escanead*|verificad*"
        "|toma fisica|nueva cantidad|nuevo stock|cantidad nueva|levantad*"
        "|contat*|conteggiat*|rilevat*|effettiv*|reale|reali|riscontrat*|trovat*"
        "|nuova quantita|nuova giacenza|apurad*|conferid*|nova quantidade|novo estoque"
        "|geteld*|telaantal|tel aantal|teltotaal|werkelijk*|fysiek*|gevonden|gescand*"
        "|nieuwe voorraad|nieuw aantal"
        "|policz*|zliczon*|spisan*|spis z natury|z natury|ze spisu|spisu|faktyczn*"
        "|rzeczywist*|fizyczn*|zinwentaryzowan*|remanent*|znalezion*|nowy stan"
        "|*实盘*|*實盤*|*盘点*|*盤點*|*实际*|*實際*|*实点*|*實點*|*实存*|*實存*|*清点*"
        "|*清點*|*初盘*"
        "|*复盘*|*初盤*|*複盤*|*实数*|*實數*|*抽盘*|*实物*|*盘存*"
        "|*実棚*|*実地*|*棚卸*|*実数*|*実在庫*|*実際*|*実査*|*カウント*|*計数*"
        "|*실사*|*실재고*|*실물*|*실수량*|*실제*|факт*|посчитан*|подсчит*|пересч*"
        "|raknat*|raknad*|inventerat*|inventerad*|optalt*|opptalt*|talt|talte|opgjort"
        "|faktisk*|verklig*|fysisk*|virkelig*|laskettu*|lasketut|inventoitu*|todelli*"
        "|fisik|skutecn*|skutocn*|napocit*|spocit*|zjisten*|fyzick*|szamolt*"
        "|leltarozott*"
        "|tenyleges*|sayilan|fiili*|gercek*|faptic*|numarat*|inventariat*"
    ),
    # The book says it.
    "book": (
        "expected|expect|exp qty|system|sys|book|booked|theoretical|theoretic|theo"
        "|calculated|calc|calcd|computed|computer|ledger|perpetual|snapshot|frozen"
        "|before|old|available|avail|free|erp|wms|as of|virtual"
        "|soll|sollbest|sollm|sollmenge|sollbestand|sollanzahl|buch|buchmenge"
        "|buchbestand|gebucht*"
        "|system*|berechnet*|rechnerisch*|erwartet*|edv|wawi|warenwirtschaft|*verfugbar*|verfuegbar*|alt"
        "|alter bestand|bisher*|theoret*"
        "|theoriq*|comptable*|attendu*|calcule*|informatique|dispo|disponib*|prevu*|ancien*"
        "|avant|teoric*|sistem*|esperad*|calculad*|contable*|libro|libros|anterior*"
        "|previst*|kardex|contabil*|attes*|calcolat*|gestional*|a libro|precedent*"
        "|cantidad actual|stock actual|existencia actual|existencias actuales"
        "|inventario actual|saldo actual|cant actual|actuales|atual|attual*"
        "|boek*|vrije|systeem*|verwacht*|berekend*|administrati*|beschikba*|technische"
        "|economische|ksiegow*|ewidency*|oczekiwan*|teoretyczn*|dostepn*|wyliczon*"
        "|handlow*|wg ksiag|w systemie"
        "|*账面*|*帐面*|*帳面*|*账存*|*帐存*|*帳存*|*系统*|*系統*|*理论*|*理論*|*应有*"
        "|*应存*|*应盘*"
        "|*预期*|*可用*|*帳簿*|*システム*|*論理*|*予定*|*有効*|*장부*|*전산*|*시스템*"
        "|*이론*|*예상*|*가용*"
        "|учет*|бухгалт*|расчет*|ожидаем*|доступн*|по данным|книжн*"
        "|bokford*|bokfort*|forvantat*|beraknat*|forvent*|bogfort*|beregnet*|teoretisk*"
        "|disponibel|tillganglig*|kirjanpito*|odotet*|laskennalli*|ucetni*|uctovn*"
        "|evidencni*|ocekavan*|ocakavan*|konyv*|nyilvantart*|elmelet*|kaydi|teorik"
        "|beklenen|scriptic*|teoretic*"
    ),
    # What lies there, as the book says it, if a column of its own says what was found.
    "stock": (
        "stock|stocks|on hand|onhand|qoh|soh|oh|instock|inventory|balance|current"
        "|present|holding|holdings"
        "|*bestand|*bestande|unrestricted|unrestr|closing|lagermenge|lagerstand|vorrat"
        "|aktuell*"
        "|existencia|existencias|saldo|inventario|giacenz*|esistenz*|estoque|actuel*"
        "|voorraad*|*voorraad|huidig*|stan|stany|aktualn*|zapas*"
        "|*库存*|*庫存*|*现存*|*现有*|*結存*|*结存*|*存量*|*在庫*|*재고*|остат*|остаток"
        "|запас*|наличи*"
        "|*saldo|*beholdning|varasto|keszlet*|mevcut*|stok|stoc|zasoba"
    ),
    "quantity": (
        "quantity|quantities|quant|qty|qtty|qnty|qtys|units|pieces|number of|no of"
        "|menge|mengen|*menge|stuckzahl|stueckzahl|anzahl|stuck|stueck"
        "|quantite|quantites|qte|qtes|unites|nb|nbre"
        "|cantidad|cantidades|cant|unidades|uds|piezas|ctd|cdad"
        "|quantita|qta|q ta|pezzi|quantidade|quantidades|qtd|qtde|pecas"
        "|aantal|*aantal|aantallen|hoeveelheid|stuks|ilosc|ilosci|liczba|sztuk"
        "|*数量*|*數量*|*件数*|*个数*|*個数*|*員数*|*수량*|количеств*|кол во|колво|кол"
        "|antal|antall|kvantitet|mangd|mengde|kvantum|maengde|maara|*maara|lukumaara"
        "|mnozstvi|mnozstvo|pocet|mennyiseg*|darab|miktar*|adet|cantitate"
    ),
    # A number of packs, of which nobody knows how much is in one.
    "packs": (
        "cases|boxes|cartons|packs|pallets|cases counted|kartons|kisten|pakete|gebinde"
        "|cartons|colis|palettes|cajas|bultos|paletas|cartoni|colli|scatole|caixas"
        "|dozen|doosjes|dozen|pallets|kartony|opakowania|箱数|*箱数*|ケース数"
    ),
    # A count, as an event or as its result.
    "count": (
        "count|counts|cnt|zahlung|zaehlung|comptage|comptages|recuento|recuentos|conteo"
        "|conteos|conteggio|conteggi|telling|contagem|contagens|spis|liczenie|sayim"
        "|optaelling|varetelling"
    ),
    "event": (
        "inventory|inventur|inventaire|inventario|inventaris|inwentaryzacja|leltar"
        "|inventering|inventura|cycle count|inventory count|inventarisatie"
    ),
    # Of a quantity, after a count that has a name: Stock laut Inventur.
    "by count": (
        "inventur|inventaire|inventario|inventaris|inventarisatie|inwentaryzacji"
        "|inventering"
        "|leltar|inventury|phys inventory|physical inventory"
    ),
    "uom": (
        "uom|uoms|u o m|units of measure|unit of measure|unit of measurement"
        "|measurement unit|measure unit|um|u m|bun|buom|base uom"
        "|me|bme|meh|mengeneinheit|*einheit|*einheiten|*einheitencode|*einheitscode"
        "|basis me"
        "|unite de mesure|unite mesure|unite de stock|unite de gestion|unite gestion"
        "|udm|u d m|ud medida|unidad de medida|unidad medida|u med|uni med"
        "|unita di misura|unita misura|unidade de medida|unid medida|un medida"
        "|eenheid|*eenheid|eenh|jm|j m|jednostk*|jedn miary|j miary"
        "|*单位*|*單位*|*単位*|*단위*|ед изм|ед измерения|единиц*|enhet|enhed|yksikko"
        "|mj|m j|merna jednotka|mertekegyseg|birim|birimi|olcu"
    ),
    # A unit where it stands last or alone.
    "unit": "unit|unite|unidad|unita|unidade|unid|und|jedn|ед|measure|einh|unit code",
    "serial": (
        "serial|serials|sn|s n|serial no|serial number|seriennummer*|seriennr|serien nr"
        "|serie|numero de serie|n de serie|no serie|num serie|n serie|nserie"
        "|numero di serie|seriale|matricola|numero de serie|serienummer*|serienr"
        "|nr seryjny|numer seryjny|seryjny|*序列号*|*序列號*|*シリアル*|*製造番号*"
        "|*일련번호*"
        "|серийн*|заводской|serialnr|serialno|imei"
    ),
    "lot": (
        "lot|lots|batch|batches|lotno|lot no|batchno|batch no|charge|chargen*|charg"
        "|chargennr|los|losnummer|losnr|lote|lotes|lotto|lotti|partij*|partijnummer"
        "|lotnummer|partia|partii|nr partii|seria|nr serii|numero de lot|n de lot"
        "|*批号*|*批號*|*批次*|*ロット*|*로트*|партия|партии|серия|batchnr|sarze"
        "|eranumero|tetelszam"
    ),
    "bin": (
        "bin|bins|bin code|bin location|shelf|shelves|rack|slot|storage bin"
        "|sublocation|sub location|locator|position in warehouse|bin loc|loc bin"
        "|lagerplatz*|lagerfach|fach|regal*|regalplatz|stellplatz|platz|lagerpl"
        "|place|plaats|emplacement*|casier|rayon|allee|ubicacion*|estante|estanteria|casillero"
        "|ubicazion*|scaffale|posizione|posicion|posicao|prateleira|endereco"
        "|localizacao"
        "|vak|schap|magazijnlocatie|lokalizacj*|miejsce|polka|regal|gniazdo"
        "|*库位*|*庫位*|*货位*|*貨位*|*储位*|*儲位*|*仓位*|*倉位*|*货架*|*棚番*|*ロケ*"
        "|*로케이션*|*위치*"
        "|ячейк*|место хранения|lagerplats|lokation|placering|plassering|hyllypaikka"
        "|hylly|umisteni|raf|rafi|raft"
    ),
    "location": (
        "location|locations|loc|location code|location name|stock location|sloc|stloc"
        "|storage location|storageloc|subinventory|lagerort|lgort"
        "|locatie|lokatie|locaties|local|localidad|*保管場所*|*場所*|*存放地点*"
        "|местоположение"
        "|sijainti|tarolohely|lokace"
    ),
    "warehouse": (
        "warehouse|warehouses|whse|wh|wms warehouse|depot|lager|warenlager|lagerhaus"
        "|lagername|lagernummer|lagernr|lagercode|entrepot*|magasin|depot|almacen*"
        "|bodega"
        "|bodegas|magazzino|magazzini|deposito|depositos|magazijn|magazijnen|armazem"
        "|magazyn|magazynu|*仓库*|*倉庫*|*창고*|склад*|varasto|sklad|skladu|depo|raktar"
        "|gestiune|lagersted|lagerstalle"
    ),
    "site": (
        "site|plant|store|branch|shop|facility|outlet|werk|standort|filiale|filialen"
        "|betriebsstatte|succursale|etablissement|tienda|sucursal|tienda|negozio|sede"
        "|loja|filial|vestiging|winkel|oddzial|sklep|*门店*|*店铺*|*店舗*|*工厂*|*拠点*"
        "|*매장*"
    ),
    "maker": (
        "supplier*|vendor*|manufacturer*|manuf|manufact|mfr|mfg|mpn|customer*"
        "|lieferant*|hersteller*|kunde*|fournisseur*|fabricant*|client*|proveedor*"
        "|fabricante*|cliente*|fornitore*|produttore*|fornecedor*|leverancier*"
        "|fabrikant*|klant*|dostawc*|producent*|*供应商*|*供應商*|*厂家*|*仕入先*"
        "|*メーカー*|*客户*"
        "|поставщик*|производител*|leverandor*|leverantor*|hs|hts|tariff|commodity"
        "|intrastat|zolltarif*|taric"
    ),
    # What an item is sorted by, not which one it is.
    "class": (
        "group|category|categories|type|class|family|brand|department|dept|color|colour"
        "|size|tax|gruppe|warengruppe|kategorie|marke|groesse|grosse"
        "|farbe|famille|categorie|marque|familia|categoria|marca|grupo|gruppo|groep"
        "|merk|grupa|kategoria|*类别*|*分类*|*品牌*|*规格*|*型号*|*規格*|*分類*"
        "|категори*|группа"
        "|image|url|photo|picture|option*|handle|token"
    ),
    "noun": (
        "item|items|product|products|prod|article|articles|art|artikel|material|mat"
        "|part|parts|sku|good|goods|variant|variation|merchandise"
        "|articolo|articoli|articulo|artigo|produit|producto|prodotto|produto|produkt"
        "|towar|towaru|towary|asortyment|wyrob|indeks|vare|varer|varenr|vara|tuote"
        "|nimike|zbozi|tovar|termek|cikk|urun|malzeme|produs|articol|barang"
        "|*商品*|*物料*|*存货*|*产品*|*品目*|*製品*|*货品*|*품목*|*상품*|номенклатур*"
        "|товар*"
        "|материал*|artnr|teil|teile"
    ),
    "number": (
        "number|no|nr|num|code|codes|cod|kod|kodu|id|ident|ref|reference|nummer|numero"
        "|sku|symbol|key|indeks|n|номер|kode|код|*编码*|*编号*|*編號*|*代码*|*代碼*"
        "|*コード*|*番号*|*코드*"
        "|*번호*|numer|nro|cislo|azonosito|clave|codigo|codice|referencia|referenz"
        "|riferimento"
    ),
    "identity": "id|ident|key|variant|variation",
    # Alone, the number of the item.
    "code": (
        "code|codes|clave|codigo|codice|cod|kod|kodu|ref|reference|referencia|referenz"
        "|riferimento|编码|编号|代码|コード|код|코드"
    ),
    "name": (
        "name|names|description|desc|descr|title|text|bezeichnung*|*bezeichnung|*name"
        "|kurztext|libelle*|designation*|nom|nombre*|descripcion*|descrizion*|nome"
        "|descric*|omschrijving*|naam|*naam|nazwa|opis|*名称*|*名稱*|品名|*品名*|*名*"
        "|наименовани*"
        "|название|beskrivelse|benamning|betegnelse|nimi|nazev|megnevezes|adi|denumire"
        "|nama"
    ),
    # Whole headings that say which item it is, whatever else they could say.
    "article": (
        "sku|skus|item number|item no|item nr|item code|itemcode|itemno|itemnumber"
        "|product code|product number|product no|part number|part no|partnumber|partno"
        "|part code|article number|article no|article code|stock code|stockcode"
        "|stock number|stock no|inventory id|inventory item id|inventory code"
        "|internal reference|default code|material|material number|material no|mat nr"
        "|material code|matnr|item name number|variant sku|custom sku|search key"
        "|seller sku|merchant sku|stock keeping unit|stock item|stock item id"
        "|identnr|identnummer|ident nr|ident nummer|sachnr|teilenr"
        "|artikelnummer|artikelnr|artikel nr|artikel nummer|art nr|artnr|art no"
        "|materialnummer|materialnr|sachnummer|teilenummer|teile nr|produktnummer"
        "|artikelcode|artikel code|reference interne|code article|code produit"
        "|ref article"
        "|reference article|ref interne|ref produit|reference produit|code art"
        "|codigo articulo|codigo de articulo|codigo producto|codigo de producto"
        "|cod articulo|cod producto|referencia interna|ref articulo|codigo interno"
        "|codice articolo|cod articolo|codice prodotto|cod art|codice art"
        "|codigo do produto|codigo produto|cod produto|codigo do artigo"
        "|artikelnummer|itemcode|productcode|kod towaru|kod produktu|indeks|symbol"
        "|symbol towaru|indeks materialowy|kod asortymentu|kod materialu"
        "|商品编码|商品编号|商品代码|物料编码|物料代码|物料编号|存货编码|存货代码"
        "|产品编码|产品编号"
        "|货号|料号|料號|品号|品號|货品编码|货品编号|商品編號|物料編號|商品條碼"
        "|品番|商品コード|品目コード|商品番号|製品コード|製品番号|品目番号|型番"
        "|品コード"
        "|품목코드|품번|상품코드|자재코드|артикул|код товара|код номенклатуры"
        "|varenummer|varenr|artikelnr|tuotekoodi|tuotenumero|nimikekoodi|cikkszam"
        "|cikkszam|stok kodu|malzeme kodu|urun kodu|cod articol|cod produs"
        "|kod zbozi|cislo zbozi|katalogove cislo"
    ),
    "barcode": (
        "barcode|barcodes|bar code|ean|ean13|ean 13|ean8|ean code|gtin|gtin13|gtin14"
        "|upc"
        "|upca|jan|isbn|plu|fnsku|asin|strichcode|code barre|code barres|code a barres"
        "|codigo de barra|codigo de barras|codigo barras|codbarras|cod barras"
        "|codice a barre|codice barre|streepjescode|kod kreskowy|kod paskowy"
        "|*条码*|*条形码*|*條碼*|*バーコード*|jan コード|janコード|*바코드*|штрихкод"
        "|штрих код"
        "|streckkod|stregkode|strekkode|viivakoodi|carovy kod|vonalkod|barkod|qr|qr1"
    ),
    "document": (
        "doc|document*|journal|voucher|line|row|pos|position|posnr|zeile|ligne|linea"
        "|riga|linha|regel|pozycja|lp|seq|sequence|order no|batch name|sheet|tag"
        "|belegnr|belegnummer|beleg|lfd nr|lfdnr|n linea|nbr|*单号*|*单据*|*序号*"
        "|*伝票*|*行番号*|*行号*"
        "|*순번*|п п|transaction*|session|round|team|list"
    ),
    # What stands instead of an item where a row has the sum of others.
    "total": (
        "total|totals|totale|totales|totaal|subtotal|subtotals|subtotaal|sum|grand"
        "|summe|summen|gesamt|gesamtsumme|zwischensumme|ergebnis|gesamtergebnis"
        "|insgesamt|somme|sous|totaux|general|generale|gral|suma|sumar|subtotale|razem"
        "|lacznie|ogolem|итого|всего|yhteensa|celkem|osszesen|toplam"
        "|合计|合計|总计|總計|小计|小計|总和|합계"
    ),
    # Between a quantity and where it is: cantidad en almacén.
    "at": "en|in|em|dans|nel|im|at|na|w|v|au|auf|в|на",
    # What is a quantity even where a place or a lot is named beside it.
    "amount": (
        "on hand|onhand|qoh|soh|balance|*bestand|voorraad|giacenza|existencia"
        "|existencias|saldo|estoque|*库存*|*庫存*|*存量*|*在庫*|*재고*|остаток|остатки"
    ),
}
