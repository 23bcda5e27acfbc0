from __future__ import annotations

import pytest

from veil.errors import VeilError
from veil.recognizers.words.files import read
from veil.recognizers.words.lexicon import harmless_in, matches, words_of

HEADERS = {
    "technical": "KUNNR CUSTOMER_ID|PERNR EMPLOYEE_ID|ORT01 CITY|PSTLZ POSTCODE|STRAS STREET_ADDRESS|TELF1 PHONE_NUMBER|"
    "SMTP_ADDR EMAIL_ADDRESS|GBDAT BIRTH_DATE|VORNA FIRST_NAME|NACHN LAST_NAME|STCEG VAT_ID|BANKN ACCOUNT_NUMBER|"
    "LAND1 COUNTRY|MailingStreet STREET_ADDRESS|BillingPostalCode POSTCODE|PersonEmail EMAIL_ADDRESS|"
    "Birthdate__c BIRTH_DATE|telephoneNumber PHONE_NUMBER|DRIVERS DRIVING_LICENSE|c-ip IP_ADDRESS|"
    "cs-username USER_NAME|x_forwarded_for IP_ADDRESS|fst_nm FIRST_NAME|lst_nm LAST_NAME|cust_nm PERSON|"
    "acct_nbr ACCOUNT_NUMBER|addr_ln_2 ADDRESS_LINE|zip_cd POSTCODE|st_cd REGION|cntry_cd COUNTRY|"
    "birth_dt BIRTH_DATE|gndr_cd GENDER|mar_stat MARITAL_STATUS|emp_no EMPLOYEE_ID|ph_no PHONE_NUMBER|"
    "dl_no DRIVING_LICENSE|hicn HEALTH_INSURANCE_ID|CUST_ST_ADDR STREET_ADDRESS|num_iban IBAN_CODE",
    "en": "Customer First Name FIRST_NAME|billing_city CITY|HomePhone PHONE_NUMBER|dateOfBirth BIRTH_DATE|"
    "passport_number PASSPORT|SocialSecurityNumber US_SSN|shippingAddress STREET_ADDRESS|employee_id EMPLOYEE_ID|"
    "annual_income SALARY|maritalStatus MARITAL_STATUS|house_no HOUSE_NUMBER|full_address ADDRESS|"
    "MRN MEDICAL_RECORD_ID|cvv CARD_SECURITY_CODE|card_exp_date CARD_EXPIRY|medicare_no HEALTH_INSURANCE_ID|"
    "userAgentIP IP_ADDRESS|vehicle_vin VIN",
    "de": "Kd-Nr CUSTOMER_ID|GebDat BIRTH_DATE|Hausnummer HOUSE_NUMBER|PLZ POSTCODE|Straße und Hausnr. STREET_ADDRESS|"
    "Tel. privat PHONE_NUMBER|Versichertennummer HEALTH_INSURANCE_ID|Vor- und Nachname PERSON|STRASSE STREET_ADDRESS|"
    "Geschlecht GENDER|mitgl_nr CUSTOMER_ID|kartenpruefnummer CARD_SECURITY_CODE|Familienstand MARITAL_STATUS|"
    "Bruttogehalt SALARY|Wohnort CITY|Krankenblattnummer MEDICAL_RECORD_ID|karte_gueltig_bis CARD_EXPIRY|"
    "Kunden-Geburtsdatum BIRTH_DATE|Vollständige Anschrift ADDRESS",
    "fr": "villedomicile CITY|codepostaldomicile POSTCODE|telephonemobile PHONE_NUMBER|lieu_naissance CITY|"
    "nom_commune CITY|libelle_commune CITY|ville_cli CITY|adr_fact STREET_ADDRESS|nom_voie STREET_ADDRESS|"
    "dt_naiss BIRTH_DATE|tel_port PHONE_NUMBER|num_voie HOUSE_NUMBER|Numéro de sécurité sociale NATIONAL_ID|"
    "prenom_client FIRST_NAME|nom_de_famille LAST_NAME|cryptogramme CARD_SECURITY_CODE|"
    "date_expiration_carte CARD_EXPIRY|adresse_complete ADDRESS|IPP MEDICAL_RECORD_ID|"
    "carte_vitale HEALTH_INSURANCE_ID|sit_fam MARITAL_STATUS",
    "es": "fec_nac BIRTH_DATE|f_nacimiento BIRTH_DATE|cod_postal POSTCODE|tlf_movil PHONE_NUMBER|"
    "Apellido Paterno LAST_NAME|NOMBRE_COMPLETO PERSON|num_dni NATIONAL_ID|direccion_envio STREET_ADDRESS|"
    "numero_exterior HOUSE_NUMBER|historia_clinica MEDICAL_RECORD_ID|tarjeta_sanitaria HEALTH_INSURANCE_ID|"
    "codigo_seguridad CARD_SECURITY_CODE|caducidad_tarjeta CARD_EXPIRY|id_cliente CUSTOMER_ID|"
    "municipio_residencia CITY|sueldo_bruto SALARY|telefonocliente PHONE_NUMBER",
    "it": "data_nasc BIRTH_DATE|cod_fisc NATIONAL_ID|cell PHONE_NUMBER|n_civico HOUSE_NUMBER|Cognome e Nome PERSON|"
    "comune_nascita CITY|cap_residenza POSTCODE|tessera_sanitaria HEALTH_INSURANCE_ID|"
    "cartella_clinica MEDICAL_RECORD_ID|indirizzo_completo ADDRESS|scadenza_carta CARD_EXPIRY|"
    "codice_sicurezza CARD_SECURITY_CODE|p_iva VAT_ID|stipendio_lordo SALARY|prov_nascita REGION|"
    "numero_telefono PHONE_NUMBER",
    "nl": "geb_datum BIRTH_DATE|tel_nr PHONE_NUMBER|huisnr HOUSE_NUMBER|Achternaam LAST_NAME|tussenvoegsels MIDDLE_NAME|"
    "klantnr CUSTOMER_ID|BSN NATIONAL_ID|woonplaats CITY|straat_huisnummer STREET_ADDRESS|volledig_adres ADDRESS|"
    "zorgverzekeringsnummer HEALTH_INSURANCE_ID|vervaldatum_kaart CARD_EXPIRY|beveiligingscode CARD_SECURITY_CODE|"
    "naam_patient PERSON|emailadres EMAIL_ADDRESS|geboortedatumklant BIRTH_DATE",
    "pt": "dt_nasc BIRTH_DATE|CEP POSTCODE|cpf NATIONAL_ID|fone_res PHONE_NUMBER|endereco_entrega STREET_ADDRESS|"
    "numero_da_casa HOUSE_NUMBER|prontuario MEDICAL_RECORD_ID|cartao_sus HEALTH_INSURANCE_ID|nome_da_mae PERSON|"
    "morada_completa ADDRESS|validade_cartao CARD_EXPIRY|codigo_seguranca CARD_SECURITY_CODE|"
    "municipio_residencia CITY|renda_familiar SALARY|raca_cor ETHNICITY|email_pessoal EMAIL_ADDRESS",
    "pl": "data_ur BIRTH_DATE|nr_tel PHONE_NUMBER|kod_poczt POSTCODE|nr_domu HOUSE_NUMBER|Imię i nazwisko PERSON|"
    "PESEL NATIONAL_ID|ulica_nr STREET_ADDRESS|pelny_adres ADDRESS|nr_kartoteki MEDICAL_RECORD_ID|"
    "nr_ubezpieczonego HEALTH_INSURANCE_ID|kod_cvv CARD_SECURITY_CODE|waznosc_karty CARD_EXPIRY|miasto_zam CITY|"
    "stan_cyw MARITAL_STATUS|imie_klienta FIRST_NAME|Płeć GENDER",
    "sv": "Förnamn FIRST_NAME|fodelsedatum BIRTH_DATE|Efternamn LAST_NAME|Personnummer NATIONAL_ID|e-post EMAIL_ADDRESS|"
    "gatuadress STREET_ADDRESS|Postnr POSTCODE|Postort CITY|mobilnummer PHONE_NUMBER|Kön GENDER|kundnr CUSTOMER_ID|"
    "Civilstånd MARITAL_STATUS|journalnummer MEDICAL_RECORD_ID",
    "da": "Efternavn LAST_NAME|CPR-nr NATIONAL_ID|Fornavn FIRST_NAME|fødselsdato BIRTH_DATE|telefonnr PHONE_NUMBER|"
    "postnr POSTCODE|by CITY|vejnavn STREET_ADDRESS|Køn GENDER|husnr HOUSE_NUMBER|kundenummer CUSTOMER_ID|"
    "e-mail adresse EMAIL_ADDRESS",
    "no": "Kjønn GENDER|foedselsdato BIRTH_DATE|Fornavn FIRST_NAME|Etternavn LAST_NAME|fødselsnummer NATIONAL_ID|"
    "telefonnummer PHONE_NUMBER|postnummer POSTCODE|poststed CITY|gateadresse STREET_ADDRESS|kundenummer CUSTOMER_ID|"
    "epost EMAIL_ADDRESS|sivilstand MARITAL_STATUS",
    "fi": "sähköposti EMAIL_ADDRESS|PUHELINNUMERO PHONE_NUMBER|etunimi FIRST_NAME|sukunimi LAST_NAME|"
    "henkilötunnus NATIONAL_ID|syntymäaika BIRTH_DATE|postinumero POSTCODE|katuosoite STREET_ADDRESS|"
    "paikkakunta CITY|sukupuoli GENDER|asiakasnumero CUSTOMER_ID|siviilisääty MARITAL_STATUS",
    "cs": "Příjmení LAST_NAME|rodne_cislo NATIONAL_ID|Jméno FIRST_NAME|datum_narozeni BIRTH_DATE|PSČ POSTCODE|"
    "Ulice STREET_ADDRESS|Město CITY|cislo_popisne HOUSE_NUMBER|telefon PHONE_NUMBER|Jméno a příjmení PERSON|"
    "pohlavi GENDER|cislo_uctu ACCOUNT_NUMBER|cislo_pojistence HEALTH_INSURANCE_ID",
    "sk": "priezvisko LAST_NAME|datum_narodenia BIRTH_DATE|meno FIRST_NAME|rodné číslo NATIONAL_ID|PSČ POSTCODE|"
    "ulica STREET_ADDRESS|mesto CITY|telefónne číslo PHONE_NUMBER|pohlavie GENDER|e-mailová adresa EMAIL_ADDRESS|"
    "meno a priezvisko PERSON|číslo účtu ACCOUNT_NUMBER",
    "hu": "Születési dátum BIRTH_DATE|taj_szam HEALTH_INSURANCE_ID|vezetéknév LAST_NAME|keresztnév FIRST_NAME|"
    "irányítószám POSTCODE|település CITY|telefonszám PHONE_NUMBER|lakcím STREET_ADDRESS|házszám HOUSE_NUMBER|"
    "adószám VAT_ID|neme GENDER|teljes név PERSON",
    "ro": "data_nasterii BIRTH_DATE|prenume FIRST_NAME|CNP NATIONAL_ID|cod_postal POSTCODE|oraș CITY|telefon PHONE_NUMBER|"
    "strada STREET_ADDRESS|nume_familie LAST_NAME|Nume și prenume PERSON|stare civilă MARITAL_STATUS|localitate CITY|"
    "adresa de email EMAIL_ADDRESS",
    "hr": "Prezime LAST_NAME|OIB NATIONAL_ID|datum_rodenja BIRTH_DATE|ime FIRST_NAME|Ime i prezime PERSON|"
    "poštanski broj POSTCODE|grad CITY|ulica STREET_ADDRESS|broj telefona PHONE_NUMBER|spol GENDER|"
    "kućni broj HOUSE_NUMBER|bračno stanje MARITAL_STATUS",
    "tr": "Doğum Tarihi BIRTH_DATE|SOYADI LAST_NAME|Adı FIRST_NAME|TC Kimlik No NATIONAL_ID|telefon PHONE_NUMBER|"
    "posta_kodu POSTCODE|il CITY|cinsiyet GENDER|adres STREET_ADDRESS|e-posta EMAIL_ADDRESS|ad soyad PERSON|"
    "medeni hali MARITAL_STATUS",
    "sl": "priimek LAST_NAME|datum_rojstva BIRTH_DATE|EMŠO NATIONAL_ID|Ime in priimek PERSON|poštna številka POSTCODE|"
    "hisna_st HOUSE_NUMBER|kraj CITY|ulica STREET_ADDRESS|telefonska_stevilka PHONE_NUMBER|spol GENDER|"
    "davčna št. TAX_ID|zakonski stan MARITAL_STATUS|e-pošta EMAIL_ADDRESS",
    "et": "perekonnanimi LAST_NAME|isikukood NATIONAL_ID|eesnimi FIRST_NAME|sünniaeg BIRTH_DATE|e-post EMAIL_ADDRESS|"
    "telefoninumber PHONE_NUMBER|postiindeks POSTCODE|linn CITY|tänav STREET_ADDRESS|maja_nr HOUSE_NUMBER|"
    "sugu GENDER|perekonnaseis MARITAL_STATUS|kliendi_nr CUSTOMER_ID",
    "lv": "uzvārds LAST_NAME|vards FIRST_NAME|personas_kods NATIONAL_ID|dzimšanas_datums BIRTH_DATE|tālrunis PHONE_NUMBER|"
    "e-pasts EMAIL_ADDRESS|pilseta CITY|pasta_indekss POSTCODE|dzivesvietas_adrese STREET_ADDRESS|dzimums GENDER|"
    "vards_uzvards PERSON|gimenes_stavoklis MARITAL_STATUS",
    "lt": "pavardė LAST_NAME|vardas FIRST_NAME|asmens_kodas NATIONAL_ID|gimimo_data BIRTH_DATE|telefono_nr PHONE_NUMBER|"
    "el. paštas EMAIL_ADDRESS|miestas CITY|pasto_kodas POSTCODE|gatve STREET_ADDRESS|namo_nr HOUSE_NUMBER|"
    "lytis GENDER|seimine_padetis MARITAL_STATUS",
    "bg": "фамилия LAST_NAME|име FIRST_NAME|ЕГН NATIONAL_ID|дата на раждане BIRTH_DATE|data_na_razhdane BIRTH_DATE|"
    "телефон PHONE_NUMBER|пощенски код POSTCODE|Град CITY|улица STREET_ADDRESS|пол GENDER|три имена PERSON|"
    "familiya LAST_NAME|телефонен_номер PHONE_NUMBER",
    "el": "Επώνυμο LAST_NAME|eponymo LAST_NAME|ΗΜΕΡΟΜΗΝΙΑ_ΓΕΝΝΗΣΗΣ BIRTH_DATE|ΑΦΜ TAX_ID|όνομα FIRST_NAME|"
    "ονοματεπώνυμο PERSON|ΑΜΚΑ HEALTH_INSURANCE_ID|τηλέφωνο PHONE_NUMBER|Πόλη CITY|Τ.Κ. POSTCODE|"
    "διεύθυνση STREET_ADDRESS|φύλο GENDER|tilefono PHONE_NUMBER",
    "ru": "ФИО PERSON|Дата рождения BIRTH_DATE|ДатаРождения BIRTH_DATE|data_rozhdeniya BIRTH_DATE|familiya LAST_NAME|"
    "imya FIRST_NAME|Отчество MIDDLE_NAME|Номер телефона PHONE_NUMBER|СНИЛС NATIONAL_ID|"
    "Полис ОМС HEALTH_INSURANCE_ID|адрес_проживания STREET_ADDRESS|Город CITY|пол GENDER|"
    "Серия и номер паспорта PASSPORT|телефон_клиента PHONE_NUMBER",
    "uk": "ПІБ PERSON|прізвище LAST_NAME|prizvyshche LAST_NAME|ім'я FIRST_NAME|Дата народження BIRTH_DATE|"
    "data_narodzhennya BIRTH_DATE|номер_телефону PHONE_NUMBER|РНОКПП NATIONAL_ID|місто CITY|вулиця STREET_ADDRESS|"
    "поштовий індекс POSTCODE|стать GENDER|по батькові MIDDLE_NAME",
}
"""Headers of real-looking tables by language, each with its entity behind a space, parted by `|`."""
CASES = [(language, *case.rsplit(" ", 1)) for language, cases in HEADERS.items() for case in cases.split("|")]
HARMLESS = """
    phone_model phone_type phone_os email_count emails_sent email_opened email_type email_opt_in email_verified
    email_domain_count product_name file_name server_name hostname table_name column_name schema_name domain_name
    service_name event_name app_name package_name class_name method_name param_name metric_name queue_name topic_name
    branch_name image_name job_name_count name_length address_type address_count city_population country_count
    state_count zip_count age_of_vehicle patient_count num_patients is_customer is_employee has_children has_phone
    avg_salary mean_age median_income total_customers movie_title book_title song_title album_title page_title
    vehicle_age building_age warehouse_location store_location customer_count customer_rating employee_count
    number_of_employees user_count active_users order_count order_amt order_status customer_status account_balance
    account_type account_status card_type card_brand payment_method payment_type product_id product_code item_no sku_cd
    brand_name category_name model_name vehicle_model car_model engine_size doc_type document_type status_cd type_cd
    curr_cd utm_source utm_medium cs_uri_stem sc_status user_agent time_taken matnr werks nombre_producto nombre_archivo
    tipo_direccion tipo_documento cantidad_clientes porcentaje_clientes estado_pedido_tipo nom_produit nom_fichier
    nb_clients nombre_de_clients type_client type_adresse taux_clients Kundenanzahl Produktname Dateiname Anzahl_Kunden
    nome_prodotto nome_file tipo_cliente numero_clienti_totale nome_produto qtd_clientes aantal_klanten productnaam
    bestandsnaam klanttype nazwa_produktu nazwa_pliku liczba_klientow rodzaj_klienta antal_kunder počet_zákazníků
"""


