import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .bsc_sport import normalise


class BscClient(models.Model):
    """The same person again: recognised, and told by reference only.

    Who guides somebody else's participant stays the one who knows the name.
    """

    _inherit = "bsc.client"

    name_key = fields.Char(compute="_compute_keys", store=True, groups=fields.NO_ACCESS)
    phone_key = fields.Char(
        compute="_compute_keys",
        store=True,
        index="btree_not_null",
        groups=fields.NO_ACCESS,
    )
    email_key = fields.Char(
        compute="_compute_keys",
        store=True,
        index="btree_not_null",
        groups=fields.NO_ACCESS,
    )
    double_note = fields.Char(
        "Known already?", compute="_compute_double", exportable=False
    )
    may_link_double = fields.Boolean(compute="_compute_double", exportable=False)

    @api.depends("name", "phone", "email")
    def _compute_keys(self):
        for client in self:
            # The number without what stands before it: 06 1234 5678, +31 6 1234 5678.
            digits = re.sub(r"\D", "", client.phone or "")[-9:]
            client.name_key = normalise(client.name)
            client.phone_key = digits if len(digits) >= 6 else False
            client.email_key = normalise(client.email) or False

    @api.depends("name", "phone", "email", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_double(self):
        doubles = self._find_doubles()
        others = self.browse(double.id for double in doubles.values()).sudo(False)
        readable = others._filtered_access("read")
        for client in self:
            double = doubles.get(client.id)
            client.double_note = double and double._describe_as_double()
            client.may_link_double = double and double in readable

    def action_ask_double(self):
        """Ask the colleague who guides a participant whether this is the same person.

        :raise UserError: when there is no such participant, or nobody to ask
        """
        self.ensure_one()
        self.check_access("read")
        double = self._get_double()
        referral = double._get_last_referral()
        coach = referral.coach_id.filtered("active")
        if not coach:
            raise UserError(
                self.env._(
                    "Nobody guides participant %(reference)s now. Ask your coordinator"
                    " whether this is the same person.",
                    reference=double.reference,
                )
            )
        own = self.referral_ids[:1].reference or self.reference
        asked = referral.with_context(lang=coach.lang, tz=coach.tz)
        # No names in it: of whom it is about stays with each coach.
        summary = asked.env._("The same person as in %(reference)s?", reference=own)
        if summary not in asked.activity_ids.mapped("summary"):
            asked.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=asked.env._("Agree with your colleague who guides this person."),
                user_id=coach.id,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(coach)s was asked whether this is the same person.",
                    coach=coach.name,
                ),
            },
        }

    def action_link_double(self):
        """Take the earlier participant instead: referrals and permissions go along.

        :raise AccessError: when the user may not see both
        """
        self.ensure_one()
        double = self._get_double().sudo(False)
        (self | double).check_access("write")
        client = self.sudo()  # once its referrals moved, the user may not reach it
        client.permission_ids.client_id = double
        client.referral_ids.client_id = double
        client.active = False
        for name in ("phone", "email", "reach_note"):
            if not double[name]:
                double[name] = client[name]
        return double._get_records_action()

    def _get_double(self):
        """Return the earlier participant who is probably the same, as superuser.

        :raise UserError: when there is none
        """
        self.ensure_one()
        double = self._find_doubles().get(self.id)
        if not double:
            raise UserError(
                self.env._("We know no other participant with this name and number.")
            )
        return double

    def _find_doubles(self):
        """Return who was noted before and is probably the same person.

        The same first name, and the same phone number or mail address, within one
        company. Found as superuser: whoever shows it tells no name.

        :return: participant (as superuser) by the id of the one in ``self``
        """
        clients = self.sudo()  # a colleague's participant is recognised, not shown
        domain = Domain("name_key", "in", clients.mapped("name_key")) & (
            Domain("phone_key", "in", list(filter(None, clients.mapped("phone_key"))))
            | Domain("email_key", "in", list(filter(None, clients.mapped("email_key"))))
        )
        domain &= Domain("company_id", "in", clients.company_id.ids)
        doubles = {}
        for other in clients.search(domain, order="id"):
            for client in clients:
                if (
                    (not client._origin or other.id < client._origin.id)
                    and other.name_key == client.name_key
                    and other.company_id == client.company_id
                    and (
                        (client.phone_key and other.phone_key == client.phone_key)
                        or (client.email_key and other.email_key == client.email_key)
                    )
                ):
                    doubles.setdefault(client.id, other)
        return doubles

    def _get_last_referral(self):
        """Return the referral of a participant that counts most: one that runs."""
        self.ensure_one()
        return self.referral_ids.sorted(
            lambda referral: (referral.is_closed, -referral.id)
        )[:1]

    def _describe_as_double(self):
        """Return one sentence about somebody who is known already, by reference."""
        referral = self._get_last_referral()
        names = {"reference": self.reference, "coach": referral.coach_id.name}
        if referral.is_closed:
            return self.env._(
                "Probably the same person as participant %(reference)s, whose referral"
                " is closed.",
                **names,
            )
        if not referral.coach_id:
            return self.env._(
                "Probably the same person as participant %(reference)s, whom nobody"
                " guides now.",
                **names,
            )
        return self.env._(
            "Probably the same person as participant %(reference)s of %(coach)s.",
            **names,
        )
