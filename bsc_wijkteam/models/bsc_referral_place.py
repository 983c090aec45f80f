from odoo import api, fields, models

ACTIVITY_TYPE = "bsc_wijkteam.mail_activity_type_place"
WAITING_ORDER = "priority desc, date_waiting, id"


class BscReferral(models.Model):
    """Places that are held, and the waiting list.

    In a stage that takes a place a referral holds one of its offering; in a waiting
    stage it stands in line for it. Who is first in line hears of a place that comes
    free, and keeps the turn until he or she takes it, leaves or lets the next one go.
    """

    _inherit = "bsc.referral"

    is_waiting = fields.Boolean(related="stage_id.is_waiting")
    date_waiting = fields.Datetime(
        "Waits since",
        readonly=True,
        copy=False,
        help="Since when this referral stands in line for this offering.",
    )
    waiting_rank = fields.Integer(
        "Number in line", compute="_compute_waiting_rank", aggregator=None
    )
    waiting_state = fields.Selection(
        [("free", "A place is free"), ("passed", "Lets the next one go first")],
        "Turn",
        readonly=True,
        copy=False,
    )

    @api.depends("stage_id.is_waiting", "offering_id", "date_waiting", "priority")
    def _compute_waiting_rank(self):
        waiting = self.filtered("is_waiting")
        ranks = {
            referral.id: rank
            for line in waiting.offering_id._get_waiting().values()
            for rank, referral in enumerate(line, 1)
        }
        for referral in self:
            referral.waiting_rank = ranks.get(referral._origin.id, 0)

    @api.model_create_multi
    def create(self, vals_list):
        referrals = super().create(vals_list)
        referrals.filtered("offering_id")._follow_places(self.env["bsc.offering"])
        return referrals

    def write(self, vals):
        if {"stage_id", "offering_id", "active"}.isdisjoint(vals):
            return super().write(vals)
        offerings = self.offering_id
        moved = self.filtered(
            lambda referral: (
                "offering_id" in vals and referral.offering_id.id != vals["offering_id"]
            )
        )
        res = super().write(vals)
        moved._leave_line()
        self._follow_places(offerings)
        return res

    def _follow_places(self, offerings):
        """Let these stand in line or not, and tell of the places that came free.

        :param offerings: ``bsc.offering`` where these were before
        """
        waiting = self.filtered(
            lambda referral: (
                referral.active and referral.is_waiting and referral.offering_id
            )
        )
        (self - waiting)._leave_line()
        waiting.filtered(
            lambda referral: not referral.date_waiting
        ).date_waiting = fields.Datetime.now()
        (offerings | self.offering_id)._tell_waiting()

    def _leave_line(self):
        """Forget the place in line, and that one was told of a free place."""
        self._end_turn()
        self.filtered("date_waiting").date_waiting = False

    def _end_turn(self):
        """Take back what was told of a free place: it is taken, or not wanted."""
        told = self.filtered("waiting_state")
        if told:
            told.activity_unlink([ACTIVITY_TYPE])
            told.waiting_state = False

    def _start_turn(self):
        """Tell the coach of each that a place is free at the offering."""
        self.waiting_state = "free"
        turns = self.grouped(
            lambda referral: (
                referral.offering_id,
                referral.coach_id or referral.offering_id.coach_id or self.env.user,
            )
        )
        for (offering, coach), referrals in turns.items():
            told = referrals.with_context(
                lang=coach.lang, bsc_own_words=True, mail_activity_quick_update=True
            )
            told.activity_schedule(
                ACTIVITY_TYPE,
                summary=told.env._(
                    "A place is free at %(offering)s: ask again",
                    offering=offering.name,
                ),
                user_id=coach.id,
            )

    def action_pass_place(self):
        """Let the next one in line go first; this one keeps its number."""
        self._end_turn()
        self.waiting_state = "passed"
        self.offering_id._tell_waiting()


class BscOffering(models.Model):
    _inherit = "bsc.offering"

    waiting_count = fields.Integer("Waiting", compute="_compute_waiting_count")

    @api.depends("referral_ids.stage_id.is_waiting")
    def _compute_waiting_count(self):
        lines = self._get_waiting()
        for offering in self:
            offering.waiting_count = len(lines.get(offering._origin, ()))

    def write(self, vals):
        res = super().write(vals)
        if not {"places", "is_limited", "active"}.isdisjoint(vals):
            self._tell_waiting()
        return res

    def _get_waiting(self):
        """Return who stands in line for these offerings, whoever guides them.

        :return: dictionary from offering to ``bsc.referral``, the first one first
        """
        if not self.ids:
            return {}
        referrals = self.env["bsc.referral"].sudo()  # the line counts everybody
        return referrals.search_fetch(
            [("offering_id", "in", self.ids), ("stage_id.is_waiting", "=", True)],
            ["offering_id"],
            order=WAITING_ORDER,
        ).grouped("offering_id")

    def _tell_waiting(self):
        """Give each free place to the next in line, and take back what is taken."""
        over = fresh = self.env["bsc.referral"].sudo()  # of any coach
        for offering, line in self._get_waiting().items():
            free = len(line) if not offering.is_limited else offering.places_free
            free = max(free, 0) if offering.active else 0
            told = line.filtered(lambda referral: referral.waiting_state == "free")
            over |= told[free:] if free else line
            others = line.filtered(lambda referral: not referral.waiting_state)
            fresh |= others[: max(free - len(told), 0)]
        over._end_turn()
        if fresh:
            fresh._start_turn()

    @api.readonly
    def action_open_waiting(self):
        """Open the waiting list, in order."""
        self.ensure_one()
        view = self.env.ref("bsc_wijkteam.bsc_referral_view_list_waiting")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waiting list"),
            "res_model": "bsc.referral",
            "views": [(view.id, "list"), (False, "form")],
            "domain": [
                ("offering_id", "=", self.id),
                ("stage_id.is_waiting", "=", True),
            ],
        }
