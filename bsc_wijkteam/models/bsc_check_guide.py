from odoo import api, fields, models


class BscCheck(models.Model):
    """What a check still needs, in words."""

    _inherit = "bsc.check"

    next_step = fields.Char(
        compute="_compute_next_step", help="What happens next with this check."
    )

    @api.depends(
        "state",
        "valid_until",
        "line_ids.verdict",
        "line_ids.promise_date",
        "provider_stamp_date",
        "provider_asked_date",
        "team_stamp_date",
        "team_asked_date",
    )
    @api.depends_context("lang")
    def _compute_next_step(self):
        steps = {
            "draft": "_get_step_of_answers",
            "agree": "_get_step_of_stamps",
            "valid": "_get_step_of_validity",
        }
        for check in self:
            if check.state in steps:
                check.next_step = getattr(check, steps[check.state])()
            elif check.state == "lapsed":
                check.next_step = self.env._(
                    "Nobody is referred here any more. Start a new check."
                )
            elif check.state == "failed":
                check.next_step = self.env._(
                    "Nobody is referred here. Start a new check when things are better."
                )
            else:
                check.next_step = False

    def _get_step_of_answers(self):
        """Return what the conversation still has to bring."""
        if not self._origin:
            return self.env._("Choose the provider, and start the check.")
        if unasked := self._lines_with(False):
            if len(unasked) == 1:
                return self.env._("One answer to go.")
            return self.env._("%(count)s answers to go.", count=len(unasked))
        not_yet = self._lines_with("not_yet")
        if undated := not_yet.filtered(lambda line: not line.promise_date):
            return self.env._(
                "Agree on what happens, and before when: %(criteria)s.",
                criteria=", ".join(undated.mapped("display_name")),
            )
        return not_yet and self.env._(
            "Look again on %(date)s, as agreed.",
            date=self._format_date(min(not_yet.mapped("promise_date"))),
        )

    def _get_step_of_stamps(self):
        """Return who still has to agree."""
        names = {"provider": self.env._("the provider"), "team": self.env._("the team")}
        silent = [side for side in names if not self[f"{side}_stamp_date"]]
        to_ask = [side for side in silent if not self[f"{side}_asked_id"]]
        asked = [self[f"{side}_asked_id"].name for side in silent if side not in to_ask]
        steps = []
        if len(to_ask) == 2:
            steps.append(self.env._("Ask the provider and the team to agree."))
        elif to_ask:
            steps.append(self.env._("Ask %(side)s to agree.", side=names[to_ask[0]]))
        if asked:
            steps.append(
                self.env._(
                    "Asked by e-mail, no answer yet: %(people)s.",
                    people=", ".join(asked),
                )
            )
        return " ".join(steps)

    def _get_step_of_validity(self):
        """Return how long people can be referred, and when to begin anew."""
        date = self._format_date(self.valid_until)
        if self._is_lapsing():
            return self.env._(
                "Valid until %(date)s only. Start a new check in time.", date=date
            )
        return self.env._("People can be referred until %(date)s.", date=date)

    def _get_open_points(self):
        """Return what this check still lacks.

        :return: list of sentences, empty when the check is valid
        """
        points = []
        for check in self:
            asked = check._lines_with("no") | check._lines_with("not_yet")
            points.extend(
                self.env._(
                    "criterion %(criterion)s: %(verdict)s",
                    criterion=line.criterion_id.display_name,
                    verdict=line._get_verdict_name(),
                )
                for line in asked.sorted()
            )
            if unasked := check._lines_with(False):
                points.append(
                    self.env._(
                        "not asked yet: %(criteria)s",
                        criteria=", ".join(unasked.mapped("display_name")),
                    )
                )
            if check._get_own_state() == "failed":
                continue
            if not check.provider_stamp_date:
                points.append(self.env._("the provider has not agreed yet"))
            if not check.team_stamp_date:
                points.append(self.env._("the team has not agreed yet"))
        return points
