"""What the columns of real lists are called, in Dutch and in English."""

import re

NAMES_BY_COLUMN = {
    "provider_id": """
        naam | aanbieder | sportaanbieder | naam aanbieder | naam sportaanbieder
        organisatie | organisatienaam | naam organisatie | vereniging | naam vereniging
        verenigingsnaam | club | sportclub | provider | name of the provider
        sport provider | organisation | organization
    """,
    "provider_registry": """
        kvk | kvk-nummer | kvk nr | kamer van koophandel
        chamber of commerce | company id
    """,
    "provider_website": """
        website | web | site | url | homepage | website aanbieder | internet
    """,
    "provider_email": """
        e-mail | mail | e-mailadres | e-mail aanbieder
    """,
    "provider_phone": "telefoon | telefoonnummer | tel | phone | phone number",
    "name": """
        activiteit | naam activiteit | naam van de activiteit | aanbod | naam aanbod
        activity | name of the activity
    """,
    "sport_id": """
        sport | sporttak | sportsoort | soort sport | tak van sport | type sport
        beweegvorm
    """,
    "description": """
        omschrijving | beschrijving | toelichting | opmerkingen | description
    """,
    "is_adapted": """
        aangepast sporten | aangepast | aangepaste sport | aangepast aanbod
        adapted sports | adapted
    """,
    "target_group_ids": "doelgroep | doelgroepen | target group | target groups",
    "min_age": "leeftijd vanaf | vanaf leeftijd | minimumleeftijd | from age",
    "max_age": "leeftijd tot | tot leeftijd | maximumleeftijd | to age",
    "place_id": """
        naam accommodatie | accommodatie | accommodatienaam | locatie | naam locatie
        sportlocatie | sporthal | zaal | waar | place | venue | location
        name of the place
    """,
    "place_street": """
        adres accommodatie | adres | adres locatie | straat | straat en huisnummer
        adresgegevens | address | street | street and number
    """,
    "place_zip": """
        postcode accommodatie | postcode | postcode locatie | pc | zip | zip code
        postal code
    """,
    "place_city": """
        plaats accommodatie | plaats | plaats locatie | woonplaats | plaatsnaam | stad
        town | city
    """,
    "import_price": """
        prijs | kosten | tarief | contributie | eigen bijdrage | bijdrage | price | cost
        costs | fee
    """,
    "import_days": """
        dag | dagen | weekdag | dag van de week | wanneer | day | days | weekday | when
    """,
    "import_hours": """
        tijd | tijden | tijdstip | uren | lestijd | lestijden | time | times | hours
    """,
}


def find_column(header):
    """Return the field the column with a header belongs in, None if it is not known.

    :param str header: as it stands in the list, such as "Soort_sport"
    """
    return _COLUMN_BY_NAME.get(_get_letters(header))


def _get_letters(header):
    return re.sub(r"[\W_]", "", header.casefold())


_COLUMN_BY_NAME = {
    _get_letters(name): column
    for column, names in NAMES_BY_COLUMN.items()
    for line in names.splitlines()
    for name in line.split("|")
    if name.strip()
}
