"""The pieces of the notes that the demo's staff writes, in six languages: an opening, a body and a closing each.

`{…}` is filled from the customer's own row, from one of the customer's orders, or with another customer's name.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Phrases:
    """The pieces of one language's notes; an empty piece says nothing."""

    openings: tuple[str, ...]
    bodies: tuple[str, ...]
    closings: tuple[str, ...]


LANGUAGES = {
    "en": Phrases(
        openings=("", "", "{first} called. ", "Spoke to {full}. ", "E-mail from {email}: ", "Call on {day}: "),
        bodies=(
            "Parcel {order} was left with {other}, please confirm.",
            "Ring {phone} before delivery, the bell at {street} is broken.",
            "Wants invoices sent to {email} from now on.",
            "Very happy with the {product}, asks for a second one.",
            "Asked twice about the warranty of the {product}.",
            "Gift for {other}, leave the price out of the box.",
            "New address: {street}, {postcode} {city}.",
            "Complained about the late delivery of order {order}; refund within {days} days.",
            "Prefers to be called at {phone} after {hour}:00.",
            "Order {order} came damaged, replacement sent.",
            "No calls, letters only.",
            "Account will be shared with {other} from now on.",
            "Turned {age} this year, birthday voucher sent.",
        ),
        closings=("", "", "", " Polite and patient.", " Call back in {days} days.", " Closed.", " Regards to {first}."),
    ),
    "de": Phrases(
        openings=("", "", "{first} hat angerufen. ", "Gespräch mit {full}. ", "E-Mail von {email}: ", "Anruf am {day}: "),
        bodies=(
            "Paket {order} wurde bei {other} abgegeben, bitte bestätigen.",
            "Vor der Lieferung unter {phone} anrufen, Klingel in der {street} defekt.",
            "Möchte Rechnungen künftig an {email}.",
            "Sehr zufrieden mit dem Artikel {product}, möchte einen zweiten.",
            "Fragt zum zweiten Mal nach der Garantie für {product}.",
            "Geschenk für {other}, bitte ohne Preis verpacken.",
            "Neue Anschrift: {street}, {postcode} {city}.",
            "Beschwerde über die späte Lieferung von {order}; Erstattung in {days} Tagen.",
            "Am besten ab {hour} Uhr unter {phone} erreichbar.",
            "Bestellung {order} kam beschädigt an, Ersatz ist unterwegs.",
            "Keine Anrufe, nur Briefe.",
            "Das Konto wird künftig mit {other} geteilt.",
            "Ist dieses Jahr {age} geworden, Gutschein verschickt.",
        ),
        closings=("", "", "", " Freundlich und geduldig.", " Rückruf in {days} Tagen.", " Erledigt.", " Grüße an {first}."),
    ),
    "fr": Phrases(
        openings=("", "", "{first} a appelé. ", "Échange avec {full}. ", "Courriel de {email} : ", "Appel du {day} : "),
        bodies=(
            "Le colis {order} a été remis à {other}, à confirmer.",
            "Appeler le {phone} avant de livrer, la sonnette du {street} ne marche pas.",
            "Souhaite recevoir ses factures à {email}.",
            "Avis très favorable sur {product}, en veut un deuxième.",
            "Demande encore la garantie pour {product}.",
            "Cadeau pour {other}, ne pas laisser le prix dans la boîte.",
            "Nouvelle adresse : {street}, {postcode} {city}.",
            "Réclamation pour le retard de la commande {order} ; remboursement sous {days} jours.",
            "Joignable au {phone} après {hour} h.",
            "La commande {order} est arrivée abîmée, remplacement envoyé.",
            "Pas d'appels, courrier seulement.",
            "Le compte sera partagé avec {other}.",
            "A fêté ses {age} ans cette année, bon d'achat envoyé.",
        ),
        closings=("", "", "", " Aimable et patient.", " Rappeler dans {days} jours.", " Dossier clos.", " Saluer {first}."),
    ),
    "nl": Phrases(
        openings=("", "", "{first} heeft gebeld. ", "Gesproken met {full}. ", "Mail van {email}: ", "Gebeld op {day}: "),
        bodies=(
            "Pakket {order} is bij {other} afgegeven, graag bevestigen.",
            "Bel {phone} voor de levering, de bel aan de {street} is stuk.",
            "Wil facturen voortaan op {email}.",
            "Heel tevreden over {product}, wil er nog een.",
            "Vraagt opnieuw naar de garantie op {product}.",
            "Cadeau voor {other}, prijs niet in de doos.",
            "Nieuw adres: {street}, {postcode} {city}.",
            "Klacht over de late levering van {order}; geld terug binnen {days} dagen.",
            "Liefst bellen op {phone} na {hour} uur.",
            "Bestelling {order} kwam beschadigd aan, nieuwe is onderweg.",
            "Niet bellen, alleen brieven.",
            "Het account wordt gedeeld met {other}.",
            "Is dit jaar {age} geworden, cadeaubon gestuurd.",
        ),
        closings=("", "", "", " Vriendelijk.", " Terugbellen na {days} dagen.", " Afgehandeld.", " Groeten aan {first}."),
    ),
    "es": Phrases(
        openings=("", "", "Ha llamado {first}. ", "Hablado con {full}. ", "Correo de {email}: ", "Llamada del {day}: "),
        bodies=(
            "El paquete {order} se dejó con {other}, por confirmar.",
            "Llamar al {phone} antes de entregar, el timbre de {street} no funciona.",
            "Quiere recibir las facturas en {email}.",
            "Muy contenta la familia con {product}, quieren otro.",
            "Vuelve a preguntar por la garantía de {product}.",
            "Regalo para {other}, sin precio en la caja.",
            "Nueva dirección: {street}, {postcode} {city}.",
            "Queja por el retraso del pedido {order}; reembolso en {days} días.",
            "Mejor llamar al {phone} después de las {hour}.",
            "El pedido {order} llegó dañado, se envía otro.",
            "Nada de llamadas, solo cartas.",
            "La cuenta se comparte con {other}.",
            "Ha cumplido {age} años, se envía un vale.",
        ),
        closings=("", "", "", " Trato muy amable.", " Volver a llamar en {days} días.", " Cerrado.", " Saludos a {first}."),
    ),
    "it": Phrases(
        openings=("", "", "Ha chiamato {first}. ", "Sentito {full}. ", "E-mail da {email}: ", "Chiamata del {day}: "),
        bodies=(
            "Il pacco {order} è stato lasciato a {other}, da confermare.",
            "Chiamare {phone} prima della consegna, il citofono di {street} è rotto.",
            "Desidera le fatture a {email}.",
            "Molto soddisfatto di {product}, ne vuole un altro.",
            "Chiede di nuovo della garanzia di {product}.",
            "Regalo per {other}, senza prezzo nella scatola.",
            "Nuovo indirizzo: {street}, {postcode} {city}.",
            "Reclamo per il ritardo dell'ordine {order}; rimborso entro {days} giorni.",
            "Meglio chiamare {phone} dopo le {hour}.",
            "L'ordine {order} è arrivato rotto, sostituzione inviata.",
            "Niente telefonate, solo lettere.",
            "Il conto sarà condiviso con {other}.",
            "Ha compiuto {age} anni, buono inviato.",
        ),
        closings=("", "", "", " Persona gentile e paziente.", " Richiamare tra {days} giorni.", " Chiuso.", " Saluti a {first}."),
    ),
}