@pytest.mark.parametrize(("language", "name", "entity"), CASES)
def test_names_in_many_languages_meet_their_entity(language: str, name: str, entity: str) -> None:
    words = words_of(name)
    found = matches(words)
    assert (entity, language) in {(match.entity, match.phrase.language) for match in found} | {
        (match.entity, "en") for match in found if match.phrase.language == "technical"
    }
    assert harmless_in(words, found) is None


@pytest.mark.parametrize("language", sorted(HEADERS))
def test_each_language_has_a_dozen_headers(language: str) -> None:
    assert sum(case[0] == language for case in CASES) >= 12


@pytest.mark.parametrize("name", sorted(set(HARMLESS.split())))
def test_a_harmless_name_is_told(name: str) -> None:
    words = words_of(name)
    assert harmless_in(words, matches(words))


def test_a_whole_phrase_counts_only_alone() -> None:
    assert "CITY" not in {match.entity for match in matches(words_of("created_by"))}


@pytest.mark.parametrize(("name", "words"), [
    ("CUSTFIRSTNM", ("cust", "first", "nm")),
    ("customeremailaddress", ("customer", "email", "address")),
    ("candidate", ("candidate",)), ("statement", ("statement",)), ("maritime", ("maritime",)), ("strident", ("strident",)),
    ("telefonocliente", ("telefono", "cliente")), ("geboortedatumklant", ("geboortedatum", "klant")),
    ("prenomadherent2", ("prenom", "adherent", "2")), ("marketing", ("marketing",)), ("telegramma", ("telegramma",)),
])
def test_words_run_together_are_cut_only_where_all_are_known(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize("name", [
    "customer_email", "store_manager_email", "project_manager", "order_date", "billing_city", "first_name", "Nachname",
    "company_phone", "num_iban", "n_passeport", "agent_email", "titular_cuenta",
])
def test_a_personal_head_is_not_harmless(name: str) -> None:
    words = words_of(name)
    assert harmless_in(words, matches(words)) is None


@pytest.mark.parametrize(("text", "line"), [
    ("name, surname", 1), ("[PERSON]\n@nobody id", 2), ("[PERSON", 1), ("# why\n[unheard of]", 2), ("[PERSON]\nname, ???", 2),
    ("[PERSON]\na, --", 2), ("@Group words", 1), ("@x =", 1),
])
def test_a_malformed_line_names_file_and_line(text: str, line: int) -> None:
    with pytest.raises(VeilError, match=rf"xx\.txt, line {line}:"):
        read("xx.txt", text, {})


@pytest.mark.parametrize(("name", "weak"), [("data", True), ("pol", True), ("data_rozhdeniya", False), ("familiya", False)])
def test_a_few_latin_letters_of_another_script_need_support(name: str, weak: bool) -> None:
    assert {match.phrase.weak for match in matches(words_of(name)) if match.phrase.language in ("ru", "bg", "uk")} == {weak}


def test_accents_and_case_changes_are_told_in_every_script() -> None:
    assert words_of("ДатаРождения") == words_of("дата рождения")
    assert words_of("ΗμερομηνίαΓέννησης") == words_of("ΗΜΕΡΟΜΗΝΙΑ_ΓΕΝΝΗΣΗΣ")
    assert words_of("StraßeNr") == ("strasse", "nr")


def test_letters_do_not_become_words_when_small_words_are_left_out() -> None:
    assert not [match for match in matches(words_of("signed_at")) if match.phrase.text == "a d t"]
