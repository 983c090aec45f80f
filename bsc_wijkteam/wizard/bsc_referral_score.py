from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain


class BscReferralScore(models.TransientModel):
    """Note what somebody answers to the questions of one moment."""

    _name = "bsc.referral.score"
    _description = "Note Scores"

    referral_id = fields.Many2one("bsc.referral", required=True, ondelete="cascade")
    moment = fields.Selection(
        selection="_selection_moment",
        compute="_compute_moment",
        store=True,
        readonly=False,
        required=True,
    )
    line_ids = fields.One2many(
        "bsc.referral.score.line",
        "score_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.model
    def _selection_moment(self):
        moments = self.env["bsc.measurement"]._get_moments()
        return [(str(months), name) for months, name in moments]

    @api.depends("referral_id")
    def _compute_moment(self):
        """Propose the last moment that is near or past."""
        soon = fields.Date.context_today(self) + relativedelta(months=1)
        moments = self.env["bsc.measurement"]._get_moments()
        for wizard in self:
            start = wizard.referral_id.date_start
            near = [
                months
                for months, _name in moments
                if start and start + relativedelta(months=months) <= soon
            ]
            # A start of last week is the start, also when nothing was asked before.
            wizard.moment = str(max(near, default=0))

    @api.depends("referral_id", "moment")
    def _compute_line_ids(self):
        indicators = self.env["bsc.indicator"].search(Domain.TRUE)
        for wizard in self:
            noted = {
                measurement.indicator_id: measurement.score
                for measurement in wizard.referral_id.measurement_ids
                if str(measurement.months) == wizard.moment
            }
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {"indicator_id": line.id, "score": noted.get(line, 0)}
                    )
                    for line in indicators | self.env["bsc.indicator"].union(*noted)
                ),
            ]

    def action_save(self):
        """Note what was filled in; what was emptied is taken away."""
        self.ensure_one()
        months = int(self.moment)
        noted = {
            measurement.indicator_id: measurement
            for measurement in self.referral_id.measurement_ids
            if measurement.months == months
        }
        vals_list = []
        for line in self.line_ids:
            measurement = noted.get(line.indicator_id)
            if measurement and not line.score:
                measurement.check_access("write")
                measurement.sudo().unlink()  # a slip of who may change it
            elif measurement and measurement.score != line.score:
                measurement.score = line.score
            elif not measurement and line.score:
                vals_list.append(
                    {
                        "referral_id": self.referral_id.id,
                        "indicator_id": line.indicator_id.id,
                        "months": months,
                        "score": line.score,
                    }
                )
        self.env["bsc.measurement"].create(vals_list)
        return {"type": "ir.actions.act_window_close"}


class BscReferralScoreLine(models.TransientModel):
    """One question in the dialog."""

    _name = "bsc.referral.score.line"
    _description = "Score to Note"

    score_id = fields.Many2one(
        "bsc.referral.score", required=True, ondelete="cascade", index=True
    )
    indicator_id = fields.Many2one(
        "bsc.indicator", "Question", required=True, ondelete="cascade"
    )
    question = fields.Text("What to ask", compute="_compute_question")
    score = fields.Integer("Answer", help="Leave at 0 when it was not asked.")

    @api.depends("indicator_id")
    def _compute_question(self):
        scales = dict(
            self.indicator_id._fields["scale"]._description_selection(self.env)
        )
        for line in self:
            indicator = line.indicator_id
            hint = indicator.hint or scales.get(indicator.scale)
            line.question = "\n".join(filter(None, (indicator.name, hint)))
