from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.tools import SQL, frozendict

# What a month may cost before it counts as too much, in the currency of the company.
COST_LIMIT = 50
# Answers that take longer than this many days count as no answer.
ANSWER_LIMIT = 14
# What nobody noted speaks neither for an offering nor clearly against it.
UNKNOWN = 0.3
# Nearby, in the same district, elsewhere in the municipality.
AREA_SCORES = (1, 0.6, 0.3)


class Judgement(NamedTuple):
    """How a factor judges offerings, from 0 to 1.

    :ivar score: what the columns of ``bsc_offering`` tell, as SQL
    :ivar lookup: query for what has to be looked up of one offering, ``found``: at most
        one row, with the facts, and with ``gain``, what these add to the score
    :ivar most: the most that ``gain`` can be; 0 when there is none
    """

    score: SQL
    lookup: SQL | None = None
    most: float = 0


class BscMatchFactor(models.Model):
    """What counts when an offering is matched with a referral, and how much.

    Each factor gives its judgement by the method that its code names. A method that
    gets nothing to go by from the referral returns None, and the factor does not count.
    """

    _name = "bsc.match.factor"
    _description = "Match Factor"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    name = fields.Char("Factor", required=True, translate=True)
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True, readonly=True)
    weight = fields.Integer(
        required=True,
        default=1,
        help="From 0 to 10: how much this counts. 0 leaves it out.",
    )
    description = fields.Text(
        "What it looks at", translate=True, help="How this is judged, in plain words."
    )

    _code_uniq = models.UniqueIndex("(code)", "This factor already exists.")
    _check_weight = models.Constraint(
        "CHECK (weight BETWEEN 0 AND 10)", "Choose a weight of 0 to 10."
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache()
    def _get_weights(self):
        """Return the weight of each factor that counts, by its code."""
        factors = self.sudo().search([("weight", ">", 0)])  # settings, no secret
        return frozendict({factor.code: factor.weight for factor in factors})

    @api.model
    def _get_judgements(self, wish):
        """Return how each factor that counts judges.

        :param dict wish: what the referral tells, see ``_get_match_wish``
        :return: dictionary from code to :class:`Judgement`
        """
        judgements = {}
        for code in self._get_weights():
            judge = getattr(self, f"_judge_{code}", None)
            if judgement := judge and judge(wish):
                judgements[code] = judgement
        return judgements

    @api.model
    def _look_up_name(self, table, column):
        """Return the query for a translated name that an offering points to."""
        return SQL(
            "SELECT COALESCE(name->>%s, name->>'en_US') AS name FROM %s WHERE id = %s",
            self.env.lang or "en_US",
            SQL.identifier(table),
            SQL.identifier("bsc_offering", column),
        )

    # one method per factor

    @api.model
    def _judge_sport(self, wish):
        if not wish["sport_ids"]:
            return None
        score = SQL(
            "CASE WHEN bsc_offering.sport_id = ANY(%s) THEN 1 ELSE 0 END",
            wish["sport_ids"],
        )
        return Judgement(score, self._look_up_name("bsc_sport", "sport_id"))

    @api.model
    def _judge_target_group(self, wish):
        group_ids = list(wish["target_groups"])
        if not group_ids:
            return None
        lookup = SQL(
            """
            SELECT
                CASE WHEN count(*) = 0 THEN %s
                    ELSE count(*) FILTER (WHERE is_wished)::float / %s
                END AS gain,
                count(*) AS groups,
                array_agg(bsc_target_group_id) FILTER (WHERE is_wished) AS ids
            FROM bsc_offering_bsc_target_group_rel,
                LATERAL (SELECT bsc_target_group_id = ANY(%s) AS is_wished)
            WHERE bsc_offering_id = found.id
            """,
            UNKNOWN,
            len(group_ids),
            group_ids,
        )
        return Judgement(SQL("0"), lookup, 1)

    @api.model
    def _judge_area(self, wish):
        """Judge the nearest area: the steps up to the first area that holds both.

        The widest area holds all candidates, so that only what lies in a narrower one,
        or in a part of that, has to be looked for.
        """
        area_ids = wish["area_ids"]
        if not area_ids:
            return None
        nearby = [
            SQL(
                "WHEN bsc_offering.id IN (SELECT bsc_offering_id"
                " FROM bsc_area_bsc_offering_rel WHERE bsc_area_id IN"
                " (SELECT id FROM bsc_area WHERE id = %(id)s OR parent_id = %(id)s))"
                " THEN %(score)s",
                id=area_id,
                score=score,
            )
            for area_id, score in zip(area_ids[:0:-1], AREA_SCORES, strict=False)
        ]
        score = SQL("%s", AREA_SCORES[len(nearby)])
        if nearby:
            score = SQL("CASE %s ELSE %s END", SQL(" ").join(nearby), score)
        depth = SQL(
            "CASE %s ELSE 0 END",
            SQL(" ").join(
                SQL("WHEN area.parent_path LIKE %s THEN %s", f"{path}%", number)
                for number, path in reversed(list(enumerate(wish["area_paths"], 1)))
            ),
        )
        lookup = SQL(
            """
            SELECT %s AS depth, area.name AS area
            FROM bsc_area_bsc_offering_rel place
            JOIN bsc_area area ON area.id = place.bsc_area_id
            WHERE place.bsc_offering_id = found.id
            ORDER BY depth DESC, area.id
            LIMIT 1
            """,
            depth,
        )
        return Judgement(score, lookup, 0)

    @api.model
    def _judge_day(self, wish):
        if not wish["weekdays"]:
            return None
        lookup = SQL(
            """
            SELECT
                CASE WHEN count(*) = 0 THEN %s
                    WHEN bool_or(weekday = ANY(%s)) THEN 1
                    ELSE 0
                END AS gain,
                count(*) AS slots,
                array_agg(DISTINCT weekday) FILTER (WHERE weekday = ANY(%s)) AS days
            FROM bsc_offering_slot
            WHERE offering_id = found.id AND (date_to IS NULL OR date_to >= %s)
            """,
            UNKNOWN,
            wish["weekdays"],
            wish["weekdays"],
            wish["today"],
        )
        return Judgement(SQL("0"), lookup, 1)

    @api.model
    def _judge_cost(self, wish):
        """Judge what a month costs with the fund that helps this person most."""
        score = SQL(
            "CASE WHEN bsc_offering.price_month > 0"
            " THEN GREATEST(0, 1 - bsc_offering.price_month::float / %s)"
            " WHEN bsc_offering.price_period = 'free' THEN 1 ELSE %s END",
            COST_LIMIT,
            UNKNOWN,
        )
        most_by_funding = self._get_funding_gains(wish)
        if not most_by_funding:
            return Judgement(score)
        lookup = SQL(
            """
            SELECT
                helping.name AS fund,
                helping.rest,
                GREATEST(%(score)s, 1 - helping.rest::float / %(limit)s) - %(score)s
                    AS gain
            FROM bsc_offering
            JOIN LATERAL (
                SELECT
                    funding.name,
                    CASE
                        WHEN funding.coverage = 'full' THEN 0
                        WHEN bsc_offering.price_month > 0 THEN
                            GREATEST(0, bsc_offering.price_month - funding.amount / 12)
                    END AS rest
                FROM bsc_funding_bsc_offering_rel accepted
                JOIN bsc_funding funding ON funding.id = accepted.bsc_funding_id
                WHERE accepted.bsc_offering_id = found.id
                    AND funding.id = ANY(%(funding_ids)s)
                ORDER BY rest NULLS LAST, funding.id
                LIMIT 1
            ) helping ON TRUE
            WHERE bsc_offering.id = found.id
                AND bsc_offering.price_period IS DISTINCT FROM 'free'
            """,
            score=score,
            limit=COST_LIMIT,
            funding_ids=list(most_by_funding),
        )
        most = max(most_by_funding.values())
        return Judgement(score, lookup, most)

    @api.model
    def _get_funding_gains(self, wish):
        """Return the most that each fund for this person can add to the score."""
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT
                        id,
                        CASE coverage WHEN 'full' THEN 1
                            ELSE LEAST(1, amount::float / 12 / %(limit)s) END
                    FROM bsc_funding
                    WHERE active
                        AND (coverage = 'full' OR coverage = 'amount')
                        AND (coverage = 'full' OR currency_id = (
                            SELECT currency_id FROM res_company WHERE id = %(company)s
                        ))
                        AND (date_from IS NULL OR date_from <= %(today)s)
                        AND (date_to IS NULL OR date_to >= %(today)s)
                        AND (area_id IS NULL OR area_id = ANY(%(areas)s))
                    """,
                    limit=COST_LIMIT,
                    company=wish["company_id"],
                    today=wish["today"],
                    areas=wish["area_ids"],
                )
            )
        )

    @api.model
    def _judge_places(self, wish):
        return Judgement(
            SQL(
                "CASE WHEN NOT bsc_offering.has_free_places THEN 0"
                " WHEN bsc_offering.is_limited IS NOT TRUE THEN 1"
                " ELSE LEAST(1, 0.6::float + 0.2::float * bsc_offering.places_free) END"
            )
        )

    @api.model
    def _judge_level(self, wish):
        if not wish["level_id"]:
            return None
        score = SQL(
            "CASE WHEN bsc_offering.level_id IS NULL THEN %s"
            " WHEN bsc_offering.level_id = %s THEN 1 ELSE 0 END",
            UNKNOWN,
            wish["level_id"],
        )
        return Judgement(score, self._look_up_name("bsc_level", "level_id"))

    @api.model
    def _judge_age(self, wish):
        """Judge better when everybody of the age group can come, not only a part."""
        if not wish["ages"]:
            return None
        youngest, oldest = wish["ages"]
        return Judgement(
            SQL(
                "CASE WHEN COALESCE(bsc_offering.min_age, 0) <= %s"
                " AND COALESCE(NULLIF(bsc_offering.max_age, 0), %s) >= %s"
                " THEN 1 ELSE 0.5 END",
                youngest,
                oldest,
                oldest,
            )
        )

    @api.model
    def _judge_answer(self, wish):
        """Judge how quickly this provider answers, and how often it can say yes."""
        lookup = SQL(
            """
            SELECT
                *,
                CASE answers WHEN 0 THEN 0.5
                    ELSE (accepted + GREATEST(0, 1 - days / %s)) / 2
                END AS gain
            FROM (
                SELECT
                    count(*) AS answers,
                    avg((answer = 'accepted')::int)::float AS accepted,
                    percentile_cont(0.5) WITHIN GROUP (ORDER BY days_to_answer)
                        AS days
                FROM bsc_referral_request
                WHERE provider_id = found.provider_id AND answer IS NOT NULL
            )
            """,
            ANSWER_LIMIT,
        )
        return Judgement(SQL("0"), lookup, 1)

    @api.model
    def _judge_new_group(self, wish):
        return Judgement(SQL("(bsc_offering.is_new_group_possible IS TRUE)::int"))
