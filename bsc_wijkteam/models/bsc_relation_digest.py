from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..tools.link import read_link, sign_link

LINK_SCOPE = "bsc_wijkteam.digest"
# Among fewer referrals, month and place could tell who somebody is.
MIN_REFERRALS = 5
# So long after sending, the overview tells about the same time as what was sent.
DAYS_SAME = 14


class BscRelation(models.Model):
    """What a team hears at its monthly meeting: all its referrals, no names.

    Never in it: the wish, what makes it hard, and anything of the participant.
    """

    _inherit = "bsc.relation"

    feedback_given_count = fields.Integer(
        "Feedback given", compute="_compute_feedback_on_time_rate"
    )
    feedback_on_time_rate = fields.Float(
        "Feedback on time",
        compute="_compute_feedback_on_time_rate",
        aggregator=None,
        help="The part of the feedback to this team that was given in time, 0 to 1.",
    )
    digest_partner_ids = fields.Many2many(
        "res.partner",
        "bsc_relation_digest_partner_rel",
        string="Overview goes to",
        compute="_compute_digest_partner_ids",
        store=True,
        readonly=False,
        precompute=True,
        help="The professionals of the team who get the overview for its meeting.",
    )
    date_digest = fields.Date("Overview sent on", readonly=True, copy=False)
    date_digest_since = fields.Date("Overview tells since", readonly=True, copy=False)
    digest_preview = fields.Html("Overview", compute="_compute_digest_preview")

    @api.depends("referral_ids.feedback_ids.is_on_time")
    def _compute_feedback_on_time_rate(self):
        feedbacks = self.env["bsc.feedback"].sudo()  # also what is a colleague's
        given = dict.fromkeys(self.ids, 0)
        on_time = dict.fromkeys(self.ids, 0)
        for relation, is_on_time, count in feedbacks._read_group(
            [("referral_id.relation_id", "in", self.ids)],
            ["referral_id.relation_id", "is_on_time"],
            ["__count"],
        ):
            given[relation.id] += count
            on_time[relation.id] += count if is_on_time else 0
        for relation in self:
            count = given.get(relation._origin.id, 0)
            relation.feedback_given_count = count
            relation.feedback_on_time_rate = (
                on_time[relation._origin.id] / count if count else 0
            )

    @api.depends("contact_id", "partner_id")
    def _compute_digest_partner_ids(self):
        for relation in self:
            team = relation.partner_id
            people = relation.digest_partner_ids | relation.contact_id
            relation.digest_partner_ids = people.filtered(
                lambda person, team=team: person._bsc_belongs_to(team)
            )

    @api.depends("referral_ids", "digest_partner_ids")
    def _compute_digest_preview(self):
        for relation in self:
            relation.digest_preview = relation._origin._render_digest()

    @api.constrains("digest_partner_ids")
    def _check_digest_partners(self):
        for relation in self:
            for person in relation.digest_partner_ids:
                if not person._bsc_belongs_to(relation.partner_id):
                    raise ValidationError(
                        self.env._(
                            "%(person)s is not a contact of “%(team)s”. The overview is"
                            " for the professionals of the team that referred.",
                            person=person.name,
                            team=relation.partner_id.name,
                        )
                    )

    def action_open_digest(self):
        """Open the dialog to see, send or print the overview for the team."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Overview for the team"),
            "res_model": "bsc.relation",
            "res_id": self.id,
            "views": [
                (self.env.ref("bsc_wijkteam.bsc_relation_view_form_digest").id, "form")
            ],
            "target": "new",
        }

    def action_send_digest(self):
        """Mail each chosen professional an own link to the overview.

        :raise UserError: when nobody can be mailed; then nobody is
        """
        self.ensure_one()
        people = self.digest_partner_ids
        if not people:
            raise UserError(
                self.env._("Choose who gets the overview: a professional of the team.")
            )
        if unreachable := people.filtered(lambda person: not person.email):
            raise UserError(
                self.env._(
                    "No e-mail address is known of %(people)s. Add it to the contact,"
                    " or leave this person out.",
                    people=", ".join(unreachable.mapped("name")),
                )
            )
        template = self.env.ref("bsc_wijkteam.mail_template_digest")
        for person in people:
            template.with_context(bsc_digest_reader=person.id).send_mail(self.id)
        self.write(
            {
                "date_digest_since": self._get_digest_since(),
                "date_digest": fields.Date.context_today(self),
            }
        )
        names = ", ".join(people.mapped("name"))
        self.message_post(
            body=self.env._(
                "Overview of the referrals sent to %(people)s.", people=names
            )
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(people)s: a mail with the link is on its way.", people=names
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_print_digest(self):
        """Print the overview for who meets around a table."""
        return self.env.ref("bsc_wijkteam.bsc_relation_report_digest").report_action(
            self
        )

    def _get_digest(self, reader=None):
        """Return the overview of the referrals of this team, in the language in use.

        A fixed number of queries, however many referrals there are.

        :param reader: ``res.partner`` who gets links to the feedback meant for him or
            her; without a reader there are no links
        :return: dictionary of plain values, without anything of a participant
        """
        self.ensure_one()
        referrals = self.env["bsc.referral"]
        referrals.check_access("read")  # who sees no referrals gets no overview either
        since = self._get_digest_since()
        # References and steps only, so also of what a colleague guides.
        referrals = referrals.sudo().search(
            [
                ("relation_id", "=", self.id),
                "|",
                ("stage_id.is_closed", "=", False),
                ("date_closed", ">=", since),
            ],
            order="stage_id, id",
        )
        feedbacks = referrals.feedback_ids
        latest = {}
        for feedback in feedbacks.sorted(lambda given: (given.date, given.id)):
            latest[feedback.referral_id.id] = feedback
        is_small = len(referrals) < MIN_REFERRALS
        rows = {
            referral.id: referral._get_digest_row(
                latest.get(referral.id, feedbacks.browse()), reader, is_small
            )
            for referral in referrals
        }
        today = fields.Date.context_today(self)

        def count(name, records=referrals):
            return sum(bool(day and day >= since) for day in records.mapped(name))

        return {
            "team": self.partner_id.name,
            "company": self.company_id.name,
            "coach": self.coach_id.name,
            "email": self.coach_id.email,
            "date": format_date(self.env, today),
            "since": format_date(self.env, since),
            "totals": [
                (self.env._("New"), count("date")),
                (self.env._("Started"), count("date_start")),
                (self.env._("Lasting"), count("date_lasting")),
                (self.env._("Ended"), count("date_closed")),
                (self.env._("Feedback given"), count("date", feedbacks)),
            ],
            "is_small": is_small,
            "groups": [
                (stage.name, [rows[referral.id] for referral in grouped])
                for stage, grouped in referrals.grouped("stage_id").items()
            ],
        }

    def _render_digest(self):
        """Return the overview as the first of its readers sees it."""
        if not self:
            return False
        self.ensure_one()
        lang = self._get_digest_lang()
        return (
            self.env["ir.qweb"]
            .with_context(lang=lang)
            ._render(
                "bsc_wijkteam.bsc_relation_digest_body",
                {"digest": self.with_context(lang=lang)._get_digest()},
            )
        )

    def _get_digest_since(self):
        """Return from which day on the overview counts what is new.

        That is the day the last one was sent. Shortly after sending it stays what it
        was, so that page, paper and a second mail tell the team the same.
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        if not self.date_digest:
            return today - relativedelta(months=1)
        if self.date_digest_since and self.date_digest > today - timedelta(DAYS_SAME):
            return self.date_digest_since
        return self.date_digest

    def _get_digest_reader(self):
        """Return for whom a mail is made: who is asked for, else who comes first."""
        self.ensure_one()
        people = self.digest_partner_ids
        asked = people.filtered(
            lambda person: person.id == self.env.context.get("bsc_digest_reader")
        )
        return asked or people[:1] or self.contact_id

    def _get_digest_lang(self):
        """Return the language of the reader, else of the organisation."""
        company = self.company_id.partner_id
        return self._get_digest_reader().lang or company.lang or self.env.lang

    def _get_digest_file_name(self):
        self.ensure_one()
        today = fields.Date.context_today(self)
        return self.env._(
            "Overview %(team)s %(date)s", team=self.partner_id.name, date=today
        )

    def _get_digest_link(self):
        """Return the address of the page with the overview, for one reader.

        The link is signed, expires after the days set on the company, and works as long
        as this person belongs to the team.

        :rtype: str
        """
        self.ensure_one()
        values = [self.id, self._get_digest_reader().id]
        token = sign_link(self.env, LINK_SCOPE, values, self.company_id.bsc_link_days)
        return f"{self.get_base_url()}/bsc/team/{token}"

    @api.model
    def _find_digest_by_token(self, token):
        """Return what a link to the overview opens.

        :param str token: the signed part of the link
        :return: pair of the relation as superuser and the reader; both empty when the
            link is forged or expired, the relation archived, or the reader archived or
            no longer of the team
        """
        relations = self.sudo()  # the signature is the permission of the reader
        people = relations.env["res.partner"]
        relation_id, partner_id = read_link(self.env, LINK_SCOPE, token) or (0, 0)
        relation = relations.search([("id", "=", relation_id)])
        reader = people.search([("id", "=", partner_id)])
        if relation and reader and reader._bsc_belongs_to(relation.partner_id):
            return relation, reader
        return relations, people
