from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .bsc_sport import get_words

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OLDEST = 120


class BscReferral(models.Model):
    """The explained match: what fits, why, and why not.

    One query ranks in the database, so that it makes no difference how much there is
    to choose from; only the best are read and put into words.
    """

    _inherit = "bsc.referral"

    mon = fields.Boolean()
    tue = fields.Boolean()
    wed = fields.Boolean()
    thu = fields.Boolean()
    fri = fields.Boolean()
    sat = fields.Boolean()
    sun = fields.Boolean()
    level_id = fields.Many2one(
        "bsc.level",
        "Level that suits",
        index="btree_not_null",
        ondelete="restrict",
        help="How much guidance somebody needs, on the levels of the Sportpiramide.",
    )

    # what fits

    def _match(self, limit=20):
        """Rank what one referral may go to today, best first.

        :param int limit: how many to return
        :return: list of dictionaries with the offering, score (0–100), reasons for and
            reasons against, both lists of sentences
        """
        self.ensure_one()
        self.env.flush_all()
        wish = self._get_match_wish()
        rows = self.env.execute_query_dict(self._get_match_query(wish, limit))
        for row in rows:
            for code, facts in row["facts"].items():
                row["scores"][code] += (facts or {}).get("gain", 0)
        offerings = self.env["bsc.offering"].browse(row["id"] for row in rows)
        reasons = offerings._get_match_reasons(wish, rows)
        return [
            {"offering": offering, "score": row["score"], "for": good, "against": bad}
            for offering, row, (good, bad) in zip(offerings, rows, reasons, strict=True)
        ]

    def _get_match_query(self, wish, limit):
        """Return the query that ranks: id, score and what each factor found out.

        First all candidates get the points that their own columns tell. Then one factor
        after another looks up the rest, only of those that can still be among the best:
        who lies further behind than all that is left to gain is left out.
        """
        factors = self.env["bsc.match.factor"]
        weights = factors._get_weights()
        judgements = factors._get_judgements(wish)
        candidates = self.env["bsc.offering"]._search(self._get_match_domain())
        points = [
            SQL("%s * (%s)::float", weights[code], judgement.score)
            for code, judgement in judgements.items()
        ]
        step = SQL("candidate")
        steps = [
            SQL(
                "candidate AS MATERIALIZED (%s)",
                candidates.select(
                    SQL("bsc_offering.id"),
                    SQL("bsc_offering.provider_id"),
                    SQL("%s AS points", SQL(" + ").join(points or [SQL("0")])),
                ),
            )
        ]
        # What a factor adds at most. The heaviest comes first: it leaves out the most.
        gains = sorted(
            ((weights[code] * one.most, code) for code, one in judgements.items()),
            reverse=True,
        )
        left = sum(gain for gain, _code in gains)
        point = sum(weights[code] for code in judgements) / 100 or 1

        def best():
            # With a point to spare: when rounded, who lies less behind is equal.
            return SQL(
                "(SELECT * FROM %(step)s WHERE points >= COALESCE((SELECT points FROM"
                " %(step)s ORDER BY points DESC LIMIT 1 OFFSET %(limit)s - 1), 0)"
                " - %(left)s) found",
                step=step,
                limit=limit,
                left=left + 1.01 * point,
            )

        for gain, code in gains:
            if gain:
                query = SQL(
                    "SELECT id, provider_id, points + %s * COALESCE(gain, 0) AS points"
                    " FROM %s LEFT JOIN LATERAL (%s) looked_up ON TRUE",
                    weights[code],
                    best(),
                    judgements[code].lookup,
                )
                left -= gain
                step = SQL.identifier(f"candidate_{code}")
                steps.append(SQL("%s AS MATERIALIZED (%s)", step, query))
        return SQL(
            """
            WITH %(steps)s, found AS MATERIALIZED (
                SELECT
                    id, provider_id, ROUND((points / %(point)s)::numeric)::int AS score,
                    (SELECT name FROM bsc_offering WHERE id = found.id) AS name
                FROM %(best)s
                ORDER BY score DESC, name, id
                LIMIT %(limit)s
            )
            SELECT
                found.id,
                found.score,
                (
                    SELECT max(date_asked) FROM bsc_referral_request
                    WHERE referral_id = %(referral)s AND offering_id = found.id
                        AND answer IS NULL
                ) AS asked,
                json_build_object(%(scores)s) AS scores,
                json_build_object(%(facts)s) AS facts
            FROM found
            JOIN bsc_offering ON bsc_offering.id = found.id
            ORDER BY found.score DESC, found.name, found.id
            """,
            steps=SQL(", ").join(steps),
            point=point,
            best=best(),
            limit=limit,
            referral=self.id,
            scores=SQL(", ").join(
                SQL("%s, %s", code, one.score) for code, one in judgements.items()
            ),
            facts=SQL(", ").join(
                SQL("%s, (SELECT to_json(fact) FROM (%s) fact)", code, one.lookup)
                for code, one in judgements.items()
                if one.lookup
            ),
        )

    def _get_match_wish(self):
        """Return what one referral tells about what would fit.

        :return: dictionary of plain values; empty where nothing is noted
        """
        self.ensure_one()
        groups = dict(
            # Who it is for is no secret; with the names in one query.
            self.env.execute_query(
                SQL(
                    """
                    SELECT id, COALESCE(name->>%s, name->>'en_US')
                    FROM bsc_target_group
                    JOIN bsc_referral_bsc_target_group_rel
                        ON bsc_target_group_id = id
                    WHERE bsc_referral_id = %s AND active
                    """,
                    self.env.lang or "en_US",
                    self.id,
                )
            )
        )
        ids = [int(part) for part in (self.area_id.parent_path or "").split("/")[:-1]]
        return {
            "sport_ids": self._find_wished_sports().ids,
            "target_groups": groups,
            "area_ids": ids,
            "area_paths": [
                "".join(f"{part}/" for part in ids[: number + 1])
                for number in range(len(ids))
            ],
            "weekdays": [
                str(number) for number, day in enumerate(WEEKDAYS) if self[day]
            ],
            "level_id": self.level_id.id,
            "ages": self._get_match_ages(),
            "company_id": self.company_id.id,
            "today": fields.Date.context_today(self),
        }

    def _get_match_ages(self):
        """Return the youngest and the oldest age of the age group, if noted."""
        if not self.age_band:
            return None
        youngest, _dash, oldest = self.age_band.rstrip("+").partition("-")
        return int(youngest), int(oldest or OLDEST)

    def _find_wished_sports(self):
        """Return the sports that the wish names, by a name or another spelling."""
        sports = self.env["bsc.sport"]
        text = get_words(self.wish or "")
        found = []
        # Who wishes walking football does not wish football.
        for words, sport_id in sports._get_words() if text.strip() else ():
            if words in text:
                found.append(sport_id)
                text = text.replace(words, " ")
        return sports.browse(sorted(set(found)))

    # what does not

    def _get_match_conditions(self):
        """Return what every offering that is shown meets, in the order of asking.

        :return: dictionary from the reason not to show to the domain that is met
        """
        self.ensure_one()
        conditions = {}
        if path := self.area_id.parent_path:
            around = f"{path.split('/')[0]}/%"
            conditions["area"] = Domain(
                "area_ids", "any!", [("parent_path", "=like", around)]
            )
        conditions["unchecked"] = Domain("is_referable_today", "=", True)
        requests = self.env["bsc.referral.request"]._search(
            [("referral_id", "=", self.id), ("answer", "=", "declined")]
        )
        conditions["declined"] = Domain(
            "id",
            "not in",
            requests.subselect(SQL.identifier(requests.table, "offering_id")),
        )
        if ages := self._get_match_ages():
            youngest, oldest = ages
            conditions["age"] = Domain("min_age", "<=", oldest) & (
                Domain("max_age", "=", 0) | Domain("max_age", ">=", youngest)
            )
        conditions["full"] = Domain("has_free_places", "=", True) | Domain(
            "is_new_group_possible", "=", True
        )
        return conditions

    def _get_match_domain(self, reason=None):
        """Return the domain of what is shown, or of what is not for one reason.

        :param str reason: a key of ``_get_match_conditions``
        """
        domain = Domain("company_id", "=", self.company_id.id)
        for key, condition in self._get_match_conditions().items():
            if key == reason:
                return domain & ~condition
            domain &= condition
        return domain

    def _count_unmatched(self):
        """Return how many offerings are not shown, by reason, in one query."""
        self.ensure_one()
        self.env.flush_all()
        offerings = self.env["bsc.offering"]
        query = offerings._search([("company_id", "=", self.company_id.id)])
        cases = SQL(" ").join(
            SQL(
                "WHEN (%s) IS NOT TRUE THEN %s",
                condition.optimize_full(offerings)._to_sql(
                    offerings, query.table, query
                ),
                reason,
            )
            for reason, condition in self._get_match_conditions().items()
        )
        query.groupby = SQL("1")
        rows = self.env.execute_query(
            query.select(SQL("CASE %s END", cases), SQL("count(*)"))
        )
        return {reason: count for reason, count in rows if reason}

    def _get_match_advice(self):
        """Return what would sharpen the match of one referral: a list of sentences."""
        self.ensure_one()
        advice = {
            "area_id": self.env._(
                "Note the neighbourhood: then the nearest come first."
            ),
            "target_group_ids": self.env._(
                "Choose a target group: then you see who feels at home where."
            ),
            "age_band": self.env._(
                "Choose the age group: then other ages are left out."
            ),
            "wish": self.env._("Write down the wish: a sport that it names counts."),
        }
        sentences = [advice[name] for name in advice if not self[name]]
        if not any(self[day] for day in WEEKDAYS):
            sentences.append(self.env._("Tick the days that suit."))
        return sentences

    # what to do with it

    def action_match(self):
        """Show what fits one referral, best first."""
        self.ensure_one()
        match = self.env["bsc.referral.match"].create({"referral_id": self.id})
        match._rank()
        return match._show()

    def _propose_offering(self, offering):
        """Choose an offering for one referral (rule 1).

        :raise ValidationError: when nobody can be referred there now
        """
        self.ensure_one()
        # Also before the stage that asks for a checked one: the ranking may be old.
        if issues := offering._get_referable_issues():
            raise ValidationError(
                self.env._(
                    "Nobody can be referred to “%(offering)s” yet: %(issues)s.",
                    offering=offering.display_name,
                    issues="; ".join(issues),
                )
            )
        self.offering_id = offering
