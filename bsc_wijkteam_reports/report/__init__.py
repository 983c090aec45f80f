from . import bsc_gap_report
from . import bsc_referral_report
