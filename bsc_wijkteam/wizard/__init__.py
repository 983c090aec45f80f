from . import base_import_import
from . import bsc_area_load
from . import bsc_check_stamp
from . import bsc_client_reveal
from . import bsc_referral_close
