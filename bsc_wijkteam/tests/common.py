from urllib.parse import urlsplit

from odoo.fields import Command
from odoo.tests import TransactionCase, freeze_time, new_test_user

from ..tools.link import read_link, sign_link


class BscCommon(TransactionCase):
    """One user per role, one provider with an offering, one team."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Messages are compared in English, whatever language the company speaks.
        context = {**cls.env.context, "lang": "en_US", "no_reset_password": True}
        cls.env = cls.env(context=context)
        cls.company = cls.env.company
        cls.viewer = cls._user("bsc_viewer", "viewer")
        cls.coach = cls._user("bsc_coach", "coach")
        cls.other_coach = cls._user("bsc_other_coach", "coach")
        cls.team_user = cls._user("bsc_team", "team")
        cls.coordinator = cls._user("bsc_coordinator", "coordinator")
        cls.sport = cls.env["bsc.sport"].create({"name": "Korfbal (test)"})
        cls.provider = cls.env["bsc.provider"].create(
            {"name": "Club", "coach_id": cls.coach.id}
        )
        cls.provider_person = cls.env["res.partner"].create(
            {
                "name": "Trainer",
                "parent_id": cls.provider.partner_id.id,
                "email": "trainer@example.com",
            }
        )
        cls.offering = cls._offering()
        cls.team = cls.env["res.partner"].create(
            {"name": "Team East", "is_company": True}
        )
        cls.professional = cls.env["res.partner"].create(
            {
                "name": "Professional",
                "parent_id": cls.team.id,
                "email": "professional@example.com",
            }
        )
        cls.relation = cls.env["bsc.relation"].create(
            {
                "partner_id": cls.team.id,
                "coach_id": cls.coach.id,
                "contact_id": cls.professional.id,
            }
        )

    @classmethod
    def _user(cls, login, role, **values):
        return new_test_user(
            cls.env,
            login,
            groups=f"bsc_wijkteam.bsc_wijkteam_group_{role}",
            email=f"{login}@example.com",
            lang="en_US",
            **values,
        )

    @classmethod
    def _offering(cls, **values):
        return cls.env["bsc.offering"].create(
            {
                "name": "Group",
                "provider_id": cls.provider.id,
                "sport_id": cls.sport.id,
                **values,
            }
        )

    @classmethod
    def _check(cls, verdict="yes", stamped=True, date="2026-03-02", **values):
        """A criteria check with the same verdict everywhere, agreed on a date."""
        check = cls.env["bsc.check"].create(
            {"provider_id": cls.provider.id, "date": date, **values}
        )
        check.line_ids.verdict = verdict
        if stamped:
            check.write(
                {
                    "provider_stamp_partner_id": cls.provider_person.id,
                    "provider_stamp_date": date,
                    "provider_stamp_user_id": cls.coach.id,
                    "team_stamp_partner_id": cls.professional.id,
                    "team_stamp_date": date,
                    "team_stamp_user_id": cls.coach.id,
                }
            )
        return check

    @classmethod
    def _client(cls, permissions=("register",), **values):
        return cls.env["bsc.client"].create(
            {
                "name": "Fatima",
                "permission_ids": [
                    Command.create({"kind": kind}) for kind in permissions
                ],
                **values,
            }
        )

    @classmethod
    def _referral(cls, **values):
        return cls.env["bsc.referral"].create(
            {"relation_id": cls.relation.id, "coach_id": cls.coach.id, **values}
        )

    @classmethod
    def _stage(cls, name, model="referral"):
        """A default stage, by the last part of its id."""
        return cls.env.ref(f"bsc_wijkteam.bsc_{model}_stage_{name}")


class LinkPage:
    """What holds for each page behind a signed link.

    A test case with this names its page, and says in ``_assert_does_not_work`` what a
    link must not do that is forged, expired or for something else.

    :cvar str scope: what the links of this page are signed for
    """

    scope = None

    def _get_link(self):
        """Return a link to the page, signed now."""
        raise NotImplementedError

    def _get_answers(self):
        """Return what the page answers to each thing that can be done on it."""
        return [self._open()]

    def _assert_does_not_work(self, link):
        raise NotImplementedError

    def test_address_does_not_travel_on(self):
        for response in self._get_answers():
            self.assertLess(response.status_code, 400)
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
            self.assertEqual(response.headers["Cache-Control"], "no-store")
            self.assertIn("noindex", response.headers["X-Robots-Tag"])
            policy = response.headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'", policy)
            self.assertNotIn("Set-Cookie", response.headers)
            self.assertNotIn("<script", response.text)

    def test_expired_link(self):
        with freeze_time("2020-01-01"):
            link = self._get_link()
        self._assert_does_not_work(urlsplit(link).path)

    def test_forged_link(self):
        page, token = urlsplit(self._get_link()).path.rsplit("/", 1)
        flipped = token[:-1] + ("A" if token[-1] != "A" else "B")
        for forged in (flipped, token[:20], "x", "%00", "é", "1", "a" * 5000):
            with self.subTest(token=forged[:20]):
                self._assert_does_not_work(f"{page}/{forged}")

    def test_link_signed_for_something_else(self):
        page, token = urlsplit(self._get_link()).path.rsplit("/", 1)
        values = read_link(self.env, self.scope, token)
        self.assertTrue(values)
        other = sign_link(self.env, f"{self.scope}.other", values, 1)
        self._assert_does_not_work(f"{page}/{other}")
