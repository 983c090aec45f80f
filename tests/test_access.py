"""Who may do what: one table, role x model x right, and it is the single truth.

The first table says what a role may do with a model at all; the second says on which
records, by what the role sees of three referrals. See the design, section 4.
"""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged

ROLES = ("viewer", "coach", "team", "coordinator")

# r(ead) w(rite) c(reate) d(elete), per role in the order of the ladder
RIGHTS = {
    "bsc.acquaintance": ("r", "rwcd", "rwcd", "rwcd"),
    "bsc.acquaintance.fill": ("", "rwcd", "rwcd", "rwcd"),
    "bsc.aid": ("r", "r", "r", "rwcd"),
    "bsc.area": ("r", "r", "r", "rwcd"),
    "bsc.area.load": ("", "", "", "rwcd"),
    "bsc.area.load.municipality": ("", "", "", "r"),
    "bsc.barrier": ("r", "r", "r", "rwcd"),
    "bsc.check": ("r", "rwc", "rwc", "rwc"),
    "bsc.check.line": ("r", "rwc", "rwc", "rwc"),
    "bsc.check.stamp": ("", "rwcd", "rwcd", "rwcd"),
    "bsc.client": ("", "rwc", "rwc", "rwc"),
    "bsc.client.access": ("", "", "", "rc"),
    "bsc.client.permission": ("", "rwc", "rwc", "rwc"),
    "bsc.client.reveal": ("", "", "", "rwcd"),
    "bsc.criterion": ("r", "r", "r", "rwcd"),
    "bsc.evaluation": ("r", "rwc", "rwc", "rwc"),
    "bsc.evaluation.item": ("r", "r", "r", "rwcd"),
    "bsc.evaluation.line": ("r", "rwc", "rwc", "rwc"),
    "bsc.family": ("", "rwc", "rwc", "rwc"),
    "bsc.feed.import": ("", "", "", "rwcd"),
    "bsc.feed.import.line": ("", "", "", "rwcd"),
    "bsc.feedback": ("", "rwc", "rwc", "rwc"),
    "bsc.feedback.text": ("r", "r", "r", "rwcd"),
    "bsc.followup": ("", "rwc", "rwc", "rwc"),
    "bsc.funding": ("r", "r", "r", "rwcd"),
    "bsc.gap.report": ("r", "r", "r", "r"),
    "bsc.handover": ("", "", "", "rwcd"),
    "bsc.indicator": ("r", "r", "r", "rwcd"),
    "bsc.intervention": ("r", "r", "r", "rwcd"),
    "bsc.level": ("r", "r", "r", "rwcd"),
    "bsc.mail": ("", "rwd", "rwd", "rwd"),
    "bsc.match.factor": ("r", "r", "r", "rw"),
    "bsc.measurement": ("", "rwc", "rwc", "rwc"),
    "bsc.offering": ("r", "rwc", "rwc", "rwcd"),
    "bsc.offering.season": ("", "rwcd", "rwcd", "rwcd"),
    "bsc.offering.share": ("", "rwcd", "rwcd", "rwcd"),
    "bsc.offering.slot": ("r", "rwcd", "rwcd", "rwcd"),
    "bsc.offering.update": ("r", "rwc", "rwc", "rwcd"),
    "bsc.portal.offering": ("", "", "", ""),
    "bsc.portal.referral": ("", "", "", ""),
    "bsc.portal.request": ("", "", "", ""),
    "bsc.promise.withdraw": ("", "rwcd", "rwcd", "rwcd"),
    "bsc.provider": ("r", "rwc", "rwc", "rwcd"),
    "bsc.reason": ("r", "r", "r", "rwcd"),
    "bsc.referral": ("", "rwc", "rwc", "rwc"),
    "bsc.referral.close": ("", "rwcd", "rwcd", "rwcd"),
    "bsc.referral.match": ("", "rwcd", "rwcd", "rwcd"),
    "bsc.referral.match.line": ("", "rwcd", "rwcd", "rwcd"),
    "bsc.referral.merge": ("", "rwcd", "rwcd", "rwcd"),
    "bsc.referral.report": ("r", "r", "r", "r"),
    "bsc.referral.request": ("", "rwc", "rwc", "rwc"),
    "bsc.referral.score": ("", "rwcd", "rwcd", "rwcd"),
    "bsc.referral.score.line": ("", "rwcd", "rwcd", "rwcd"),
    "bsc.referral.stage": ("r", "r", "r", "rwcd"),
    "bsc.relation": ("r", "rwc", "rwc", "rwcd"),
    "bsc.relation.note": ("", "rwcd", "rwcd", "rwcd"),
    "bsc.relation.note.promise": ("", "rwcd", "rwcd", "rwcd"),
    "bsc.relation.stage": ("r", "r", "r", "rwcd"),
    "bsc.signal": ("r", "rwc", "rwc", "rwcd"),
    "bsc.signal.theme": ("r", "r", "r", "rwcd"),
    "bsc.sport": ("r", "rwc", "rwc", "rwcd"),
    "bsc.story": ("", "rwc", "rwc", "rwcd"),
    "bsc.story.permission": ("", "rwc", "rwc", "rwcd"),
    "bsc.target.group": ("r", "r", "r", "rwcd"),
    "bsc.today": ("", "rwcd", "rwcd", "rwcd"),
}

