from odoo import models
from odoo.tools import format_date, formatLang

GOOD = 0.6  # a score from which a factor speaks for an offering


class BscOffering(models.Model):
    """Why an offering fits a referral or not, in words.

    Tells public facts of the offering only, and nothing about the participant. There is
    one method per factor; each gets the wish, the score and the facts that the ranking
    looked up, and returns a sentence, or nothing when there is nothing worth telling.
    """

    _inherit = "bsc.offering"

    def _get_match_reasons(self, wish, rows):
        """Return the reasons for and against, of these offerings.

        :param dict wish: what the referral tells, see ``_get_match_wish``
        :param rows: what the ranking found out, one dictionary per offering
        :return: list of pairs of lists of sentences
        """
        reasons = []
        for offering, row in zip(self, rows, strict=True):
            pros, cons = [], []
            for code, score in row["scores"].items():
                facts = row["facts"].get(code) or {}
                tell = getattr(offering, f"_tell_match_{code}")
                if sentence := tell(wish, score, facts):
                    (pros if score >= GOOD else cons).append(sentence)
            if row["asked"]:
                date = format_date(self.env, row["asked"])
                cons.append(
                    self.env._("Asked on %(date)s, without an answer yet.", date=date)
                )
            reasons.append((pros, cons))
        return reasons

    def _tell_match_sport(self, wish, score, facts):
        if score:
            return self.env._("%(sport)s, as wished.", sport=facts["name"])
        return self.env._("Something else than the wish names.")

    def _tell_match_target_group(self, wish, score, facts):
        if not facts["groups"]:
            return self.env._("For which target groups is not noted.")
        names = wish["target_groups"]
        if found := [names[group_id] for group_id in facts["ids"] or ()]:
            return self.env._("For %(groups)s.", groups=", ".join(found))
        return self.env._("Meant for another target group.")

    def _tell_match_area(self, wish, score, facts):
        """Tell the way from the wished area to the nearest one of the offering."""
        area, depth = facts["area"], facts["depth"]
        if not depth:
            return self.env._("Outside the municipality.")
        if depth == len(wish["area_paths"]):
            return self.env._("Nearby: %(area)s.", area=area)
        if depth > 1:
            return self.env._("In the same district: %(area)s.", area=area)
        return self.env._("Elsewhere in the municipality: %(area)s.", area=area)

    def _tell_match_day(self, wish, score, facts):
        if not facts["slots"]:
            return self.env._("The times are not noted.")
        if not facts["days"]:
            return self.env._("Not on a day that suits.")
        slots = self.env["bsc.offering.slot"]
        names = dict(slots._fields["weekday"]._description_selection(self.env))
        days = ", ".join(names[day] for day in sorted(facts["days"]))
        return self.env._("On a day that suits: %(days)s.", days=days)

    def _tell_match_cost(self, wish, score, facts):
        if facts.get("rest") is not None:
            if self.currency_id.is_zero(facts["rest"]):
                return self.env._("Nothing with %(funding)s.", funding=facts["fund"])
            return self.env._(
                "About %(amount)s a month with %(funding)s.",
                amount=self._format_amount(facts["rest"]),
                funding=facts["fund"],
            )
        return f"{self.cost}."

    def _tell_match_places(self, wish, score, facts):
        places = self._get_overview_places()
        return f"{places[:1].upper()}{places[1:]}."

    def _tell_match_level(self, wish, score, facts):
        if not self.level_id:
            return self.env._("The level is not noted.")
        if score:
            return self.env._("The level that suits.")
        return self.env._("Another level: %(level)s.", level=facts["name"])

    def _tell_match_age(self, wish, score, facts):
        if not self.ages:
            return self.env._("For all ages.")
        if score >= GOOD:
            return self.env._("The age is right: %(ages)s.", ages=self.ages)
        return self.env._("Ask how old the person is: %(ages)s.", ages=self.ages)

    def _tell_match_answer(self, wish, score, facts):
        """Tell how this provider answers; who was never asked has nothing to tell."""
        if not facts["answers"]:
            return None
        days = facts["days"]
        values = {
            "days": formatLang(self.env, days, digits=int(days % 1 > 0)),
            "rate": round(facts["accepted"] * 100),
        }
        if days < 1:
            return self.env._(
                "Answers the same day, and says yes to %(rate)s%%.", **values
            )
        if days == 1:
            return self.env._(
                "Answers the next day, and says yes to %(rate)s%%.", **values
            )
        return self.env._(
            "Answers after %(days)s days, and says yes to %(rate)s%%.", **values
        )

    def _tell_match_new_group(self, wish, score, facts):
        if self.is_new_group_possible:
            return self.env._("A new group is possible.")
        return None
