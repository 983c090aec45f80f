from . import check
from . import evaluation
from . import feedback
from . import link
from . import meeting
from . import offering_update
from . import open_data
from . import overview