# What an outsider with an account may do; which rows is told by the rules of these.
PORTAL = {
    "bsc.portal.offering": "r",
    "bsc.portal.referral": "r",
    "bsc.portal.request": "r",
}

# Which of the referrals "own", "unassigned" and "colleague's" a role sees, and of
# which of their participants it sees who it is.
SCOPE = {
    "coach": ({"own", "unassigned"}, {"own"}),
    "team": ({"own", "unassigned", "colleague"}, {"own"}),
    "coordinator": ({"own", "unassigned", "colleague"}, {"own"}),
}

OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


@tagged("post_install", "-at_install")
class TestAccess(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(
                cls.env,
                f"access_{role}",
                groups=f"bsc_wijkteam.bsc_wijkteam_group_{role}",
            )
            for role in ROLES
        }
        cls.users["employee"] = new_test_user(
            cls.env, "access_employee", groups="base.group_user"
        )
        cls.users["administrator"] = new_test_user(
            cls.env, "access_administrator", groups="base.group_system"
        )
        cls.users["portal"] = new_test_user(
            cls.env, "access_portal", groups="base.group_portal"
        )
        cls.users["public"] = cls.env.ref("base.public_user")
        cls.colleague = new_test_user(
            cls.env,
            "access_colleague",
            groups="bsc_wijkteam.bsc_wijkteam_group_coach",
        )
        cls.relation = cls.env["bsc.relation"].create(
            {
                "partner_id": cls.env["res.partner"]
                .create({"name": "Team", "is_company": True})
                .id
            }
        )

    def _rights(self, user, model):
        records = self.env[model].with_user(user)
        return "".join(
            letter
            for letter, operation in OPERATIONS.items()
            if records.has_access(operation)
        )

    def _referrals(self, user):
        """One referral with participant per coach: the user, nobody, a colleague."""
        referrals = {}
        for key, coach in (
            ("own", user),
            ("unassigned", self.env["res.users"]),
            ("colleague", self.colleague),
        ):
            client = self.env["bsc.client"].create({"name": f"Person {key}"})
            referrals[key] = self.env["bsc.referral"].create(
                {
                    "relation_id": self.relation.id,
                    "coach_id": coach.id,
                    "client_id": client.id,
                }
            )
        return referrals

    def test_every_model_stands_in_the_table(self):
        models = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("bsc.") and not model._abstract
        }
        self.assertEqual(models, set(RIGHTS))

    def test_rights_of_each_role(self):
        for model, expected in RIGHTS.items():
            for role, rights in zip(ROLES, expected, strict=True):
                with self.subTest(model=model, role=role):
                    self.assertEqual(self._rights(self.users[role], model), rights)

    def test_others_have_no_rights(self):
        for role in ("employee", "administrator", "public"):
            for model in RIGHTS:
                with self.subTest(model=model, role=role):
                    self.assertEqual(self._rights(self.users[role], model), "")

    def test_outsiders_with_an_account_read_their_lists_only(self):
        for model in RIGHTS:
            with self.subTest(model=model):
                self.assertEqual(
                    self._rights(self.users["portal"], model), PORTAL.get(model, "")
                )

    def test_mail_that_came_in_is_for_one_coach(self):
        for role in SCOPE:
            user = self.users[role]
            for key, referral in self._referrals(user).items():
                mail = self.env["bsc.mail"].create({"referral_id": referral.id})
                is_of_nobody = role == "coordinator" and key == "unassigned"
                with self.subTest(role=role, referral=key):
                    self.assertEqual(
                        mail.with_user(user).has_access("read"),
                        key == "own" or is_of_nobody,
                    )

    def test_scope_of_referrals_and_participants(self):
        for role, (seen, known) in SCOPE.items():
            user = self.users[role]
            referrals = self._referrals(user)
            for key, referral in referrals.items():
                for operation in ("read", "write"):
                    with self.subTest(role=role, referral=key, operation=operation):
                        self.assertEqual(
                            referral.with_user(user).has_access(operation), key in seen
                        )
                    with self.subTest(role=role, participant=key, operation=operation):
                        self.assertEqual(
                            referral.client_id.with_user(user).has_access(operation),
                            key in known,
                        )

    def test_feedback_and_stories_follow_the_referral(self):
        for role, (seen, _known) in SCOPE.items():
            user = self.users[role]
            for key, referral in self._referrals(user).items():
                story = self.env["bsc.story"].create(
                    {"name": "S", "body": "B", "referral_id": referral.id}
                )
                feedback = self.env["bsc.feedback"].create(
                    {
                        "referral_id": referral.id,
                        "body": "B",
                        "recipient_id": self.relation.partner_id.id,
                        "way": "meeting",
                    }
                )
                for record in (story, feedback):
                    for operation in ("read", "write"):
                        with self.subTest(
                            role=role, record=record, key=key, operation=operation
                        ):
                            self.assertEqual(
                                record.with_user(user).has_access(operation),
                                key in seen,
                            )

    def test_permissions_follow_the_participant(self):
        for role, (_seen, known) in SCOPE.items():
            user = self.users[role]
            for key, referral in self._referrals(user).items():
                referral.client_id.permission_ids = [
                    Command.create({"kind": "register"})
                ]
                permission = referral.client_id.permission_ids
                with self.subTest(role=role, participant=key):
                    self.assertEqual(
                        permission.with_user(user).has_access("read"), key in known
                    )

    def test_coordinator_sees_a_participant_with_a_reason_for_one_day(self):
        user = self.users["coordinator"]
        client = self._referrals(user)["colleague"].client_id.with_user(user)
        with freeze_time("2026-03-02 10:00:00"):
            self.assertFalse(client.has_access("read"))
            access = (
                self.env["bsc.client.access"]
                .with_user(user)
                .create({"client_id": client.id, "reason": "Complaint"})
            )
            self.assertEqual(access.user_id, user)
        # The moment of a look is the transaction's; put it on the frozen day.
        self.env.cr.execute(
            "UPDATE bsc_client_access SET create_date = %s WHERE id = %s",
            ["2026-03-02 10:00", access.id],
        )
        self.env.invalidate_all()
        with freeze_time("2026-03-02 16:00:00"):
            self.assertTrue(client.has_access("read"))
        with freeze_time("2026-03-03 09:00:00"):
            self.assertFalse(client.has_access("read"))

    def test_nobody_looks_in_the_name_of_a_colleague(self):
        user = self.users["coordinator"]
        client = self._referrals(user)["colleague"].client_id
        access = (
            self.env["bsc.client.access"]
            .with_user(user)
            .create(
                {
                    "client_id": client.id,
                    "reason": "Complaint",
                    "user_id": self.colleague.id,
                }
            )
        )
        self.assertEqual(access.user_id, user)
        with self.assertRaises(AccessError):
            access.user_id = self.colleague
        with self.assertRaises(AccessError):
            access.unlink()

    def test_another_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "access_stranger",
            groups="bsc_wijkteam.bsc_wijkteam_group_coordinator",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        provider = self.env["bsc.provider"].create({"name": "Club"})
        offering = self.env["bsc.offering"].create(
            {"name": "Group", "provider_id": provider.id}
        )
        check = self.env["bsc.check"].create({"provider_id": provider.id})
        referral = self._referrals(self.users["coach"])["unassigned"]
        for record in (
            provider,
            offering,
            check,
            check.line_ids,
            self.relation,
            referral,
            referral.client_id,
        ):
            with self.subTest(record=record):
                self.assertTrue(record)
                for operation in ("read", "write", "unlink"):
                    self.assertFalse(record.with_user(stranger).has_access(operation))
