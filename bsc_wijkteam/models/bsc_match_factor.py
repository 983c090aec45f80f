from odoo import api, fields, models, tools
from odoo.tools import SQL, frozendict

# What a month may cost before it counts as too much, in the currency of the company.
COST_LIMIT = 50
# Answers that take longer than this many days count as no answer.
ANSWER_LIMIT = 14
# What nobody noted speaks neither for an offering nor clearly against it.
UNKNOWN = 0.3


class BscMatchFactor(models.Model):
    """What counts when an offering is matched with a referral, and how much.

    Each factor gives a score from 0 to 1 as SQL, by the method that its code names. The
    candidates are called ``offering`` there; what a factor needs besides, it joins for
    all of them at once. A method that gets nothing to go by from the referral returns
    None, and the factor does not count.
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
    def _add_scores(self, joins, wish):
        """Return how each factor that counts judges the candidates.

        :param list joins: gets what the factors need besides, as SQL
        :param dict wish: what the referral tells, see ``_get_match_wish``
        :return: dictionary from code to the score as SQL, of the factors that count;
            and the total from 0 to 100 as SQL
        """
        weights = self._get_weights()
        scores = {}
        for code in weights:
            add_score = getattr(self, f"_add_score_{code}", None)
            score = add_score and add_score(joins, wish)
            if score is not None:
                scores[code] = score
        if not scores:
            return scores, SQL("0")
        total = SQL(" + ").join(
            SQL("%s * (%s)", weights[code], score) for code, score in scores.items()
        )
        whole = sum(weights[code] for code in scores)
        return scores, SQL("ROUND(100.0 * (%s) / %s)::int", total, whole)

    @api.model
    def _join(self, joins, alias, select, column="id"):
        """Join what a subquery finds: at most one row for each candidate."""
        joins.append(
            SQL(
                "LEFT JOIN (%s) %s ON %s = %s",
                select,
                SQL.identifier(alias),
                SQL.identifier(alias, column),
                SQL.identifier("offering", column),
            )
        )

    # one method per factor

    @api.model
    def _add_score_sport(self, joins, wish):
        if not wish["sport_ids"]:
            return None
        return SQL(
            "CASE WHEN offering.sport_id = ANY(%s) THEN 1 ELSE 0 END",
            wish["sport_ids"],
        )

    @api.model
    def _add_score_target_group(self, joins, wish):
        if not wish["target_group_ids"]:
            return None
        groups = SQL(
            """
            SELECT
                bsc_offering_id AS id,
                array_agg(bsc_target_group_id) FILTER (
                    WHERE bsc_target_group_id = ANY(%s)
                ) AS ids
            FROM bsc_offering_bsc_target_group_rel
            JOIN offering ON offering.id = bsc_offering_id
            GROUP BY bsc_offering_id
            """,
            wish["target_group_ids"],
        )
        self._join(joins, "match_groups", groups)
        return SQL(
            """
            CASE
                WHEN match_groups.id IS NULL THEN %s
                ELSE COALESCE(cardinality(match_groups.ids), 0)::float / %s
            END
            """,
            UNKNOWN,
            len(wish["target_group_ids"]),
        )

    @api.model
    def _add_score_area(self, joins, wish):
        """Score the nearest area: the steps up to the first area that holds both."""
        paths = wish["area_paths"]
        if not paths:
            return None
        depth = SQL(
            "CASE %s ELSE 0 END",
            SQL(" ").join(
                SQL("WHEN area.parent_path LIKE %s THEN %s", f"{path}%", number)
                for number, path in reversed(list(enumerate(paths, 1)))
            ),
        )
        nearest = SQL(
            """
            SELECT DISTINCT ON (offering.id)
                offering.id, %(depth)s AS depth, area.name
            FROM offering
            JOIN bsc_area_bsc_offering_rel place ON place.bsc_offering_id = offering.id
            JOIN bsc_area area ON area.id = place.bsc_area_id
            ORDER BY offering.id, depth DESC, area.id
            """,
            depth=depth,
        )
        self._join(joins, "match_area", nearest)
        return SQL(
            "CASE %s - match_area.depth WHEN 0 THEN 1 WHEN 1 THEN 0.6 WHEN 2 THEN 0.3"
            " ELSE 0 END",
            len(paths),
        )

    @api.model
    def _add_score_day(self, joins, wish):
        if not wish["weekdays"]:
            return None
        days = SQL(
            """
            SELECT
                slot.offering_id AS id,
                array_agg(DISTINCT slot.weekday) FILTER (
                    WHERE slot.weekday = ANY(%s)
                ) AS days
            FROM bsc_offering_slot slot
            JOIN offering ON offering.id = slot.offering_id
            WHERE slot.date_to IS NULL OR slot.date_to >= %s
            GROUP BY slot.offering_id
            """,
            wish["weekdays"],
            wish["today"],
        )
        self._join(joins, "match_days", days)
        return SQL(
            "CASE WHEN match_days.id IS NULL THEN %s WHEN match_days.days IS NULL"
            " THEN 0 ELSE 1 END",
            UNKNOWN,
        )

    @api.model
    def _add_score_cost(self, joins, wish):
        """Score what a month costs with the fund that helps this person most."""
        is_known = SQL("(offering.price_period = 'free' OR offering.price > 0)")
        helping = SQL(
            """
            SELECT DISTINCT ON (offering.id)
                offering.id,
                funding.name,
                CASE
                    WHEN funding.coverage = 'full' THEN 0
                    WHEN %(is_known)s
                        THEN GREATEST(0, offering.price_month - funding.amount / 12)
                END AS price_month
            FROM offering
            JOIN bsc_funding_bsc_offering_rel accepted
                ON accepted.bsc_offering_id = offering.id
            JOIN bsc_funding funding ON funding.id = accepted.bsc_funding_id
            WHERE funding.active
                AND (funding.coverage = 'full' OR funding.coverage = 'amount'
                    AND funding.currency_id = %(currency)s)
                AND (funding.date_from IS NULL OR funding.date_from <= %(today)s)
                AND (funding.date_to IS NULL OR funding.date_to >= %(today)s)
                AND (funding.area_id IS NULL OR funding.area_id = ANY(%(areas)s))
                AND offering.price_period IS DISTINCT FROM 'free'
            ORDER BY offering.id, price_month NULLS LAST, funding.id
            """,
            is_known=is_known,
            currency=wish["currency_id"],
            today=wish["today"],
            areas=wish["area_ids"],
        )
        self._join(joins, "match_funding", helping)
        return SQL(
            """
            COALESCE(
                GREATEST(0, 1 - LEAST(
                    CASE WHEN %s THEN offering.price_month END,
                    match_funding.price_month
                ) / %s),
                %s
            )
            """,
            is_known,
            COST_LIMIT,
            UNKNOWN,
        )

    @api.model
    def _add_score_places(self, joins, wish):
        return SQL(
            "CASE WHEN NOT has_free_places THEN 0 WHEN is_limited IS NOT TRUE THEN 1"
            " ELSE LEAST(1, 0.6 + 0.2 * places_free) END"
        )

    @api.model
    def _add_score_level(self, joins, wish):
        if not wish["level_id"]:
            return None
        levels = SQL(
            "SELECT id AS level_id, COALESCE(name->>%s, name->>'en_US') AS name"
            " FROM bsc_level",
            self.env.lang or "en_US",
        )
        self._join(joins, "match_level", levels, "level_id")
        return SQL(
            "CASE WHEN offering.level_id IS NULL THEN %s"
            " WHEN offering.level_id = %s THEN 1 ELSE 0 END",
            UNKNOWN,
            wish["level_id"],
        )

    @api.model
    def _add_score_age(self, joins, wish):
        """Score higher when everybody of the age group can come, not only a part."""
        if not wish["ages"]:
            return None
        youngest, oldest = wish["ages"]
        return SQL(
            "CASE WHEN COALESCE(min_age, 0) <= %s AND COALESCE(NULLIF(max_age, 0), %s)"
            " >= %s THEN 1 ELSE 0.5 END",
            youngest,
            oldest,
            oldest,
        )

    @api.model
    def _add_score_answer(self, joins, wish):
        """Score how quickly this provider answers, and how often it can say yes."""
        answers = SQL(
            """
            SELECT
                provider_id,
                avg(CASE WHEN answer = 'accepted' THEN 1 ELSE 0 END) AS accepted,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY days_to_answer) AS days
            FROM bsc_referral_request
            WHERE answer IS NOT NULL
                AND provider_id IN (SELECT provider_id FROM offering)
            GROUP BY provider_id
            """
        )
        self._join(joins, "match_answers", answers, "provider_id")
        return SQL(
            "CASE WHEN match_answers.provider_id IS NULL THEN 0.5"
            " ELSE match_answers.accepted / 2"
            " + GREATEST(0, 1 - match_answers.days / %s) / 2 END",
            ANSWER_LIMIT,
        )

    @api.model
    def _add_score_new_group(self, joins, wish):
        return SQL("CASE WHEN is_new_group_possible THEN 1 ELSE 0 END")
