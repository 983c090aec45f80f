from . import bsc_report_mixin
from . import bsc_gap_report
from . import bsc_referral_report
