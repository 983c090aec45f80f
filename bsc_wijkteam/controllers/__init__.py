from . import check
from . import feedback
from . import link
from . import offering_update
from . import open_data
from . import overview
