from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


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

    @api.model
    def _default_stage_id(self):
        stages = self.env[self._fields["stage_id"].comodel_name]
        return stages.browse(stages._get_first_id())

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        return stages.search(Domain.TRUE) | stages

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
