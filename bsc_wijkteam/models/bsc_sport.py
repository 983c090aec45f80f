import re
import unicodedata

from odoo import api, fields, models
from odoo.exceptions import ValidationError


def normalise(text):
    """Return a spelling without case, accents and stray spaces, for comparing.

    :param str text: a name as somebody typed it
    :return: the comparable spelling, e.g. ``"judo"`` for ``" Jûdo  "``
    """
    decomposed = unicodedata.normalize("NFKD", text or "")
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return re.sub(r"\s+", " ", plain).strip().casefold()


class BscSport(models.Model):
    """A sport or way of moving, with the spellings found in lists."""

    _name = "bsc.sport"
    _description = "Sport or Movement"
    _inherit = ["bsc.privacy.mixin"]
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    synonyms = fields.Text(
        help="Other spellings, one per line. An import recognises them, so that no"
        " sport is created twice."
    )

    @api.constrains("name", "synonyms")
    def _check_no_twins(self):
        """Two sports may not share a spelling: an import could not choose."""
        owners = {}
        for sport in self.with_context(active_test=False).search([]):
            for spelling in sport._get_spellings():
                other = owners.setdefault(spelling, sport)
                if other != sport and (sport in self or other in self):
                    raise ValidationError(
                        self.env._(
                            "The spelling “%(spelling)s” belongs to both “%(one)s” and"
                            " “%(two)s”. Keep it with one of them.",
                            spelling=spelling,
                            one=other.name,
                            two=sport.name,
                        )
                    )

    def _get_spellings(self):
        """Return the normalised spellings of one sport: all its names and synonyms.

        :rtype: set of str
        """
        self.ensure_one()
        names = dict(self._fields["name"]._get_stored_translations(self) or {})
        spellings = {normalise(name) for name in names.values()}
        spellings.update(normalise(line) for line in (self.synonyms or "").splitlines())
        return spellings - {""}

    @api.model
    def _get_by_spelling(self):
        """Return all sports by normalised spelling, archived ones included.

        :return: dictionary from normalised spelling to ``bsc.sport`` record
        """
        sports = self.with_context(active_test=False).search([])
        return {
            spelling: sport for sport in sports for spelling in sport._get_spellings()
        }
