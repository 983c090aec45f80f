from odoo import fields, models


class BscRelationNote(models.TransientModel):
    """Note what came out of a meeting."""

    _name = "bsc.relation.note"
    _description = "Note what came out of a meeting"

    relation_id = fields.Many2one("bsc.relation", required=True, ondelete="cascade")
    promise_ids = fields.One2many("bsc.relation.note.promise", "note_id")


class BscRelationNotePromise(models.TransientModel):
    """A promise made in the meeting."""

    _name = "bsc.relation.note.promise"
    _description = "Promise Made in a Meeting"

    note_id = fields.Many2one("bsc.relation.note", required=True, ondelete="cascade")
