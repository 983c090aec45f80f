from . import bsc_referral_report
