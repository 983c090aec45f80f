from odoo import api, fields, models


class BscCheckStamp(models.TransientModel):
    """Record that the provider or the team agrees with a criteria check."""

    _name = "bsc.check.stamp"
    _description = "Record a Stamp"

    check_id = fields.Many2one("bsc.check", required=True, ondelete="cascade")
    side = fields.Selection([("provider", "Provider"), ("team", "Team")], required=True)
    company_id = fields.Many2one(related="check_id.company_id")
    provider_id = fields.Many2one(related="check_id.provider_id")
    relation_id = fields.Many2one(
        "bsc.relation",
        "Which team?",
        compute="_compute_relation_id",
        store=True,
        readonly=False,
        ondelete="cascade",
        help="The team that agrees.",
    )
    organisation_id = fields.Many2one("res.partner", compute="_compute_organisation_id")
    partner_id = fields.Many2one(
        "res.partner",
        "Who?",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        required=True,
        ondelete="cascade",
    )
    date = fields.Date("When?", required=True, default=fields.Date.context_today)
    how = fields.Selection(
        selection="_selection_how", string="How?", required=True, default="meeting"
    )
    email = fields.Char("E-mail", related="partner_id.email", readonly=False)
    link_days = fields.Integer(related="company_id.bsc_link_days")
    is_proof_shown = fields.Boolean(
        "Also show what I noted as proof",
        help="Read your notes first: they must name nobody.",
    )
    proof = fields.Text("My notes", compute="_compute_proof")

    @api.model
    def _selection_how(self):
        """Offer the ways to record a stamp, and to ask for one by mail."""
        return [
            *(
                way
                for way in self.env["bsc.check"]._selection_how()
                if way[0] != "link"
            ),
            ("link", self.env._("Not yet: ask now by e-mail, with a link")),
        ]

    @api.depends("check_id", "side")
    def _compute_relation_id(self):
        """Propose the team when the coach works with one only."""
        for wizard in self:
            relations = self.env["bsc.relation"]
            if wizard.side == "team" and not wizard.relation_id:
                domain = [("company_id", "=", wizard.company_id.id)]
                own = [("coach_id", "=", self.env.uid)]
                relations = relations.search(domain + own, limit=2)
                relations = relations or relations.search(domain, limit=2)
            if len(relations) == 1:
                wizard.relation_id = relations

    @api.depends("check_id", "side", "relation_id")
    def _compute_organisation_id(self):
        for wizard in self:
            wizard.organisation_id = (
                wizard.relation_id.partner_id
                if wizard.side == "team"
                else wizard.provider_id.partner_id
            )

    @api.depends("check_id", "side", "relation_id")
    def _compute_partner_id(self):
        """Propose the contact person of the team, or the one person who is known."""
        for wizard in self:
            people = wizard.organisation_id.child_ids.filtered(
                lambda partner: partner.type == "contact" and not partner.is_company
            )
            contact = wizard.side == "team" and wizard.relation_id.contact_id
            wizard.partner_id = contact or (people if len(people) == 1 else False)

    @api.depends("check_id")
    def _compute_proof(self):
        for wizard in self:
            wizard.proof = "\n".join(
                f"{line.criterion_id.display_name}: {line.proof}"
                for line in wizard.check_id.line_ids
                if line.proof
            )

    def action_ask(self):
        """Mail the person a link to agree with the check."""
        self.ensure_one()
        self.check_id._ask_by_mail(self.side, self.partner_id, self.is_proof_shown)
        return {"type": "ir.actions.act_window_close"}

    def action_record(self):
        """Put the stamp on the check; the check says when that cannot be."""
        self.ensure_one()
        self.check_id.write(
            {
                f"{self.side}_stamp_partner_id": self.partner_id.id,
                f"{self.side}_stamp_date": self.date,
                f"{self.side}_stamp_how": self.how,
                f"{self.side}_stamp_user_id": self.env.uid,
            }
        )
        return {"type": "ir.actions.act_window_close"}
