"""Signed, expiring links to pages that ask for no login."""

from datetime import timedelta

from odoo.tools import hash_sign
from odoo.tools.misc import verify_hash_signed


def sign_link(env, scope, values, days):
    """Return the signed part of a link.

    :param env: any environment
    :param str scope: what the link is for; it opens nothing else
    :param values: what the link stands for, as JSON can hold it
    :param int days: how long the link works
    :rtype: str
    """
    # The signing key is a system parameter: as superuser.
    return hash_sign(env(su=True), scope, values, expiration=timedelta(days=days))


def read_link(env, scope, token):
    """Return the values of a link, None when it is forged or has expired.

    :param env: any environment
    :param str scope: what the link must be for
    :param str token: the signed part of the link
    """
    try:
        # The signing key is a system parameter: as superuser.
        return verify_hash_signed(env(su=True), scope, token) or None
    except ValueError:
        return None
