from datetime import timedelta

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models

FIRST_TIME_TYPE = "bsc_wijkteam.mail_activity_type_first_time"
FOLLOWUP_TYPE = "bsc_wijkteam.mail_activity_type_followup"
MONTHS = (3, 6, 12)
# Milestones of the stages in which somebody takes part.
TAKING_PART = ("start", "lasting")


class BscReferral(models.Model):
    """How it goes from the first time on: who goes along, follow-ups and scores."""

    _inherit = "bsc.referral"

    buddy_id = fields.Many2one(
        "res.partner",
        "Buddy",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        help="A volunteer or a member who goes along the first times. Never another"
        " participant.",
    )
    date_buddy = fields.Date("First time together", copy=False)
    date_since = fields.Date(
        "Takes part since",
        readonly=True,
        copy=False,
        help="Since when somebody takes part now. Stopped and started again counts from"
        " the last start.",
    )
    followup_ids = fields.One2many("bsc.followup", "referral_id", "Follow-ups")
    measurement_ids = fields.One2many("bsc.measurement", "referral_id", "Scores")
    score_table = fields.Html(
        "Scores from the start until now", compute="_compute_score_table"
    )

    @api.depends(
        "measurement_ids.indicator_id.name",
        "measurement_ids.months",
        "measurement_ids.score",
    )
    @api.depends_context("lang")
    def _compute_score_table(self):
        moments = self.env["bsc.measurement"]._get_moments()
        for referral in self:
            measurements = referral.measurement_ids
            if not measurements:
                referral.score_table = False
                continue
            used = {0, *measurements.mapped("months")}
            columns = {months: name for months, name in moments if months in used}
            head = Markup("").join(
                Markup('<th scope="col" class="text-end">%s</th>') % name
                for name in (*columns.values(), self.env._("Change"))
            )
            rows = Markup("").join(
                self._get_score_row(indicator, scores, columns)
                for indicator, scores in measurements.grouped("indicator_id").items()
            )
            referral.score_table = Markup(
                '<table class="table table-sm"><thead><tr><th scope="col">%s</th>%s'
                "</tr></thead><tbody>%s</tbody></table>"
            ) % (self.env._("Question"), head, rows)

    @api.model
    def _get_score_row(self, indicator, measurements, columns):
        """Return the scores on one question as a row of a table.

        :param indicator: ``bsc.indicator``
        :param measurements: the ``bsc.measurement`` of one referral on it
        :param columns: the moments to show, as months
        """
        scores = {line.months: line.score for line in measurements}
        change = scores[max(scores)] - scores[min(scores)]
        cells = [
            *(scores.get(months, "–") for months in columns),
            f"{change:+d}" if len(scores) > 1 else "–",
        ]
        return Markup('<tr><th scope="row" class="fw-normal">%s</th>%s</tr>') % (
            indicator.name,
            Markup("").join(Markup('<td class="text-end">%s</td>') % c for c in cells),
        )

    def write(self, vals):
        res = super().write(vals)
        if "date_trial" in vals:
            for referral in self:
                if calls := referral._get_open_calls(FIRST_TIME_TYPE):
                    calls.date_deadline = referral._get_first_call_date()
        return res

    def _on_stage_entered(self, stage):
        res = super()._on_stage_entered(stage)
        is_in_part = stage.milestone in TAKING_PART and not stage.is_closed
        if is_in_part:
            self.filtered(lambda r: not r.date_since)._start_taking_part()
            self.filtered(lambda r: not r.date_trial)._plan_first_call()
        else:
            self.filtered("date_since")._end_taking_part()
        if stage.milestone == "trial":
            self._plan_first_call()
        elif not is_in_part:
            self._get_open_calls(FIRST_TIME_TYPE).unlink()
        return res

    def _start_taking_part(self):
        """Plan the follow-ups from the start on; what is past is not asked any more.

        The first time counts from the date it started, afterwards from today.
        """
        today = fields.Date.context_today(self)
        planned = []
        for referral in self:
            is_first = not referral.followup_ids and referral.date_start
            referral.date_since = referral.date_start if is_first else today
            dates = {
                months: referral.date_since + relativedelta(months=months)
                for months in MONTHS
            }
            planned += [
                (referral, due, months) for months, due in dates.items() if due >= today
            ]
        activities = self._plan_call_list(
            FOLLOWUP_TYPE,
            [
                (
                    referral,
                    due,
                    lambda env, months=months: env._(
                        "After %(months)s months: still taking part?", months=months
                    ),
                )
                for referral, due, months in planned
            ],
        )
        self.env["bsc.followup"].create(
            [
                {
                    "referral_id": referral.id,
                    "months": months,
                    "date_from": referral.date_since,
                    "date_due": due,
                    "activity_id": activity.id,
                }
                for (referral, due, months), activity in zip(
                    planned, activities, strict=True
                )
            ]
        )

    def _end_taking_part(self):
        """Drop what was not answered yet; what was answered stays on record."""
        followups = self.sudo().followup_ids  # nobody else deletes these
        followups.activity_id.filtered("active").unlink()
        followups.filtered(lambda followup: not followup.answer).unlink()
        self.date_since = False

    def _plan_first_call(self):
        """Have the coach call after the first time."""
        if self.env.context.get("bsc_skip_plan"):
            return
        planned = {
            activity.res_id for activity in self._get_open_calls(FIRST_TIME_TYPE)
        }
        self._plan_call_list(
            FIRST_TIME_TYPE,
            [
                (
                    referral,
                    referral._get_first_call_date(),
                    lambda env: env._("How was the first time? Call"),
                )
                for referral in self
                if referral.id not in planned
            ],
        )

    def _get_first_call_date(self):
        """Return when to call about the first time: the day after."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        first = self.date_trial or self.date_start or today
        return max(first + timedelta(days=1), today)

    def _get_open_calls(self, activity_type):
        """Return the open activities of a type, to be changed for whoever has them."""
        kind = self.env.ref(activity_type)
        return self.sudo().activity_ids.filtered(  # of colleagues too
            lambda activity: activity.activity_type_id == kind
        )

    @api.model
    def _plan_call_list(self, activity_type, calls):
        """Plan activities with a day of their own, in one batch and without a mail.

        :param str activity_type: full id of the type
        :param calls: triples of a referral, the day, and a function that makes the
            summary in the language of an environment
        :return: ``mail.activity``, in the same order
        """
        kind = self.env.ref(activity_type)
        activities = self.env["mail.activity"].with_context(
            bsc_own_words=True, mail_activity_quick_update=True
        )
        vals_list = []
        for referral, day, summarise in calls:
            user = referral._get_follow_user()
            lang = user.sudo().lang or self.env.lang  # of a colleague
            vals_list.append(
                {
                    "activity_type_id": kind.id,
                    "automated": True,
                    "date_deadline": day,
                    "res_id": referral.id,
                    "res_model_id": self.env["ir.model"]._get_id("bsc.referral"),
                    "summary": summarise(self.with_context(lang=lang).env),
                    "user_id": user.id,
                }
            )
        return activities.create(vals_list)

    def _get_follow_user(self):
        """Return who follows how it goes: the coach, else that of team or provider."""
        self.ensure_one()
        coaches = self.coach_id | self.relation_id.coach_id | self.provider_id.coach_id
        return coaches.filtered("active")[:1] or self.env.user

    def action_note_scores(self):
        """Open the dialog with the questions of this moment."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Note scores"),
            "res_model": "bsc.referral.score",
            "view_mode": "form",
            "target": "new",
            "context": {"default_referral_id": self.id},
        }

    def action_stopped(self):
        """Open the dialog that closes, for somebody who stopped.

        Another place is found by moving back instead; the dialog says so.
        """
        self.ensure_one()
        stopped = self.followup_ids.filtered(lambda line: line.answer == "no")
        action = self.action_close()
        action["context"] = {
            **action["context"],
            "default_outcome": "unsuccessful",
            "default_reason_id": stopped[-1:].reason_id.id,
        }
        return action
