"""Identifiers of open data: UUIDs that tell which record they are of.

Nothing is stored. A record has the same identifier as long as the database lives, and
the identifier leads back to the record. Who makes one up finds nothing.
"""

import uuid
from hashlib import sha256

ID_BITS = 48  # what the last group of a UUID holds
DIGEST_BITS = 74  # the rest, less six bits for version and variant (RFC 9562)


class FeedIds:
    """The identifiers of one database.

    :param str database: what tells this database from all others
    """

    def __init__(self, database):
        self.database = database
        self.namespace = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:odoo:{database}")

    def encode(self, kind, record_id):
        """Return the identifier of a record, which leads back to it.

        :param str kind: what the record is; records of two kinds share no identifier
        :param int record_id: the id of the record
        """
        text = f"{self.database}/{kind}/{record_id}".encode()
        digest = int.from_bytes(sha256(text).digest(), "big") >> (256 - DIGEST_BITS)
        high, middle, low = digest >> 26, digest >> 14 & 0xFFF, digest & 0x3FFF
        version, variant = 8, 2
        number = high << 80 | version << 76 | middle << 64
        return str(uuid.UUID(int=number | variant << 62 | low << ID_BITS | record_id))

    def decode(self, kind, text):
        """Return the id of the record an identifier is of, None when it is forged.

        :param str kind: what the record must be
        :param str text: the identifier, as somebody gave it
        """
        try:
            identifier = str(uuid.UUID(text))
        except (ValueError, AttributeError, TypeError):
            return None
        record_id = int(identifier[-12:], 16)
        return record_id if self.encode(kind, record_id) == identifier else None

    def derive(self, *parts):
        """Return an identifier that need not lead back: of a part of a record.

        :param parts: what together tells it from all others
        """
        return str(uuid.uuid5(self.namespace, "/".join(map(str, parts))))
