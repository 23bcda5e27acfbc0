"""Documents and plates whose form proves little: passports, licenses, number plates, cards, insurance and patient numbers.

Most are kinds of `one_in` 1: believed only where a column's name or a word in a text announces them.
"""

# ruff: noqa: E501, RUF001 - a table reads best with a kind a row, in the letters of its country
from __future__ import annotations

from typing import Final

from veil.recognizers.values.kinds import DAY, Kind

_PASSPORT_WORDS: Final = (
    "passport", "passport number", "passport no", "reisepass", "reisepassnummer", "passeport", "pasaporte", "passaporto", "passaporte",
    "paspoort", "paspoortnummer", "paszport", "paszportu", "pass nr", "passnummer", "passi", "pasas",
)
_LICENSE_WORDS: Final = (
    "driving licence", "driver licence", "drivers licence", "driver license", "drivers license", "driver's license", "driving license",
    "licence no", "license no", "dl", "dl number", "fuhrerschein", "fuhrerscheinnummer", "permis", "permis de conduire", "patente",
    "carnet de conducir", "permiso de conducir", "rijbewijs", "rijbewijsnummer", "prawo jazdy", "korkort", "kjorekort", "korekort",
)
_PLATE_WORDS: Final = (
    "plate", "license plate", "licence plate", "number plate", "registration", "reg no", "kennzeichen", "kfz kennzeichen",
    "nummernschild", "immatriculation", "plaque", "matricula", "targa", "kenteken", "nummerplaat", "rejestracja", "tablica",
    "registreringsnummer", "rekisterinumero",
)
_INSURED_WORDS: Final = (
    "member id", "member number", "insurance id", "health insurance", "subscriber id", "policy holder", "ehic",
    "european health insurance card", "versichertennummer", "verzekerdennummer", "zorgverzekering", "tarjeta sanitaria", "tessera sanitaria",
    "numero d'assure", "mutuelle",
)
_PATIENT_WORDS: Final = (
    "mrn", "medical record", "medical record number", "patient id", "patient number", "patient no", "hospital number", "chart number",
    "patientennummer", "patienten nr", "fallnummer", "patientnummer", "numero de dossier", "ipp", "historia clinica", "cartella clinica",
    "numero de historia", "numer pacjenta", "patient",
)


def _passport(country: str, shape: str) -> Kind:
    return Kind(f"passport.{country.lower()}", "PASSPORT", "passport", (6, 12), shape, "", 1, "PRADO, Council of the EU; ICAO Doc 9303",
                (country,), _PASSPORT_WORDS)


def _plate(country: str, shape: str) -> Kind:
    return Kind(f"plate.{country.lower()}", "LICENSE_PLATE", "number plate", (4, 14), shape, "", 1, "registration law of the country", (country,),
                _PLATE_WORDS, raw=True)


def _license(country: str, shape: str) -> Kind:
    return Kind(f"license.{country.lower()}", "DRIVING_LICENSE", "driving license", (5, 18), shape, "", 1,
                "directive 2006/126/EC, annex I, or the state's", (country,), _LICENSE_WORDS)


