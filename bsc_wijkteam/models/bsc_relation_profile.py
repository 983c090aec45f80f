from odoo import api, fields, models


class BscRelation(models.Model):
    """The profile of the team, and the questions still to ask."""

    _inherit = "bsc.relation"

    local_name = fields.Char(
        "Local name",
        help="What such a team is called here: wijkteam, gebiedsteam, sociaal team …",
    )
    area_ids = fields.Many2many(
        "bsc.area", string="Areas", help="The areas this team works in."
    )
    target_group_ids = fields.Many2many(
        "bsc.target.group",
        string="Target groups",
        help="The groups this team meets most.",
    )
    professional_ids = fields.One2many(
        related="partner_id.child_ids",
        string="Professionals",
        related_sudo=False,
        readonly=False,
        help="Who works here, and who knows most about what.",
    )
    organisation_form = fields.Char(
        "Form of organisation",
        help="What the team is: part of the municipality, a foundation, a network.",
    )
    commissioner = fields.Char("Commissioned by", help="Who commissions and pays it.")
    organisation = fields.Text(help="How the team works, and who does what.")
    meeting_rhythm = fields.Char(
        "Meeting rhythm", help="When the team meets, e.g. first Monday, 9:00."
    )
    themes = fields.Text(help="What the team works on this year.")
    cases = fields.Text(help="Which cases the team meets.")
    challenges = fields.Text("Biggest challenges")
    needs = fields.Text("What they need from us")
    their_picture = fields.Text(
        "Their picture of us", help="What comes to their mind when they think of us."
    )
    our_picture = fields.Text(
        "Our picture of them", help="What we thought of them before, and think now."
    )
    route = fields.Text("Route to refer", help="How people are referred in this team.")
    privacy_agreements = fields.Text("Privacy agreements")
    open_questions = fields.Text(
        "Still to ask",
        compute="_compute_open_questions",
        help="What is not known yet of this team, as questions.",
    )
    words_use = fields.Text("Words to use", compute="_compute_words")
    words_avoid = fields.Text("Words to avoid", compute="_compute_words")
    moving_adds = fields.Text("What moving adds", compute="_compute_words")

    @api.depends(
        "kind",
        "local_name",
        "area_ids",
        "target_group_ids",
        "contact_id",
        "professional_ids.bsc_expertise",
        "organisation_form",
        "commissioner",
        "organisation",
        "meeting_rhythm",
        "themes",
        "cases",
        "challenges",
        "needs",
        "their_picture",
        "route",
        "privacy_agreements",
    )
    @api.depends_context("lang")
    def _compute_open_questions(self):
        for relation in self:
            blanks = relation._get_blanks()
            relation.open_questions = "\n".join(blanks.values()) or False

    @api.depends(
        "target_group_ids.name",
        "target_group_ids.words_use",
        "target_group_ids.words_avoid",
        "target_group_ids.moving_adds",
    )
    @api.depends_context("lang")
    def _compute_words(self):
        """Gather the advice on words from the target groups of this team."""
        for name in ("words_use", "words_avoid", "moving_adds"):
            for relation in self:
                groups = relation.target_group_ids.filtered(name)
                relation[name] = (
                    "\n".join(f"{group.name}: {group[name]}" for group in groups)
                    or False
                )

    def _get_blanks(self):
        """Return what is not known yet of one team.

        :return: dictionary of the name of the blank field and the question to ask, in
            the order of a first talk
        :rtype: dict
        """
        self.ensure_one()
        return {
            name: question
            for name, question in self._get_profile_questions(self.kind).items()
            if question and self._is_blank(name)
        }

    def _is_blank(self, name):
        if name == "professional_ids":
            return not any(self.professional_ids.mapped("bsc_expertise"))
        return not self[name]

    @api.model
    def _get_profile_questions(self, kind):
        """Return the question that fills each part of the profile.

        :param str kind: the kind of partner; a school is asked other things than a team
        :return: dictionary of field name and question, False for what is not asked
        """
        questions = {
            "local_name": False,
            "area_ids": self.env._("In which neighbourhoods do you work?"),
            "target_group_ids": self.env._(
                "Which groups of residents do you meet most?"
            ),
            "organisation": self.env._("How do you work, and who does what?"),
            "organisation_form": False,
            "commissioner": False,
            "professional_ids": self.env._("Who of you knows most about what?"),
            "contact_id": self.env._("Who will be our fixed contact person?"),
            "meeting_rhythm": self.env._("When do you meet, and may I drop in once?"),
            "cases": self.env._("Which cases do you meet most?"),
            "themes": self.env._("What do you work on this year?"),
            "challenges": self.env._("What are your biggest challenges now?"),
            "needs": self.env._("What do you need from a partner like us?"),
            "their_picture": self.env._(
                "What comes to your mind when you think of us?"
            ),
            "route": self.env._("How would you like to refer people to us?"),
            "privacy_agreements": self.env._(
                "What may you tell us about somebody, and in which way?"
            ),
        }
        commissioned = {
            "organisation_form": self.env._(
                "What are you part of: the municipality, a foundation, a network?"
            ),
            "commissioner": self.env._("Who commissions and pays your work?"),
        }
        own = {
            "team": {
                "local_name": self.env._("What is a team like yours called here?"),
                **commissioned,
            },
            "welfare": commissioned,
            "debt": commissioned,
            "gp": {
                "target_group_ids": self.env._("Which groups of patients come most?"),
                "cases": self.env._("For which complaints would you advise moving?"),
            },
            "school": {
                "target_group_ids": self.env._(
                    "Which groups of pupils and parents need something extra?"
                ),
                "cases": self.env._(
                    "What do you notice at school that moving could help with?"
                ),
            },
            "municipality": {
                "target_group_ids": self.env._(
                    "Which groups of residents come first in your policy?"
                ),
                "cases": False,
                "route": False,
                "privacy_agreements": False,
            },
        }
        return {**questions, **own.get(kind, {})}
