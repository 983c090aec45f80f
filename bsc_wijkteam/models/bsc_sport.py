import re
import unicodedata

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


def normalise(text):
    """Return a spelling without case, accents and stray spaces, for comparing.

    :param str text: a name as somebody typed it
    :return: the comparable spelling, e.g. ``"judo"`` for ``" Jûdo  "``
    """
    decomposed = unicodedata.normalize("NFKD", text or "")
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return re.sub(r"\s+", " ", plain).strip().casefold()


def get_words(text):
    """Return the comparable words of a text, each with a space on both sides."""
    return " ".join(["", *re.findall(r"\w+", normalise(text)), ""])


class BscSport(models.Model):
    """A sport or way of moving, with the spellings found in lists."""

    _name = "bsc.sport"
    _description = "Sport or Movement"
    _inherit = ["bsc.privacy.mixin"]
    _order = "name, id"
    _rec_names_search = ["name", "synonyms"]

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
        for sport, spellings in self._get_all()._get_spellings().items():
            for spelling in spellings:
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

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()  # the cached words
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()  # the cached words
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()  # the cached words
        return super().unlink()

    @api.model
    @tools.ormcache("self.env.lang")
    def _get_words(self):
        """Return all spellings as words, with the id of the sport, longest first.

        :return: tuple of pairs
        """
        sports = self.sudo().search_fetch(  # names of sports, no secret
            Domain.TRUE, ["name", "synonyms"]
        )
        by_words = {
            get_words(spelling): sport.id
            for sport in sports
            for spelling in [sport.name, *(sport.synonyms or "").splitlines()]
        }
        by_words.pop(get_words(""), None)
        return tuple(
            sorted(by_words.items(), key=lambda one: len(one[0]), reverse=True)
        )

    @api.model
    def _get_all(self):
        """Return all sports, archived ones included: each can claim a spelling."""
        return self.with_context(active_test=False).search(Domain.TRUE)

    def _get_spellings(self):
        """Return the normalised spellings of sports: all their names and synonyms.

        :return: dictionary from sport to set of str
        """
        self.flush_recordset(["name"])
        # In all languages at once: the ORM would ask for them sport by sport.
        names = dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, name FROM %s WHERE id = ANY(%s)",
                    SQL.identifier(self._table),
                    self.ids,
                )
            )
        )
        return {
            sport: {
                normalise(spelling)
                for spelling in [
                    *names[sport.id].values(),
                    *(sport.synonyms or "").splitlines(),
                ]
            }
            - {""}
            for sport in self
        }

    @api.model
    def _get_by_spelling(self):
        """Return all sports by normalised spelling, archived ones included.

        :return: dictionary from normalised spelling to ``bsc.sport`` record
        """
        return {
            spelling: sport
            for sport, spellings in self._get_all()._get_spellings().items()
            for spelling in spellings
        }