KINDS: Final = (
    *(_passport(country, shape) for country, shape in (
        ("US", r"[A-Z]?\d{8,9}"), ("GB", r"\d{9}"), ("DE", r"[CFGHJK][CFGHJKLMNPRTVWXYZ0-9]{8}\d?"), ("FR", r"\d\d[A-Z]{2}\d{5}"),
        ("ES", r"[A-Z]{2,3}\d{6}"), ("IT", r"[A-Z]{2}\d{7}"), ("NL", r"[A-NP-Z]{2}[A-NP-Z0-9]{6}\d"), ("BE", r"[A-Z]{2}\d{6}"),
        ("PL", r"[A-Z]{2}\d{7}"), ("PT", r"[A-Z]{1,2}\d{6}"), ("AT", r"[A-Z]\d{7}"), ("CH", r"[A-Z]\d{7}|[A-Z]\d[A-Z]\d{5}"),
        ("SE", r"\d{8}"), ("IE", r"[A-Z]{1,2}\d{7}"), ("CA", r"[A-Z]{2}\d{6}|[A-Z]\d{6}[A-Z]{2}"), ("AU", r"[A-Z]{1,2}\d{7}"),
        ("IN", r"[A-PR-WY]\d{7}"), ("CN", r"[EGDSP][A-Z0-9]\d{7}"), ("JP", r"[A-Z]{2}\d{7}"), ("BR", r"[A-Z]{2}\d{6}"),
        ("KR", r"[MSRODG]\d{3}[A-Z0-9]\d{4}"), ("PH", r"[A-Z]\d{7}[A-Z]|[A-Z]{1,2}\d{6,7}"), ("ZA", r"[ADMT]\d{8}"),
    )),
    Kind("license.gb", "DRIVING_LICENSE", "driving licence of Great Britain", (16, 18),
         rf"[A-Z9]{{5}}\d(?:[05][1-9]|[16][0-2]){DAY}\d[A-Z9]{{2}}[A-Z0-9][A-Z]{{2}}(?:\d\d)?", "date and letters", 100, "DVLA, D1", ("GB",),
         _LICENSE_WORDS, plain=True),
    *(_license(country, shape) for country, shape in (
        ("US", r"[A-Z]\d{3,14}|\d{7,12}|[A-Z]{2}\d{6}[A-Z]?|[A-Z]{1,2}\d{5,12}|\d{3}[A-Z]{2}\d{4}"), ("DE", r"[A-Z0-9]{2}\d{6}[A-Z0-9]\d[A-Z0-9]"),
        ("FR", r"\d{12}|\d\d[A-Z]{2}\d{5}"), ("IT", r"[A-Z]{2}\d{7}[A-Z]|U1[A-Z0-9]{7}[A-Z]"), ("ES", r"\d{8}[A-Z]"), ("NL", r"\d{10}"),
        ("BE", r"\d{10}"), ("PL", r"\d{5,6}\d{2}\d{4}"), ("CA", r"[A-Z]\d{14}|\d{7,9}|[A-Z]\d{12}"), ("AU", r"\d{6,10}|[A-Z0-9]{6,9}"),
        ("IN", r"[A-Z]{2}\d{13}"), ("KR", r"\d{12}"), ("ZA", r"\d{10,12}[A-Z0-9]{0,2}"),
    )),
    *(_plate(country, shape) for country, shape in (
        ("DE", r"[A-ZÄÖÜ]{1,3}[ -][A-Z]{1,2} ?\d{1,4}[EH]?"), ("GB", r"[A-Z]{2}\d\d ?[A-Z]{3}|[A-Z]\d{1,3} ?[A-Z]{3}"),
        ("FR", r"[A-HJ-NP-TV-Z]{2}[ -]?\d{3}[ -]?[A-HJ-NP-TV-Z]{2}"), ("IT", r"[A-HJ-NPR-TV-Z]{2} ?\d{3} ?[A-HJ-NPR-TV-Z]{2}"),
        ("ES", r"\d{4}[ -]?[BCDFGHJ-NPR-TV-Z]{3}"),
        ("NL", r"(?=.*\d)(?=.*[A-Z])(?:[A-Z]{1,3}|\d{1,3})-(?:[A-Z]{1,3}|\d{1,3})-(?:[A-Z]{1,3}|\d{1,3})"),
        ("BE", r"[1-9]-?[A-Z]{3}-?\d{3}"), ("PL", r"[A-Z]{2,3} ?[A-Z0-9]{4,5}"), ("PT", r"(?:[A-Z]{2}|\d\d)-(?:[A-Z]{2}|\d\d)-(?:[A-Z]{2}|\d\d)"),
        ("AT", r"[A-Z]{1,2}[ -]\d{1,5} ?[A-Z]{1,3}"), ("CH", r"(?:AG|A[IR]|B[ELS]|FR|GE|GL|GR|JU|LU|N[EW]|OW|S[GHOZ]|T[GI]|UR|V[DS]|Z[GH]) ?\d{1,6}"),
        ("SE", r"[A-Z]{3} ?\d\d[A-Z0-9]"), ("FI", r"[A-Z]{2,3}-\d{1,3}"), ("NO", r"[A-Z]{2} ?\d{5}"), ("DK", r"[A-Z]{2} ?\d\d ?\d{3}"),
        ("CZ", r"\d[A-Z][A-Z0-9] ?\d{4}"), ("HU", r"[A-Z]{3}-?\d{3}|[A-Z]{2} ?[A-Z]{2}-?\d{3}"), ("RO", r"[A-Z]{1,2} ?\d{2,3} ?[A-Z]{3}"),
        ("US", r"[A-Z0-9]{1,4}[ -][A-Z0-9]{2,4}|(?=.*\d)[A-Z0-9]{5,8}"), ("IN", r"[A-Z]{2}[ -]?\d{1,2}[ -]?[A-Z]{1,3}[ -]?\d{4}"),
        ("TR", r"(?:0[1-9]|[1-7]\d|8[01]) ?[A-Z]{1,3} ?\d{2,5}"), ("BR", r"[A-Z]{3}-?\d[A-Z0-9]\d\d"), ("AU", r"[A-Z]{3} ?\d\d ?[A-Z]?|\d[A-Z]{3}\d{3}"),
    )),
    Kind("card.code", "CARD_SECURITY_CODE", "security code of a card", (3, 4), r"\d{3,4}", "", 1, "ISO/IEC 7813; PCI DSS 3.3", (),
         ("cvv", "cvc", "cvv2", "cvc2", "cid", "csc", "security code", "prufziffer", "kartenprufnummer", "cryptogramme", "codigo de seguridad")),
    Kind("card.expiry", "CARD_EXPIRY", "expiry date of a card", (4, 7), r"(?:0[1-9]|1[0-2]) ?[/-] ?(?:20)?\d\d", "", 1, "ISO/IEC 7813", (),
         ("exp", "expiry", "expires", "expiration", "exp date", "valid until", "valid thru", "gultig bis", "valable jusqu", "caducidad",
          "scadenza", "vervaldatum"), raw=True),
    Kind("ehic", "HEALTH_INSURANCE_ID", "European Health Insurance Card", (20, 20), r"80\d{18}", "", 1, "decision S2 of 12 June 2009", (),
         ("ehic", "european health insurance card", "egk", "ceam")),
    Kind("ch.insurance", "HEALTH_INSURANCE_ID", "Swiss insurance card", (20, 20), r"80756\d{15}", "", 1, "VVK, SR 832.105", ("CH",),
         ("versichertenkarte", "carte d'assure", "veka"), written=r"80756\d{15}"),
    Kind("insurance.member", "HEALTH_INSURANCE_ID", "member number of an insurer", (6, 16), r"[A-Z]{0,4}\d{5,14}[A-Z]{0,2}", "", 1,
         "45 CFR 164.514(b)(2)(i)(I)", (), _INSURED_WORDS),
    Kind("patient", "MEDICAL_RECORD_ID", "medical record number", (4, 14), r"[A-Z]{0,4}\d{4,12}[A-Z]?", "", 1, "45 CFR 164.514(b)(2)(i)(H)",
         (), _PATIENT_WORDS),
    Kind("de.lanr", "MEDICAL_LICENSE", "Arztnummer (LANR)", (9, 9), r"\d{9}", "", 1, "§ 293 SGB V", ("DE",), ("lanr", "arztnummer", "bsnr")),
    Kind("gb.gmc", "MEDICAL_LICENSE", "GMC reference", (7, 7), r"\d{7}", "", 1, "Medical Act 1983", ("GB",), ("gmc", "gmc number")),
    Kind("it.card", "NATIONAL_ID", "carta d'identità", (9, 9), r"[A-Z]{2}\d{5}[A-Z]{2}|[A-Z]{2}\d{7}", "", 1, "DM 23 dicembre 2015", ("IT",),
         ("carta d'identita", "carta identita", "ci n")),
    Kind("gr.card", "NATIONAL_ID", "identity card", (7, 8), r"[A-ZΑ-Ω]{1,2}\d{6}", "", 1, "Greek police", ("GR",), ("adt", "αδτ", "taftotita")),
    Kind("fr.card", "NATIONAL_ID", "carte nationale d'identité", (9, 12), r"\d{12}|[A-Z0-9]{9}", "", 1, "décret 55-1397", ("FR",),
         ("carte d'identite", "cni", "carte nationale d'identite")),
    Kind("es.passport.residence", "NATIONAL_ID", "residence permit", (9, 9), r"E\d{8}", "", 1, "regulation (EC) 1030/2002", ("ES",),
         ("tie", "permiso de residencia")),
)
