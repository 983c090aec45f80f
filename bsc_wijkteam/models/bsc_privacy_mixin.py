import re
from collections import defaultdict

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext, plaintext2html

# Nine digits by themselves, in a row or grouped the way people write them down:
# 1234.56.789, 123 456 789. Digits after a country code (phone), digits inside a longer
# number (bank account, meeting) or inside a code (VAT number, link) do not match.
_GAP = "[ \u00a0.-]"
_COUNTRY = "".join(
    f"(?<!{before})"
    for code in (r"\+\d\d", r"00\d\d", r"\+\d\d\)", r"\(0\)")
    for before in (code, code + _GAP)
)
NINE_DIGITS = re.compile(
    rf"(?=\d{{3}})(?:(?<![^\W_])|(?<=bsn)|(?<=nummer)){_COUNTRY}"
    rf"(?:\d{{9}}|(?<!\d{_GAP})"
    rf"(?:\d{{4}}(?P<a>{_GAP})\d\d(?P=a)\d{{3}}(?!(?P=a)\d)"
    rf"|\d{{3}}(?P<b>{_GAP})\d{{3}}(?P=b)\d{{3}}(?!(?P=b)\d)))"
    r"(?![^\W_])",
    re.IGNORECASE,
)


def contains_bsn(text):
    """Tell whether a text contains a citizen service number.

    :param str text: any text
    :return: True when nine digits pass the Dutch 11-test (weights 9 to 2 and -1)
    """
    for match in NINE_DIGITS.finditer(text or ""):
        digits = [int(char) for char in match.group() if char.isdigit()]
        total = sum(
            weight * digit
            for weight, digit in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), digits, strict=True)
        )
        if any(digits) and total % 11 == 0:
            return True
    return False


def blank_bsn(text):
    """Return a text without the citizen service numbers that stood in it.

    :param str text: any text
    :rtype: str
    """
    return NINE_DIGITS.sub(
        lambda match: "•" * 9 if contains_bsn(match.group()) else match.group(),
        text or "",
    )


class BscPrivacyMixin(models.AbstractModel):
    """Text that is stored here tells nobody who a participant is.

    The Dutch law on the citizen service number (Wabb, article 10) leaves the
    number to government bodies, so no text of ours may hold one.
    """

    _name = "bsc.privacy.mixin"
    _description = "Text Without Identity"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_no_bsn(vals_list)
        records = super().create(vals_list)
        records._check_no_identity(set().union(*vals_list))
        return records

    def write(self, vals):
        self._check_no_bsn([vals])
        res = super().write(vals)
        self._check_no_identity(vals)
        return res

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        # Translations are written without ``write``.
        for translation in translations.values():
            terms = translation.values() if isinstance(translation, dict) else []
            self._check_no_bsn([{field_name: term} for term in terms or [translation]])
        return super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )

    @api.model
    def _check_no_bsn(self, vals_list):
        """Refuse values that hold a citizen service number.

        :param list vals_list: dictionaries as given to ``create`` or ``write``
        :raise ValidationError: when a text holds nine digits that pass the 11-test
        """
        for vals in vals_list:
            for name, value in vals.items():
                field = self._fields.get(name)
                if not value or field is None or field.type not in self._text_types():
                    continue
                texts = value.values() if isinstance(value, dict) else [value]
                if any(
                    contains_bsn(self._get_plain_text(name, text)) for text in texts
                ):
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” contains a number that looks like a citizen"
                            " service number (BSN). It may not be stored: please remove"
                            " it.",
                            field=self._get_label(name),
                        )
                    )

    def _get_privacy_client(self):
        """Return the participants this record is about, if any."""
        return self.env["bsc.client"]

    def _check_no_identity(self, names):
        """Refuse text that gives away who the participant is (rule 5).

        :param names: the names of the fields that were just written
        :raise ValidationError: when a text holds the name, phone or mail address
        """
        texts = [
            name
            for name in names
            if name in self._fields and self._fields[name].type in self._text_types()
        ]
        # A text that was there first is about this participant from now on.
        if not {"client_id", "referral_id"}.isdisjoint(names):
            texts = [
                name
                for name, field in self._fields.items()
                if field.store and field.type in self._text_types()
            ]
        if not texts:
            return
        for record in self:
            client = record._get_privacy_client().sudo()  # not told to the writer
            if not client:
                continue
            for name in texts:
                if client._is_named_in(self._get_plain_text(name, record[name])):
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” gives away who the participant is (name, phone"
                            " or e-mail). Leave that out: it is kept with the"
                            " participant only.",
                            field=self._get_label(name),
                        )
                    )

    @api.model
    def _check_texts(self, entries):
        """Keep text around our records (chatter, activities) free of identity.

        Runs for every message of the database: what is not about our records is passed
        over without a look at the text.

        :param entries: triples of model, record id and a tuple of texts or html
        :raise ValidationError: when a text holds a citizen service number or tells who
            the participant of that record is
        """
        texts_by_model = defaultdict(lambda: defaultdict(list))
        for model, res_id, texts in entries:
            if model and model.startswith("bsc.") and any(texts):
                texts_by_model[model][res_id].extend(filter(None, texts))
        for model, texts_by_id in texts_by_model.items():
            records = self.env[
                model
            ].sudo()  # the participant is not told to the writer
            records = records.browse(filter(None, texts_by_id))
            for res_id, texts in texts_by_id.items():
                text = "\n".join(html2plaintext(str(text)) for text in texts)
                self._check_text_no_bsn(text)
                record = records.browse(res_id).with_prefetch(records._prefetch_ids)
                client = record._get_privacy_client() if record else None
                if client and client._is_named_in(text):
                    raise ValidationError(
                        self.env._(
                            "Your text gives away who the participant is (name, phone"
                            " or e-mail). Leave that out: it is kept with the"
                            " participant only."
                        )
                    )

    @api.model
    def _check_text_no_bsn(self, text):
        """Refuse a text that holds a citizen service number.

        :param str text: plain text
        :raise ValidationError: when it holds nine digits that pass the 11-test
        """
        if contains_bsn(text):
            raise ValidationError(
                self.env._(
                    "Your text contains a number that looks like a citizen service"
                    " number (BSN). It may not be stored: please remove it."
                )
            )

    @api.model
    def _blank_bsn_in_mail(self, vals):
        """Blank citizen service numbers in a mail that came in.

        :param dict vals: of the ``mail.message``
        :return: dictionary of the same values, without such a number
        """
        vals = {**vals, "subject": blank_bsn(vals.get("subject"))}
        body = str(vals.get("body") or "")
        if contains_bsn(html2plaintext(body)):
            # The digits may stand in several tags: as plain text there is one way.
            body = plaintext2html(blank_bsn(html2plaintext(body)))
            vals["body"] = body
        return vals

    @api.model
    def _text_types(self):
        return ("char", "text", "html")

    @api.model
    def _get_label(self, name):
        return self._fields[name].get_description(self.env, ["string"])["string"]

    @api.model
    def _get_plain_text(self, name, value):
        text = str(value or "")
        return html2plaintext(text) if self._fields[name].type == "html" else text
