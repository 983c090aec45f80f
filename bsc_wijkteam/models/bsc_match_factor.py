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

    Each factor adds a score from 0 to 1 to a query of offerings, by the method that
    its code names. A method that gets nothing to go by from the referral returns None,
    and the factor does not count.
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
    def _add_scores(self, query, wish):
        """Join to a query of offerings what each factor needs.

        :param query: of ``bsc.offering``; gets joins
        :param dict wish: what the referral tells, see ``_get_match_wish``
        :return: dictionary from code to the score as SQL, of the factors that count;
            and the total from 0 to 100 as SQL
        """
        weights = self._get_weights()
        scores = {}
        for code in weights:
            add_score = getattr(self, f"_add_score_{code}", None)
            score = add_score and add_score(query, wish)
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
    def _join(self, query, alias, select):
        """Join what a subquery finds for each offering, at most one row."""
        query.add_join("LEFT JOIN", alias, SQL("LATERAL (%s)", select), SQL("TRUE"))

    # one method per factor

    @api.model
    def _add_score_sport(self, query, wish):
        if not wish["sport_ids"]:
            return None
        return SQL(
            "CASE WHEN bsc_offering.sport_id = ANY(%s) THEN 1 ELSE 0 END",
            wish["sport_ids"],
        )

    @api.model
    def _add_score_target_group(self, query, wish):
        if not wish["target_group_ids"]:
            return None
        self._join(
            query,
            "match_groups",
            SQL(
                """
                SELECT
                    array_agg(bsc_target_group_id) FILTER (
                        WHERE bsc_target_group_id = ANY(%(ids)s)
                    ) AS ids,
                    count(*) AS count
                FROM bsc_offering_bsc_target_group_rel
                WHERE bsc_offering_id = bsc_offering.id
                """,
                ids=wish["target_group_ids"],
            ),
        )
        return SQL(
            """
            CASE
                WHEN match_groups.count = 0 THEN %s
                ELSE COALESCE(cardinality(match_groups.ids), 0)::float / %s
            END
            """,
            UNKNOWN,
            len(wish["target_group_ids"]),
        )

    @api.model
    def _add_score_area(self, query, wish):
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
        self._join(
            query,
            "match_area",
            SQL(
                """
                SELECT %s AS depth, area.name
                FROM bsc_area_bsc_offering_rel place
                JOIN bsc_area area ON area.id = place.bsc_area_id
                WHERE place.bsc_offering_id = bsc_offering.id
                ORDER BY depth DESC, area.id
                LIMIT 1
                """,
                depth,
            ),
        )
        return SQL(
            "CASE %s - match_area.depth WHEN 0 THEN 1 WHEN 1 THEN 0.6 WHEN 2 THEN 0.3"
            " ELSE 0 END",
            len(paths),
        )

    @api.model
    def _add_score_day(self, query, wish):
        if not wish["weekdays"]:
            return None
        self._join(
            query,
            "match_days",
            SQL(
                """
                SELECT
                    array_agg(DISTINCT weekday) FILTER (
                        WHERE weekday = ANY(%s)
                    ) AS days,
                    count(*) AS count
                FROM bsc_offering_slot
                WHERE offering_id = bsc_offering.id
                    AND (date_to IS NULL OR date_to >= %s)
                """,
                wish["weekdays"],
                wish["today"],
            ),
        )
        return SQL(
            "CASE WHEN match_days.count = 0 THEN %s WHEN match_days.days IS NULL THEN 0"
            " ELSE 1 END",
            UNKNOWN,
        )

    @api.model
    def _add_score_cost(self, query, wish):
        """Score what a month costs with the fund that helps this person most."""
        is_known = SQL("(price_period = 'free' OR price > 0 AND price_period <> '')")
        self._join(
            query,
            "match_funding",
            SQL(
                """
                SELECT
                    funding.name,
                    CASE
                        WHEN funding.coverage = 'full' THEN 0
                        WHEN %(is_known)s
                            THEN GREATEST(0, price_month - funding.amount / 12)
                    END AS price_month
                FROM bsc_funding_bsc_offering_rel accepted
                JOIN bsc_funding funding ON funding.id = accepted.bsc_funding_id
                WHERE accepted.bsc_offering_id = bsc_offering.id
                    AND funding.active
                    AND (funding.coverage = 'full' OR funding.coverage = 'amount'
                        AND funding.currency_id = %(currency)s)
                    AND (funding.date_from IS NULL OR funding.date_from <= %(today)s)
                    AND (funding.date_to IS NULL OR funding.date_to >= %(today)s)
                    AND (funding.area_id IS NULL OR funding.area_id = ANY(%(areas)s))
                    AND price_period IS DISTINCT FROM 'free'
                ORDER BY 2 NULLS LAST, funding.id
                LIMIT 1
                """,
                is_known=is_known,
                currency=wish["currency_id"],
                today=wish["today"],
                areas=wish["area_ids"],
            ),
        )
        return SQL(
            """
            COALESCE(
                GREATEST(0, 1 - LEAST(
                    CASE WHEN %s THEN bsc_offering.price_month END,
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
    def _add_score_places(self, query, wish):
        return SQL(
            "CASE WHEN NOT has_free_places THEN 0 WHEN is_limited IS NOT TRUE THEN 1"
            " ELSE LEAST(1, 0.6 + 0.2 * places_free) END"
        )

    @api.model
    def _add_score_level(self, query, wish):
        if not wish["level_id"]:
            return None
        self._join(
            query,
            "match_level",
            SQL(
                "SELECT COALESCE(name->>%s, name->>'en_US') AS name FROM bsc_level"
                " WHERE id = bsc_offering.level_id",
                self.env.lang or "en_US",
            ),
        )
        return SQL(
            "CASE WHEN level_id IS NULL THEN %s WHEN level_id = %s THEN 1 ELSE 0 END",
            UNKNOWN,
            wish["level_id"],
        )

    @api.model
    def _add_score_age(self, query, wish):
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
    def _add_score_answer(self, query, wish):
        """Score how quickly this provider answers, and how often it can say yes."""
        self._join(
            query,
            "match_answers",
            SQL(
                """
                SELECT
                    count(*) AS count,
                    avg(CASE WHEN answer = 'accepted' THEN 1 ELSE 0 END) AS accepted,
                    percentile_cont(0.5) WITHIN GROUP (ORDER BY days_to_answer) AS days
                FROM bsc_referral_request
                WHERE provider_id = bsc_offering.provider_id AND answer IS NOT NULL
                """
            ),
        )
        return SQL(
            "CASE WHEN match_answers.count = 0 THEN 0.5 ELSE match_answers.accepted / 2"
            " + GREATEST(0, 1 - match_answers.days / %s) / 2 END",
            ANSWER_LIMIT,
        )

    @api.model
    def _add_score_new_group(self, query, wish):
        return SQL("CASE WHEN is_new_group_possible THEN 1 ELSE 0 END")
