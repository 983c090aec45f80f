from . import test_bsc_gap_report
from . import test_bsc_referral_report
from . import test_spreadsheet_dashboard
