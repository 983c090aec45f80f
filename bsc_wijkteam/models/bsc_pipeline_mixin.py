from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class BscPipelineMixin(models.AbstractModel):
    """What the two pipelines (relations and referrals) share.

    A model that inherits this defines ``stage_id``, named in ``_track_duration_field``,
    and ``coach_id``. What a stage asks
    for is data on the stage; the model translates it into sentences in
    ``_get_missing_requirements``.
    """

    _name = "bsc.pipeline.mixin"
    _description = "Pipeline"
    _inherit = [
        "bsc.privacy.mixin",
        "mail.activity.mixin",
        "mail.tracking.duration.mixin",
    ]

    date_last_stage_update = fields.Datetime(
        "In this stage since",
        default=fields.Datetime.now,
        readonly=True,
        copy=False,
        index=True,
    )

    # Only what is open, as everywhere on the screen. What was done stays for years, and
    # would be read with every card, to be left out again.
    activity_ids = fields.One2many(domain=[("active", "=", True)])

    @api.model
    def _default_stage_id(self):
        stages = self.env[self._fields["stage_id"].comodel_name]
        return stages.browse(stages._get_first_id())

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        return stages.search_fetch(Domain.TRUE) | stages

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        no_stage = self.env[self._fields["stage_id"].comodel_name]
        records._enter_stage(dict.fromkeys(records, no_stage))
        return records

    def write(self, vals):
        if "stage_id" not in vals:
            return super().write(vals)
        origins = {
            record: record.stage_id
            for record in self
            if record.stage_id.id != vals["stage_id"]
        }
        moved = self.browse(record.id for record in origins)
        now = fields.Datetime.now()
        res = super(BscPipelineMixin, self - moved).write(vals)
        if moved:
            res = super(BscPipelineMixin, moved).write(
                {**vals, "date_last_stage_update": now}
            )
            moved._enter_stage(origins)
        return res

    @api.model
    @api.readonly
    def web_read_group(
        self, domain, groupby, *args, unfold_read_specification=None, **options
    ):
        """Read the cards of all open columns together, as ``_open_groups`` found them.

        Same answer as Odoo's, which asks the database once for each column.
        """
        res = super().web_read_group(
            domain,
            groupby,
            *args,
            unfold_read_specification=unfold_read_specification,
            **options,
        )
        columns = list(self._get_found_columns(res["groups"]))
        cards = self.browse().union(*(column["__records"] for column in columns))
        values = cards.web_read(unfold_read_specification or {})
        by_id = dict(zip(cards.ids, values, strict=True))
        for column in columns:
            column["__records"] = [by_id[card.id] for card in column["__records"]]
        return res

    def web_read(self, specification):
        if len(self) > 1:
            self._prefetch_people(specification)
        return super().web_read(specification)

    def _open_groups(self, *, records_opening_info, domain, dict_order, **options):
        """Find which cards stand in the open columns by one query for all of them.

        It is made of the very query that Odoo would do for each column. Here a column
        gets its empty cards, ``web_read_group`` reads them.
        """
        super()._open_groups(
            records_opening_info=records_opening_info,
            domain=domain,
            dict_order=dict_order,
            **options,
        )
        filled = [
            column for column in records_opening_info if column["group"]["__count"]
        ]
        if len(filled) < 2:
            return
        order = [
            f"{name} {direction}"
            for name, direction in dict_order.items()
            if name != "__count"
        ]
        queries = [
            self._search(
                domain & column["domain"],
                offset=column["offset"],
                limit=column["limit"],
                order=", ".join([*order, self._order]),
            )
            for column in filled
        ]
        [found] = self.env.execute_query(
            SQL(
                "SELECT %s",
                SQL(", ").join(SQL("ARRAY(%s)", query.select()) for query in queries),
            )
        )
        for column, ids in zip(filled, found, strict=True):
            records_opening_info.remove(column)
            column["group"]["__records"] = self.browse(ids)

    def _get_found_columns(self, groups):
        """Yield the columns whose cards were found but not read, at every level."""
        for group in groups:
            if "__groups" in group:
                yield from self._get_found_columns(group["__groups"]["groups"])
            elif isinstance(group.get("__records"), models.BaseModel):
                yield group

    def _prefetch_people(self, names):
        """Read the activities and people that many cards show, each table once.

        Odoo reads people field by field, and activities by the thousand, twice and
        asking for every one who may see it.

        :param names: the fields that are going to be read
        """
        people = {model: self.env[model] for model in ("res.users", "res.partner")}
        for name in names:
            field = self._fields.get(name)
            if field and field.comodel_name in people:
                people[field.comodel_name] |= self[name]
        users, partners = (records.sudo() for records in people.values())  # names only
        if "activity_ids" in names and self.has_access(self._mail_post_access):
            activities = self.sudo().activity_ids  # who may post may read them
            activities.fetch()
            users |= activities.user_id
        users.fetch()
        (partners | users.partner_id | self._get_named_partners()).fetch()

    def _get_named_partners(self):
        """Hook: contacts that these records show in the name of something else."""
        return self.env["res.partner"]

    def _enter_stage(self, origins):
        """Check and do what entering the present stage asks for.

        :param dict origins: the stage that each record came from, empty for a new one
        :raise ValidationError: when a requirement is not met; names all that is missing
        """
        for record in self:
            missing = record._get_missing_requirements(origins[record])
            if missing:
                raise ValidationError(
                    self.env._(
                        "“%(record)s” cannot move to “%(stage)s” yet:\n%(missing)s",
                        record=record.display_name,
                        stage=record.stage_id.name,
                        missing="\n".join(f"• {line}" for line in missing),
                    )
                )
        for stage, records in self.grouped("stage_id").items():
            records._on_stage_entered(stage)
            forward = records.filtered(
                lambda record: record.stage_id.is_aside
                or record.stage_id._is_ahead_of(origins[record])
            )
            forward._start_activity_plan(stage.activity_plan_id)

    def _get_missing_requirements(self, origin):
        """Return what is missing for the present stage of one record.

        :param origin: the stage it came from, empty for a new record
        :return: list of sentences, empty when the record may stay
        """
        self.ensure_one()
        return []

    def _on_stage_entered(self, stage):
        """Hook: these records have just entered ``stage``."""

    def _start_activity_plan(self, plan):
        """Plan the activities of a stage for the coach of each record.

        What is still open from an earlier time is not planned twice. Odoo's own wizard
        works record by record and posts a message on each; this is one batch.

        :param plan: ``mail.activity.plan``, may be empty
        """
        if not self or not plan or self.env.context.get("bsc_skip_plan"):
            return
        is_open = {
            (activity.res_id, activity.activity_type_id, activity.summary)
            for activity in self.activity_ids
        }
        today = fields.Date.context_today(self)
        for template in plan.template_ids:
            missing = self.filtered(
                lambda record, template=template: (
                    (record.id, template.activity_type_id, template.summary)
                    not in is_open
                )
            )
            by_user = missing.grouped(
                lambda record, template=template: template._determine_responsible(
                    record.coach_id or self.env.user, record
                )["responsible"]
            )
            for user, records in by_user.items():
                records.activity_schedule(
                    activity_type_id=template.activity_type_id.id,
                    summary=template.summary,
                    note=template.note,
                    user_id=user.id,
                    date_deadline=template._get_date_deadline(today),
                )

    def _get_rotting_depends_fields(self):
        names = super()._get_rotting_depends_fields()
        # Empty on this abstract model, which has no stage itself.
        return names and names + ["stage_id.is_closed"]

    def _get_rotting_domain(self):
        return super()._get_rotting_domain() & Domain("stage_id.is_closed", "=", False)
