from odoo import fields, models
from odoo.exceptions import ValidationError

from .bsc_check import CLOSED, DECIDED, RUNNING, SIDES, SUBJECT_FIELDS


class BscCheck(models.Model):
    """Which check counts: one is replaced by a newer one, never overwritten."""

    _inherit = "bsc.check"

    def _check_history(self, vals):
        """Refuse to rewrite what was agreed on.

        :param dict vals: values as given to ``write``
        :raise ValidationError: when they change a closed check, change what an agreed
            check holds for, or renew it without asking again
        """
        self._check_not_closed()
        for check in self:
            dates = [check.provider_stamp_date, check.team_stamp_date]
            if any(dates) and not vals.keys().isdisjoint(SUBJECT_FIELDS):
                raise ValidationError(
                    self.env._(
                        "Somebody agreed with this check already, so provider,"
                        " offering and date stay as they are. Start a new check"
                        " instead."
                    )
                )
            new_dates = [
                fields.Date.to_date(vals[f"{side}_stamp_date"])
                for side in SIDES
                if vals.get(f"{side}_stamp_date")
            ]
            if all(dates) and any(date > max(dates) for date in new_dates):
                raise ValidationError(
                    self.env._(
                        "Both sides agreed already. Start a new check to ask the"
                        " criteria again."
                    )
                )

    def _check_not_closed(self):
        """Refuse changes of a check that belongs to the past."""
        for check in self.filtered(lambda check: check.state in CLOSED):
            raise ValidationError(
                self.env._(
                    "The check “%(check)s” is over and stays as it was. Start a new"
                    " check instead.",
                    check=check.display_name,
                )
            )

    def _settle(self):
        """Let the newest decided check count, and mark the older ones as replaced.

        Newest is the one started last. Works out the same in whatever order checks
        are entered and answered.
        """
        newly_valid = self.filtered(
            lambda check: not check.was_valid
            and check._get_own_state() in ("valid", "lapsed")
        )
        newly_valid.was_valid = True
        moved = self.browse()
        for checks in (
            self._get_siblings()
            .grouped(lambda check: (check.provider_id, check.offering_id))
            .values()
        ):
            newest = self.browse()
            for check in checks:
                is_decided = check._is_decided()
                # An unfinished check is only given up when a later one is decided.
                is_old = newest and (is_decided or check.id < newest.id)
                replaced_by = newest if is_old else self.browse()
                if check.replaced_by_id != replaced_by:
                    check.replaced_by_id = replaced_by
                    moved |= check
                if is_decided:
                    newest = check
        moved._finish_renewal()
        moved.line_ids._plan_promises()

    def _get_siblings(self):
        """Return all checks of the same providers and offerings, the newest first."""
        subjects = {(check.provider_id, check.offering_id) for check in self}
        return self.search([("provider_id", "in", self.provider_id.ids)]).filtered(
            lambda check: (check.provider_id, check.offering_id) in subjects
        )

    def _get_own_state(self):
        """Return where one check stands today, newer checks left aside."""
        self.ensure_one()
        verdicts = self.line_ids.mapped("verdict")
        if not verdicts or not all(verdicts):
            return "draft"
        if "no" in verdicts:
            return "failed"
        if "not_yet" in verdicts:
            return "draft"
        if not (self.provider_stamp_date and self.team_stamp_date):
            return "agree"
        today = fields.Date.context_today(self)
        if self.valid_until and self.valid_until < today:
            return "lapsed"
        return "valid"

    def _is_decided(self):
        """Tell whether older checks no longer count because of this one."""
        self.ensure_one()
        return self.was_valid or self._get_own_state() in DECIDED

    def _lines_with(self, verdict):
        return self.line_ids.filtered(lambda line: line.verdict == verdict)

    def _get_deciding(self):
        """Return the one check among these that counts, if any came to a decision."""
        return self.filtered(lambda check: check.state in DECIDED)[:1]

    def _get_running(self):
        """Return the newest check among these that is still being worked on."""
        return self.filtered(lambda check: check.state in RUNNING)[:1]
